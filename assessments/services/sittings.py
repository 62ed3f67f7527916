"""Sittings: composing a jury, changing who sits in it, editing and cancelling a sitting."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from assessments import policies
from assessments.domain import texts
from assessments.domain.passages import PassageEvent
from assessments.domain.workflow import WorkEvent, WorkState
from assessments.models import Decision, Juror, JurorDeparture, Session, Sitting, User
from assessments.models.juries import SittingKind, SittingState, SlotState
from assessments.selectors.composition import composition_of, findings_of, president_of
from assessments.selectors.planning import members_of
from assessments.services import composition, convocations, journal, occupations, passages, seats, works
from assessments.services.errors import Denied, Refused
from assessments.services.locking import hold_passages, hold_session, hold_sittings
from assessments.services.seals import seal_of
from assessments.services.texts import kept


@transaction.atomic
def compose(
    *,
    actor: User,
    session: Session,
    name: str,
    starts_at: datetime,
    jurors: Sequence[User],
    president: User,
    place: str = "",
    quorum: int = 2,
    kind: str = SittingKind.EVALUATION,
    reason: str = "",
) -> Sitting:
    """Compose a sitting, by the rules of the access paths that the session's candidates take.

    ``reason``: why the warnings of the rule are passed, kept in the journal. Raises Denied; Refused("jury.kind"),
    ("jury.role"), ("jury.taken") by a passage when a certification sitting begins, ("jury.<code>") for what the rule
    refuses, ("jury.warned") without a reason, ("text.too_long").
    """
    if not policies.can_administer(actor):
        raise Denied
    hold_session(session.pk)
    if kind not in SittingKind.values:
        raise Refused("jury.kind", _("Cette nature de séance n’existe pas."))
    composition.require_jurors(jurors, "jury.role")
    if kind == SittingKind.CERTIFICATION:
        occupations.require_no_passage(people=jurors, at=starts_at)
    members = list(dict.fromkeys(juror.pk for juror in jurors))
    found = composition_of(session, members, starts_at, president=president.pk, quorum=quorum)
    passed = composition.require(found, reason)
    sitting = Sitting.objects.create(
        session=session,
        kind=kind,
        name=kept(name, texts.NAME),
        starts_at=starts_at,
        place=kept(place, texts.NAME),
        quorum=quorum,
    )
    Juror.objects.bulk_create(Juror(sitting=sitting, user_id=key, presides=key == president.pk) for key in members)
    journal.record(actor, "sitting.composed", sitting, jurors=members, quorum=quorum, **passed, seal=seal_of(sitting))
    return sitting


@transaction.atomic
def join(*, actor: User, sitting: Sitting, user: User) -> Juror:
    """Seat one more member, in place of another or beside them; recused where they may not judge, absent from what was
    already defended.

    Raises Denied; Refused("jury.role"), ("jury.member") for who is, or was, one; ("jury.taken") for who is elsewhere
    when a passage is to be heard; ("jury.cancelled").
    """
    sitting = _to_be_held(actor, sitting)
    _hold(sitting)
    composition.require_jurors([user], "jury.role")
    if sitting.jurors.filter(user=user).exists():
        raise Refused("jury.member", _("Cette personne est, ou a été, membre de ce jury."))
    if sitting.kind == SittingKind.CERTIFICATION:
        occupations.require_no_passage(people=[user], at=sitting.starts_at)
    juror = Juror.objects.create(sitting=sitting, user=user)
    seats.recuse_conflicted(sitting=sitting)
    seats.late(actor=actor, juror=juror)
    journal.record(actor, "sitting.joined", sitting, juror=user.pk, seal=seal_of(sitting))
    occupations.keep_all(sitting)
    convocations.renew(sitting.session, joined=[user], actor=actor)
    return juror


@transaction.atomic
def leave(*, actor: User, juror: Juror, reason: str) -> JurorDeparture:
    """A member leaves the jury: ballots that they sealed count, they seal no more.

    Raises Denied; Refused("jury.presides") before somebody else presides, ("jury.left"), ("seat.reason"),
    ("jury.cancelled"), ("text.too_long").
    """
    sitting = _to_be_held(actor, juror.sitting)
    _hold(sitting)
    if JurorDeparture.objects.filter(juror=juror).exists():
        raise Refused("jury.left", _("Ce membre a déjà quitté le jury."))
    if president_of(sitting) == juror:
        raise Refused("jury.presides", _("Désignez d’abord qui présidera à sa place."))
    reason = kept(reason, texts.REMARK)
    if not reason:
        raise Refused("seat.reason", _("Dites pourquoi ce membre quitte le jury."))
    made = JurorDeparture.objects.create(juror=juror, reason=reason, by=actor)
    journal.record(actor, "sitting.left", made, sitting=sitting.pk, juror=juror.user_id, seal=seal_of(made))
    occupations.keep_all(sitting)
    convocations.renew(sitting.session)
    return made


@transaction.atomic
def edit(
    *, actor: User, sitting: Sitting, name: str, starts_at: datetime, place: str, quorum: int, reason: str = ""
) -> Sitting:
    """Change the name, hour, place and quorum of a sitting; its passages keep their own hours. Who was convoked to
    another hour or place is told.

    Raises Denied; Refused("jury.cancelled"), ("jury.decided") for the quorum of a jury that has decided, and like
    ``compose``.
    """
    sitting = _to_be_held(actor, sitting)
    before = _described(sitting)
    if quorum != sitting.quorum and _has_decided(sitting):
        raise Refused("jury.decided", _("Ce jury a déjà décidé : son quorum ne change plus."))
    if sitting.kind == SittingKind.CERTIFICATION:
        occupations.require_no_passage(people=members_of(sitting), at=starts_at)
    sitting.name, sitting.place = kept(name, texts.NAME), kept(place, texts.NAME)
    sitting.starts_at, sitting.quorum = starts_at, quorum
    passed = composition.require(findings_of(sitting), reason)
    sitting.save(update_fields=["name", "place", "starts_at", "quorum"])
    journal.record(
        actor, "sitting.edited", sitting, before=before, after=_described(sitting), **passed, seal=seal_of(sitting)
    )
    convocations.renew(sitting.session)
    return sitting


@transaction.atomic
def cancel(*, actor: User, sitting: Sitting, reason: str) -> Sitting:
    """Cancel a sitting that has heard nobody: its passages are cancelled, their works wait for others.

    Raises Denied; Refused("jury.cancelled"), ("jury.begun") once a work was defended before it or a unit awarded,
    ("seat.reason"), ("text.too_long").
    """
    sitting = _to_be_held(actor, sitting)
    _hold(sitting)
    due = list(sitting.slots.filter(state=SlotState.DUE).select_related("work").order_by("pk"))
    reason = kept(reason, texts.REMARK)
    if not reason:
        raise Refused("seat.reason", _("Dites pourquoi la séance est annulée."))
    heard = any(WorkState(slot.work.state) is not WorkState.SCHEDULED for slot in due)
    if heard or _has_decided(sitting):
        raise Refused("jury.begun", _("Ce jury a déjà entendu un candidat : la séance ne s’annule plus."))
    for slot in due:
        passages.close(actor=actor, slot=slot, event=PassageEvent.CANCEL, reason=reason)
        works.move(work=slot.work, event=WorkEvent.UNSCHEDULE, actor=actor, slot=slot.pk)
    sitting.state = SittingState.CANCELLED
    sitting.save(update_fields=["state"])
    journal.record(actor, "sitting.cancelled", sitting, reason=reason, seal=seal_of(sitting))
    convocations.renew(sitting.session)
    return sitting


def _to_be_held(actor: User, sitting: Sitting) -> Sitting:
    """The sitting under a lock, for an administrator. Raises Denied; Refused("jury.cancelled")."""
    if not policies.can_administer(actor):
        raise Denied
    hold_session(sitting.session_id)
    hold_sittings([sitting.pk])
    found = Sitting.objects.select_related("session__referential").get(pk=sitting.pk)
    if found.state != SittingState.PLANNED:
        raise Refused("jury.cancelled", _("Cette séance est annulée."))
    return found


def _hold(sitting: Sitting) -> None:
    """Hold the passages and their works: nobody seals, decides or moves one until the act is done."""
    hold_passages(sitting.slots.values_list("pk", flat=True))


def _has_decided(sitting: Sitting) -> bool:
    return Decision.objects.filter(slot__sitting=sitting).exists() or sitting.awards.exists()


def _described(sitting: Sitting) -> dict[str, object]:
    return {
        "name": sitting.name,
        "place": sitting.place,
        "starts_at": sitting.starts_at.isoformat(),
        "quorum": sitting.quorum,
    }
