"""One sitting: its members and their replacement, its presidency, editing and cancelling it."""

from __future__ import annotations

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.models import Presidency, Role, Sitting
from assessments.selectors.administration.juries import candidates_for_seat, sitting_page
from assessments.selectors.administration.people import holders_of
from assessments.selectors.composition import in_office
from assessments.services import seats, sittings
from assessments.web.access import Request, get_visible, role_required
from assessments.web.administration.forms import carried_out
from assessments.web.administration.frame import session_crumbs
from assessments.web.administration.jury_forms import JoinForm, MemberForm, ReasonForm, SittingEditForm
from assessments.web.components import Crumb
from assessments.web.composition import bar_views, finding_views


def _seen(request: Request, pk: int) -> Sitting:
    return get_visible(Sitting.objects.visible_to(request.user).select_related("session__referential"), pk=pk)


@require_safe
@role_required(Role.ADMINISTRATOR)
def admin_sitting(request: Request, pk: int) -> HttpResponse:
    sitting = _seen(request, pk)
    page = sitting_page(sitting)
    jurors = in_office(sitting)
    seen = page.presidency.pk if page.presidency else None
    context = {
        "page_title": sitting.name,
        "crumbs": session_crumbs(sitting.session, sitting.name),
        "page": page,
        "sitting": sitting,
        "findings": finding_views(page.findings),
        "bars": bar_views(page.bars),
        "join_form": JoinForm(jurors=candidates_for_seat(sitting, holders_of(Role.JUROR)), prefix="join"),
        "leave_form": MemberForm(jurors=jurors, prefix="leave"),
        "preside_form": MemberForm(jurors=jurors, prefix="preside", initial={"seen": seen}),
        "cancel_form": ReasonForm(prefix="cancel"),
    }
    return render(request, "web/administration/sitting.html", context)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMINISTRATOR)
def admin_sitting_edit(request: Request, pk: int) -> HttpResponse:
    sitting = _seen(request, pk)
    initial = {name: getattr(sitting, name) for name in ("name", "starts_at", "place", "quorum")}
    form = SittingEditForm(request.POST or None, initial=initial)
    if carried_out(form, lambda: sittings.edit(actor=request.user, sitting=sitting, **form.cleaned_data)) is not None:
        messages.success(request, _("La séance est modifiée."))
        return redirect("web:admin_sitting", pk)
    crumbs = session_crumbs(sitting.session, _("Modifier"))
    crumbs.insert(-1, Crumb(sitting.name, reverse("web:admin_sitting", args=[pk])))
    context = {"page_title": _("Modifier la séance"), "crumbs": crumbs, "sitting": sitting, "form": form}
    return render(request, "web/administration/sitting_edit.html", context)


def _told(request: Request, form: Form, pk: int, done: str) -> HttpResponse:
    """Back to the sitting, with what was done or what the form lacks."""
    if form.errors:
        said = [str(error) for errors in form.errors.values() for error in errors]
        messages.error(request, " ".join(said))
    else:
        messages.success(request, done)
    return redirect("web:admin_sitting", pk)


@require_POST
@role_required(Role.ADMINISTRATOR)
def admin_sitting_join(request: Request, pk: int) -> HttpResponse:
    sitting = _seen(request, pk)
    form = JoinForm(request.POST, jurors=holders_of(Role.JUROR), prefix="join")
    carried_out(form, lambda: sittings.join(actor=request.user, sitting=sitting, **form.cleaned_data))
    return _told(request, form, pk, _("Ce membre rejoint le jury."))


@require_POST
@role_required(Role.ADMINISTRATOR)
def admin_sitting_leave(request: Request, pk: int) -> HttpResponse:
    sitting = _seen(request, pk)
    form = MemberForm(request.POST, jurors=in_office(sitting), prefix="leave")

    def act() -> object:
        typed = form.cleaned_data
        return sittings.leave(actor=request.user, juror=typed["juror"], reason=typed["reason"])

    carried_out(form, act)
    return _told(request, form, pk, _("Ce membre a quitté le jury."))


@require_POST
@role_required(Role.ADMINISTRATOR)
def admin_sitting_preside(request: Request, pk: int) -> HttpResponse:
    sitting = _seen(request, pk)
    form = MemberForm(request.POST, jurors=in_office(sitting), prefix="preside")

    def act() -> object:
        typed = form.cleaned_data
        seen = Presidency.objects.filter(sitting=sitting, pk=typed["seen"]).first()
        return seats.preside(
            actor=request.user, sitting=sitting, juror=typed["juror"], reason=typed["reason"], seen=seen
        )

    carried_out(form, act)
    return _told(request, form, pk, _("La présidence est changée."))


@require_POST
@role_required(Role.ADMINISTRATOR)
def admin_sitting_cancel(request: Request, pk: int) -> HttpResponse:
    sitting = _seen(request, pk)
    form = ReasonForm(request.POST, prefix="cancel")
    carried_out(form, lambda: sittings.cancel(actor=request.user, sitting=sitting, **form.cleaned_data))
    return _told(request, form, pk, _("La séance est annulée : ses travaux attendent un autre passage."))


urlpatterns = [
    path("administration/jurys/<int:pk>/", admin_sitting, name="admin_sitting"),
    path("administration/jurys/<int:pk>/modifier/", admin_sitting_edit, name="admin_sitting_edit"),
    path("administration/jurys/<int:pk>/membres/", admin_sitting_join, name="admin_sitting_join"),
    path("administration/jurys/<int:pk>/departs/", admin_sitting_leave, name="admin_sitting_leave"),
    path("administration/jurys/<int:pk>/presidence/", admin_sitting_preside, name="admin_sitting_preside"),
    path("administration/jurys/<int:pk>/annuler/", admin_sitting_cancel, name="admin_sitting_cancel"),
]
