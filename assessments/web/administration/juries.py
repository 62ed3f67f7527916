"""Juries: composing a sitting, giving an admitted work its passage."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from assessments.models import Role, Sitting
from assessments.selectors.administration.session import next_passage, works_to_schedule
from assessments.services import sittings, slots
from assessments.web.access import Request, get_visible, role_required
from assessments.web.administration.forms import SittingForm, SlotForm, carried_out
from assessments.web.administration.frame import session_crumbs, session_seen


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMINISTRATOR)
def admin_sitting_new(request: Request, pk: int) -> HttpResponse:
    session = session_seen(request, pk)
    form = SittingForm(request.POST or None)
    composed = carried_out(form, lambda: sittings.compose(actor=request.user, session=session, **form.cleaned_data))
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


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMINISTRATOR)
def admin_slot_new(request: Request, pk: int) -> HttpResponse:
    sitting = get_visible(Sitting.objects.visible_to(request.user).select_related("session"), pk=pk)
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
    path("administration/jurys/<int:pk>/passages/nouveau/", admin_slot_new, name="admin_slot_new"),
]
