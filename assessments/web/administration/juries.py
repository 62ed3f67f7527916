"""Juries: composing a sitting, giving an admitted work its passage. A sitting has a module of its own."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from assessments.models import Role, Sitting, User
from assessments.models.juries import SittingKind
from assessments.selectors.administration.session import next_passage, works_to_schedule
from assessments.selectors.composition import bars_in, composition_of
from assessments.services import sittings, slots
from assessments.web.access import Request, get_visible, role_required
from assessments.web.administration.forms import SlotForm, carried_out
from assessments.web.administration.frame import session_crumbs, session_seen
from assessments.web.administration.jury_forms import SittingForm
from assessments.web.composition import bar_views, finding_views


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMINISTRATOR)
def admin_sitting_new(request: Request, pk: int) -> HttpResponse:
    session = session_seen(request, pk)
    form = SittingForm(request.POST or None)
    composed = carried_out(form, lambda: sittings.compose(actor=request.user, session=session, **form.cleaned_data))
    if composed is not None and composed.kind == SittingKind.CERTIFICATION:
        messages.success(request, _("Le jury de certification est composé."))
        return redirect("web:admin_sitting", composed.pk)
    if composed is not None:
        messages.success(request, _("Le jury est composé : programmez-y les passages."))
        return redirect("web:admin_slot_new", composed.pk)
    context = {
        "page_title": _("Composer un jury"),
        "crumbs": session_crumbs(session, _("Nouveau jury")),
        "session": session,
        "form": form,
    }
    return render(request, "web/administration/sitting_form.html", context)


@require_POST
@role_required(Role.ADMINISTRATOR)
def admin_sitting_check(request: Request, pk: int) -> HttpResponse:
    """What is wrong with the jury as it is being composed. Nothing is written."""
    session = session_seen(request, pk)
    form = SittingForm(request.POST)
    form.is_valid()
    typed = form.cleaned_data
    jurors = list(typed.get("jurors") or User.objects.none())
    president: User | None = typed.get("president")
    starts_at = typed.get("starts_at")
    context: dict[str, object] = {"asked": bool(jurors and starts_at)}
    if jurors and starts_at:
        found = composition_of(
            session,
            [juror.pk for juror in jurors],
            starts_at,
            president=president.pk if president else None,
            quorum=typed.get("quorum") or 0,
        )
        context |= {"findings": finding_views(found), "bars": bar_views(bars_in(session, jurors))}
    return render(request, "web/administration/_composition.html", context)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMINISTRATOR)
def admin_slot_new(request: Request, pk: int) -> HttpResponse:
    sitting = get_visible(Sitting.objects.visible_to(request.user).select_related("session__referential"), pk=pk)
    works = works_to_schedule(sitting.session, request.user)
    initial = {"work": request.GET.get("work"), "starts_at": next_passage(sitting)}
    form = SlotForm(request.POST or None, works=works, session=sitting.session, initial=initial)
    slot = carried_out(form, lambda: slots.schedule(actor=request.user, sitting=sitting, **form.cleaned_data))
    if slot is not None:
        messages.success(request, _("Le passage est programmé."))
        if works.all().exists():
            return redirect("web:admin_slot_new", sitting.pk)
        return redirect("web:admin_session_juries", sitting.session_id)
    context = {
        "page_title": _("Programmer un passage"),
        "crumbs": session_crumbs(sitting.session, _("Passage")),
        "sitting": sitting,
        "form": form,
    }
    return render(request, "web/administration/slot_form.html", context)


urlpatterns = [
    path("administration/sessions/<int:pk>/jurys/nouveau/", admin_sitting_new, name="admin_sitting_new"),
    path("administration/sessions/<int:pk>/jurys/composition/", admin_sitting_check, name="admin_sitting_check"),
    path("administration/jurys/<int:pk>/passages/nouveau/", admin_slot_new, name="admin_slot_new"),
]
