"""Slots: the passage of a work before a sitting, given, moved, cancelled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments import policies
from assessments.domain import texts
from assessments.domain.conflicts import barred
from assessments.domain.hours import can_sit
from assessments.domain.passages import PassageEvent
from assessments.domain.workflow import WorkEvent
from assessments.models import EarlyOpening, Room, Sitting, Slot, Submission, User, Work
from assessments.models.histories import bonds_on
from assessments.models.juries import SittingKind, SittingState, SlotState
from assessments.models.reviews import ReviewOutcome
from assessments.selectors.composition import findings_of
from assessments.selectors.planning import duration_of, hearers_of, hours_of, members_of
from assessments.services import composition, convocations, journal, occupations, passages, works
from assessments.services.errors import RULES, Denied, Refused
from assessments.services.locking import hold_passages, hold_session, hold_sittings, hold_work
from assessments.services.seals import seal_of
from assessments.services.texts import kept

GRACE = timedelta(minutes=30)
"""A passage that began unplanned, a little while ago, may still be written down."""


@transaction.atomic
def schedule(
    *,
    actor: User,
    sitting: Sitting,
    work: Work,
    starts_at: datetime,
    minutes: int | None = None,
    room: Room | None = None,
) -> Slot:
    """Give an admitted work its passage before the sitting; it lasts as long as the épreuve says for no ``minutes``.

    Raises Denied; Refused("jury.session"), ("jury.kind"), ("jury.cancelled") for a sitting that hears nobody;
    ("jury.conflict") when a juror may not judge the candidate; ("jury.<code>") for a jury that the rule of the
    candidate's access path refuses; ("slot.past"), ("slot.before_deposit"), ("slot.session_dates"),
    ("slot.unavailable"), ("room.foreign"), ("room.small"); ("jury.taken") when a juror, the candidate or the room is
    taken; ("work.transition").
    """
    if not policies.can_administer(actor):
        raise Denied
    sitting = _held(sitting)
    hold_work(work.pk)
    admitted = work.submissions.filter(review__outcome=ReviewOutcome.ADMITTED).order_by("-number").first()
    members = members_of(sitting)
    _require_hearing(sitting, work, members)
    if admitted is None:
        raise Refused("work.transition", _("Cette action n’est pas possible dans l’état actuel du travail."))
    slot = Slot(
        sitting=sitting,
        work=work,
        submission=admitted,
        starts_at=starts_at,
        minutes=minutes or duration_of(work).total,
        room=room,
    )
    _require_possible(slot, admitted, members)
    works.move(work=work, event=WorkEvent.SCHEDULE, actor=actor, sitting=sitting.pk)
    slot.save(force_insert=True)
    journal.record(actor, "slot.scheduled", slot, work=work.pk, submission=admitted.pk, seal=seal_of(slot))
    occupations.keep(slot)
    return slot


@transaction.atomic
def move(
    *,
    actor: User,
    slot: Slot,
    starts_at: datetime,
    minutes: int | None = None,
    room: Room | None = None,
    sitting: Sitting | None = None,
) -> Slot:
    """Give a passage another hour, length, room or sitting; whoever was convoked is told of the difference.

    Ballots that are open stay. One that was opened before its hour, and is to be heard later, is another passage: its
    opening was for the hour of before. Raises Denied; Refused like ``schedule``; ("slot.state") for a passage that does
    not stand; ("slot.marked") once a ballot is sealed, or for what makes another passage of it while one is open.
    """
    if not policies.can_administer(actor):
        raise Denied
    slot = _locked(slot, sitting)
    _require_unsealed(slot)
    elsewhere = sitting is not None and sitting.pk != slot.sitting_id
    if elsewhere or _opened_for_nothing(slot, starts_at):
        return _to_sitting(actor, slot, sitting or slot.sitting, starts_at, minutes or slot.minutes, room)
    before = _when(slot)
    slot.starts_at, slot.minutes, slot.room = starts_at, minutes or slot.minutes, room
    members = hearers_of(slot)
    _require_hearing(slot.sitting, slot.work, members)
    _require_possible(slot, slot.submission, members)
    slot.save(update_fields=["starts_at", "minutes", "room"])
    journal.record(actor, "slot.moved", slot, before=before, after=_when(slot), seal=seal_of(slot))
    occupations.keep(slot)
    convocations.renew(slot.sitting.session, joined=members, actor=actor)
    return slot


@transaction.atomic
def cancel(*, actor: User, slot: Slot, reason: str) -> Slot:
    """Cancel a passage: the work waits for another one, and whoever was convoked is told.

    Raises Denied; Refused("slot.state"), ("slot.marked") once a ballot is sealed, ("slot.reason") without a reason,
    ("text.too_long").
    """
    if not policies.can_administer(actor):
        raise Denied
    reason = kept(reason, texts.REMARK)
    if not reason:
        raise Refused("slot.reason", _("Dites pourquoi le passage est annulé : le motif est gardé au journal."))
    slot = _locked(slot)
    _require_unsealed(slot)
    _cancelled(actor, slot, reason)
    convocations.renew(slot.sitting.session)
    return slot


@transaction.atomic
def clear(*, actor: User, slot: Slot) -> None:
    """Cancel a passage that is planned anew; whoever plans it tells people of the difference. Raises like ``cancel``.

    Refused("slot.marked") as soon as a ballot is open.
    """
    if not policies.can_administer(actor):
        raise Denied
    slot = _locked(slot)
    if slot.ballots.exists():
        raise Refused("slot.marked", _("Des jurés ont commencé à noter : ce passage ne change plus de jury."))
    _cancelled(actor, slot, "")


def _opened_for_nothing(slot: Slot, starts_at: datetime) -> bool:
    """Whether its president opened the passage early, for another hour than the later one that it is given.

    Raises Refused("slot.marked") once a ballot is open.
    """
    early = starts_at > timezone.now() and EarlyOpening.objects.filter(slot=slot).exists()
    if early and slot.ballots.exists():
        raise Refused("slot.marked", _("Des jurés ont commencé à noter ce passage avancé : il ne se déplace plus."))
    return early


def _cancelled(actor: User, slot: Slot, reason: str) -> None:
    passages.close(actor=actor, slot=slot, event=PassageEvent.CANCEL, reason=reason)
    works.move(work=slot.work, event=WorkEvent.UNSCHEDULE, actor=actor, slot=slot.pk)


def _to_sitting(
    actor: User, slot: Slot, sitting: Sitting, starts_at: datetime, minutes: int, room: Room | None
) -> Slot:
    """The passage before other jurors, or opened for an hour that it no longer has, is another one: the first is
    cancelled.
    """
    clear(actor=actor, slot=slot)
    work = Work.objects.select_related("enrolment__candidate", "enrolment__session", "assessment").get(pk=slot.work_id)
    made = schedule(actor=actor, sitting=sitting, work=work, starts_at=starts_at, minutes=minutes, room=room)
    convocations.renew(made.sitting.session, joined=members_of(made.sitting), actor=actor)
    return made


def _held(sitting: Sitting) -> Sitting:
    """The sitting under a lock, then read."""
    hold_session(sitting.session_id)
    hold_sittings([sitting.pk])
    return Sitting.objects.select_related("session__referential").get(pk=sitting.pk)


def _locked(slot: Slot, sitting: Sitting | None = None) -> Slot:
    """The passage and its work under a lock, then read; before them its sitting, and the one that it is to go to.

    Raises Refused("slot.state") for one that does not stand.
    """
    hold_session(slot.sitting.session_id)
    hold_sittings([slot.sitting_id, *([sitting.pk] if sitting else [])])
    hold_passages([slot.pk])
    found = Slot.objects.select_related(
        "sitting__session", "submission", "room", "work__enrolment__candidate", "work__assessment"
    ).get(pk=slot.pk)
    if found.state != SlotState.DUE:
        raise Refused("slot.state", _("Ce passage n’est plus prévu : rechargez la page."))
    return found


def _require_unsealed(slot: Slot) -> None:
    if slot.ballots.filter(sealed_at__isnull=False).exists():
        raise Refused("slot.marked", _("Un bulletin est scellé : ce passage a eu lieu et ne change plus."))


def _require_hearing(sitting: Sitting, work: Work, members: Sequence[User]) -> None:
    if work.enrolment.session_id != sitting.session_id:
        raise Refused("jury.session", _("Ce travail relève d’une autre session."))
    if sitting.kind != SittingKind.EVALUATION:
        raise Refused("jury.kind", _("Un jury de certification n’entend pas de passages."))
    if sitting.state != SittingState.PLANNED:
        raise Refused("jury.cancelled", _("Cette séance est annulée."))
    users = {user.pk: user for user in members}
    ties = barred(users, work.enrolment.candidate_id, bonds_on(work))
    if ties:
        raise Refused(
            "jury.conflict",
            _("%(names)s ne peut pas juger ce candidat : conflit d’intérêts (candidat, mentor, employeur, lien)."),
            names=", ".join(str(users[key]) for key in ties),
        )
    composition.require_lawful(findings_of(sitting, paths=[work.enrolment.access_path]))


def _require_possible(slot: Slot, admitted: Submission, members: Sequence[User]) -> None:
    """Whether the passage can be at that hour and place, said by name where it cannot."""
    _require_date(slot, admitted)
    _require_room(slot, len(members))
    _require_available(slot, members)
    if slot.sitting.slots.filter(starts_at=slot.starts_at, state=SlotState.DUE).exclude(pk=slot.pk).exists():
        raise Refused(*RULES["slot_time_unique"])
    occupations.require_free(
        people=[slot.work.enrolment.candidate, *members],
        room=slot.room,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        but=slot if slot.pk else None,
    )
    occupations.require_no_certification(people=members, starts_at=slot.starts_at, ends_at=slot.ends_at)


def _require_date(slot: Slot, admitted: Submission) -> None:
    session = slot.sitting.session
    if slot.starts_at < admitted.submitted_at:
        raise Refused("slot.before_deposit", _("Cette heure précède le dépôt qui a été admis."))
    if slot.starts_at < timezone.now() - GRACE:
        raise Refused("slot.past", _("Cette heure est passée."))
    if not session.starts_on <= timezone.localtime(slot.starts_at).date() <= session.ends_on:
        raise Refused(
            "slot.session_dates",
            _("La session va du %(starts)s au %(ends)s : ce jour n’en fait pas partie."),
            starts=f"{session.starts_on:%d/%m/%Y}",
            ends=f"{session.ends_on:%d/%m/%Y}",
        )


def _require_room(slot: Slot, members: int) -> None:
    room = slot.room
    if room is None:
        return
    if room.session_id not in (None, slot.sitting.session_id):
        raise Refused("room.foreign", _("La salle « %(room)s » est celle d’une autre session."), room=room.name)
    if room.capacity is not None and room.capacity < members + 1:
        raise Refused(
            "room.small",
            _("La salle « %(room)s » a %(places)d places : il en faut %(needed)d, jurés et candidat."),
            room=room.name,
            places=room.capacity,
            needed=members + 1,
        )


def _require_available(slot: Slot, members: Sequence[User]) -> None:
    said = hours_of(slot.sitting.session, [each.pk for each in members])
    away = [each for each in members if not can_sit(said.get(each.pk, ()), slot.starts_at, slot.ends_at)]
    if away:
        raise Refused(
            "slot.unavailable",
            _("%(names)s n’est pas disponible de %(starts)s à %(ends)s ce jour-là."),
            names=", ".join(map(str, away)),
            starts=f"{timezone.localtime(slot.starts_at):%H:%M}",
            ends=f"{timezone.localtime(slot.ends_at):%H:%M}",
        )


def _when(slot: Slot) -> dict[str, object]:
    return {"starts_at": slot.starts_at.isoformat(), "minutes": slot.minutes, "room": slot.room_id}
