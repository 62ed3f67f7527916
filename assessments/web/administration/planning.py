"""The planning of a session: its board, what people are told of it, passages moved and cancelled, rooms, hours."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.models import PlanDraft, Role, Room, Slot
from assessments.selectors import planning as reads
from assessments.services import availabilities, convocations, rooms, sessions, slots
from assessments.web.access import Request, get_visible, role_required
from assessments.web.administration.forms import carried_out
from assessments.web.administration.frame import session_crumbs, session_frame, session_seen
from assessments.web.administration.planning_forms import (
    CancelForm,
    HoursForm,
    JuryTimeForm,
    RoomForm,
    SlotMoveForm,
)


@require_safe
@role_required(Role.ADMINISTRATOR)
def admin_planning(request: Request, pk: int) -> HttpResponse:
    session = session_seen(request, pk)
    context = {
        **session_frame(request, session, "planning"),
        "days": reads.published_board(session, request.user),
        "plans": PlanDraft.objects.visible_to(request.user).filter(session=session)[:10],
        "to_plan": reads.works_to_plan(session).count(),
        "untold": convocations.waiting(session),
        "jury_time": JuryTimeForm(initial={"minutes": session.jury_minutes}),
    }
    return render(request, "web/administration/planning.html", context)


@require_POST
@role_required(Role.ADMINISTRATOR)
def admin_jury_time(request: Request, pk: int) -> HttpResponse:
    session = session_seen(request, pk)
    form = JuryTimeForm(request.POST)
    if form.is_valid():
        sessions.keep_jury_time(actor=request.user, session=session, **form.cleaned_data)
        messages.success(request, _("Le temps du jury est enregistré pour les passages à venir."))
    else:
        messages.error(request, _("Donnez un nombre de minutes, de 0 à 240."))
    return redirect("web:admin_planning", session.pk)


@require_POST
@role_required(Role.ADMINISTRATOR)
def admin_convoke(request: Request, pk: int) -> HttpResponse:
    session = session_seen(request, pk)
    sent = convocations.send(actor=request.user, session=session)
    if sent:
        told = ngettext("%(n)d convocation part.", "%(n)d convocations partent.", sent) % {"n": sent}
        messages.success(request, told)
    else:
        messages.info(request, _("Chacun sait déjà ce qui est prévu."))
    return redirect("web:admin_planning", session.pk)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMINISTRATOR)
def admin_slot_move(request: Request, pk: int) -> HttpResponse:
    slot = get_visible(
        Slot.objects.visible_to(request.user).select_related("sitting__session", "work__enrolment__candidate"), pk=pk
    )
    form = SlotMoveForm(request.POST or None, slot=slot)
    moved = carried_out(form, lambda: slots.move(actor=request.user, slot=slot, **form.cleaned_data))
    if moved is not None:
        messages.success(request, _("Le passage est déplacé ; qui était convoqué en est averti."))
        return redirect("web:admin_planning", slot.sitting.session_id)
    return render(request, "web/administration/slot_move.html", _of_slot(slot) | {"form": form, "cancel": CancelForm()})


@require_POST
@role_required(Role.ADMINISTRATOR)
def admin_slot_cancel(request: Request, pk: int) -> HttpResponse:
    slot = get_visible(
        Slot.objects.visible_to(request.user).select_related("sitting__session", "work__enrolment__candidate"), pk=pk
    )
    form = CancelForm(request.POST)
    cancelled = carried_out(form, lambda: slots.cancel(actor=request.user, slot=slot, **form.cleaned_data))
    if cancelled is not None:
        messages.success(request, _("Le passage est annulé ; le travail attend le suivant."))
        return redirect("web:admin_planning", slot.sitting.session_id)
    context = _of_slot(slot) | {"form": SlotMoveForm(slot=slot), "cancel": form}
    return render(request, "web/administration/slot_move.html", context)


def _of_slot(slot: Slot) -> dict[str, Any]:
    session = slot.sitting.session
    return {
        "page_title": _("Déplacer le passage de %(name)s") % {"name": slot.work.enrolment.candidate.full_name},
        "crumbs": session_crumbs(session, _("Planning")),
        "session": session,
        "slot": slot,
    }


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMINISTRATOR)
def admin_rooms(request: Request, pk: int) -> HttpResponse:
    session = session_seen(request, pk)
    form = RoomForm(request.POST or None)

    def add() -> Room:
        typed = dict(form.cleaned_data)
        return rooms.add(actor=request.user, session=None if typed.pop("shared") else session, **typed)

    if carried_out(form, add) is not None:
        messages.success(request, _("La salle est ajoutée."))
        return redirect("web:admin_rooms", session.pk)
    context = {
        "page_title": _("Salles"),
        "crumbs": session_crumbs(session, _("Salles")),
        "session": session,
        "rooms": reads.rooms_of(session, request.user),
        "form": form,
    }
    return render(request, "web/administration/rooms.html", context)


@require_POST
@role_required(Role.ADMINISTRATOR)
def admin_room_remove(request: Request, pk: int, room: int) -> HttpResponse:
    session = session_seen(request, pk)
    rooms.remove(actor=request.user, room=get_visible(Room.objects.visible_to(request.user).of(session), pk=room))
    messages.success(request, _("La salle est retirée."))
    return redirect("web:admin_rooms", session.pk)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMINISTRATOR)
def admin_availabilities(request: Request, pk: int) -> HttpResponse:
    session = session_seen(request, pk)
    form = HoursForm(request.POST or None)
    said = carried_out(form, lambda: availabilities.say(actor=request.user, session=session, **form.cleaned_data))
    if said is not None:
        tell_clashes(request, availabilities.clashes(said))
        return redirect("web:admin_availabilities", session.pk)
    context = {
        "page_title": _("Disponibilités des jurés"),
        "crumbs": session_crumbs(session, _("Disponibilités")),
        "session": session,
        "rows": reads.availabilities_of(session, request.user).order_by("person__full_name", "starts_at"),
        "form": form,
    }
    return render(request, "web/administration/availabilities.html", context)


def tell_clashes(request: Request, clashes: int) -> None:
    """That hours are kept, and how many passages they clash with."""
    if clashes:
        told = ngettext(
            "C’est noté. %(n)d passage tombe dans cette absence : réparez le plan ou déplacez-le.",
            "C’est noté. %(n)d passages tombent dans cette absence : réparez le plan ou déplacez-les.",
            clashes,
        )
        messages.warning(request, told % {"n": clashes})
    else:
        messages.success(request, _("C’est noté."))


urlpatterns = [
    path("administration/sessions/<int:pk>/planning/", admin_planning, name="admin_planning"),
    path("administration/sessions/<int:pk>/temps-du-jury/", admin_jury_time, name="admin_jury_time"),
    path("administration/sessions/<int:pk>/convoquer/", admin_convoke, name="admin_convoke"),
    path("administration/passages/<int:pk>/deplacer/", admin_slot_move, name="admin_slot_move"),
    path("administration/passages/<int:pk>/annuler/", admin_slot_cancel, name="admin_slot_cancel"),
    path("administration/sessions/<int:pk>/salles/", admin_rooms, name="admin_rooms"),
    path("administration/sessions/<int:pk>/salles/<int:room>/retirer/", admin_room_remove, name="admin_room_remove"),
    path("administration/sessions/<int:pk>/disponibilites/", admin_availabilities, name="admin_availabilities"),
]
