"""Who sits for a passage, kept by its president or an administrator; and each member's word of independence."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import policies
from assessments.models import Declaration, EarlyOpening, Juror, Presidency, Role, Sitting, Slot, User
from assessments.selectors.declarations import candidates_of
from assessments.selectors.seats import seats_page
from assessments.services import declarations, seats
from assessments.services.errors import Denied
from assessments.web.access import Request, get_visible, role_required
from assessments.web.at_hand import subject_of
from assessments.web.components import Crumb
from assessments.web.composition import ties_said
from certification.edges import whole_number, whole_numbers


def _passage(request: Request, pk: int) -> Slot:
    """A passage whose seats the user keeps. Raises Http404 out of sight, Denied."""
    slots: QuerySet[Slot] = Slot.objects.visible_to(request.user).select_related(
        "sitting__session__referential", "work__enrolment__candidate", "work__assessment__bloc"
    )
    slot = get_visible(slots, pk=pk)
    if not policies.can_keep_seats(request.user, slot):
        raise Denied
    return slot


def _crumbs(request: Request, slot: Slot) -> list[Crumb]:
    if request.user.is_administrator:
        head = Crumb(slot.sitting.name, reverse("web:admin_sitting", args=[slot.sitting_id]))
    else:
        head = Crumb(str(slot.work.enrolment.candidate), reverse("web:ballot", args=[slot.pk]))
    return [head, Crumb(_("Présence"))]


@require_safe
@role_required(Role.JUROR, Role.ADMINISTRATOR)
def passage_seats(request: Request, pk: int) -> HttpResponse:
    slot = _passage(request, pk)
    page = seats_page(request.user, slot)
    context = {
        "page_title": _("Présence : %(name)s") % {"name": slot.work.enrolment.candidate},
        "crumbs": _crumbs(request, slot),
        "page": page,
        "subject": subject_of(slot),
        "rows": [(row, ties_said(row.cause)) for row in page.rows],
        "early": EarlyOpening.objects.filter(slot=slot).select_related("by").first(),
        "may_open": slot.starts_at > timezone.now() and policies.can_preside(request.user, slot.sitting, slot),
        "may_name": request.user.is_administrator,
    }
    return render(request, "web/jury/seats.html", context)


@require_POST
@role_required(Role.JUROR, Role.ADMINISTRATOR)
def passage_seat(request: Request, pk: int, juror: int) -> HttpResponse:
    """One act on one seat: ``absent``, ``returned``, ``recuse`` or ``preside``."""
    slot = _passage(request, pk)
    member = get_object_or_404(Juror.objects.select_related("user"), sitting=slot.sitting_id, pk=juror)
    act, reason = request.POST.get("act", ""), request.POST.get("reason", "")
    if act == "absent":
        seats.absent(actor=request.user, slot=slot, juror=member, reason=reason)
    elif act == "returned":
        seats.returned(actor=request.user, slot=slot, juror=member)
    elif act == "recuse":
        seats.recuse(actor=request.user, slot=slot, juror=member, reason=reason)
    elif act == "preside":
        _named(request, slot, member, reason)
    else:
        messages.error(request, _("Choisissez ce qui change pour ce membre."))
        return redirect("web:seats", slot.pk)
    messages.success(request, _("C’est noté pour ce passage."))
    return redirect("web:seats", slot.pk)


def _named(request: Request, slot: Slot, member: Juror, reason: str) -> None:
    seen = whole_number(request.POST.get("seen", ""))
    known = Presidency.objects.filter(slot=slot, pk=seen).first() if seen is not None else None
    seats.preside(actor=request.user, sitting=slot.sitting, juror=member, reason=reason, seen=known, slot=slot)


@require_POST
@role_required(Role.JUROR, Role.ADMINISTRATOR)
def passage_open(request: Request, pk: int) -> HttpResponse:
    slot = _passage(request, pk)
    seats.open_early(actor=request.user, slot=slot, reason=request.POST.get("reason", ""))
    messages.success(request, _("Les bulletins de ce passage peuvent être scellés."))
    return redirect("web:seats", slot.pk)


@require_http_methods(["GET", "POST"])
@role_required(Role.JUROR)
def declaration(request: Request, pk: int) -> HttpResponse:
    sitting = get_visible(Sitting.objects.visible_to(request.user).select_related("session"), pk=pk)
    if not policies.can_sit(request.user, sitting):
        raise Denied
    candidates = candidates_of(sitting)
    if request.method == "POST":
        links = list(candidates.filter(pk__in=whole_numbers(request.POST.getlist("link"))))
        declarations.sign(actor=request.user, sitting=sitting, links=links)
        messages.success(request, _("Votre déclaration est signée."))
        return redirect("web:juror_home")
    return render(request, "web/jury/declaration.html", _declared(request.user, sitting, candidates))


def _declared(user: User, sitting: Sitting, candidates: QuerySet[User]) -> dict[str, Any]:
    signed = Declaration.objects.filter(juror__sitting=sitting, juror__user=user).first()
    linked = set(signed.links.values_list("candidate", flat=True)) if signed else set()
    return {
        "page_title": _("Déclaration d’indépendance"),
        "crumbs": [Crumb(_("Aujourd’hui"), reverse("web:juror_home")), Crumb(_("Déclaration"))],
        "sitting": sitting,
        "signed": signed,
        "text": declarations.TEXTS[signed.text_version if signed else max(declarations.TEXTS)],
        "candidates": [(person, person.pk in linked) for person in candidates],
    }


urlpatterns = [
    path("jury/passages/<int:pk>/presence/", passage_seats, name="seats"),
    path("jury/passages/<int:pk>/presence/<int:juror>/", passage_seat, name="seat"),
    path("jury/passages/<int:pk>/avancer/", passage_open, name="open_early"),
    path("jury/seances/<int:pk>/declaration/", declaration, name="declaration"),
]
