"""The seats of a passage: who is absent, who is recused, who presides, and a passage opened before its hour."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments import policies
from assessments.domain import texts
from assessments.domain.conflicts import Tie, barred
from assessments.domain.workflow import WorkState
from assessments.models import (
    Ballot,
    EarlyOpening,
    Juror,
    Leave,
    MotiveDraft,
    Presidency,
    RulingDraft,
    Sitting,
    Slot,
    User,
)
from assessments.models.histories import bonds_on
from assessments.models.juries import LeaveKind, SlotState
from assessments.selectors.seats import is_open
from assessments.services import journal, letters, occupations
from assessments.services.errors import Denied, Refused
from assessments.services.seals import seal_of
from assessments.services.texts import kept

BEFORE_THE_JURY = (WorkState.SCHEDULED.value, WorkState.DEFENDED.value)


@transaction.atomic
def absent(*, actor: User, slot: Slot, juror: Juror, reason: str = "") -> Leave:
    """Say that a member does not hear a passage; the others may decide without them.

    Raises Denied; Refused("seat.foreign"), ("seat.decided"), ("seat.sealed") once their ballot is, ("seat.leave"),
    ("text.too_long").
    """
    slot = _kept_by(actor, slot, juror)
    if Ballot.objects.filter(slot=slot, juror=juror, sealed_at__isnull=False).exists():
        raise Refused("seat.sealed", _("Ce membre a scellé son bulletin : il était présent."))
    leave = _leave(actor, slot, juror, LeaveKind.ABSENT, reason=kept(reason, texts.REMARK))
    occupations.keep(slot)
    return leave


@transaction.atomic
def returned(*, actor: User, slot: Slot, juror: Juror) -> Leave:
    """End an absence before the decision: who was absent saw nobody's ballot. Raises Denied; Refused like ``absent``,
    ("seat.recused") for who was recused, and ("jury.taken") for who is elsewhere meanwhile."""
    slot = _kept_by(actor, slot, juror)
    leave = Leave.objects.filter(slot=slot, juror=juror, ended_at__isnull=True).first()
    if leave is None or leave.kind == LeaveKind.RECUSED:
        raise Refused("seat.recused", _("Ce membre n’est pas absent, ou il a été récusé : il ne siège pas."))
    leave.ended_at = timezone.now()
    leave.save(update_fields=["ended_at"])
    journal.record(actor, "leave.ended", leave, slot=slot.pk, seal=seal_of(leave))
    occupations.require_free(people=[juror.user], room=None, starts_at=slot.starts_at, ends_at=slot.ends_at, but=slot)
    occupations.keep(slot)
    return leave


@transaction.atomic
def recuse(*, actor: User, slot: Slot, juror: Juror, reason: str) -> Leave:
    """Recuse a member for one candidate, for good: what they sealed counts no more.

    Raises Denied; Refused("seat.reason"), and like ``absent``.
    """
    slot = _kept_by(actor, slot, juror)
    reason = kept(reason, texts.REMARK)
    if not reason:
        raise Refused("seat.reason", _("Dites pourquoi ce membre est récusé."))
    leave = _recused(actor, slot, juror, reason=reason)
    occupations.keep(slot)
    return leave


@transaction.atomic
def recuse_conflicted(
    *, people: Collection[User] = (), slot: Slot | None = None, sitting: Sitting | None = None
) -> list[Leave]:
    """Recuse every member who may not judge the candidate any more, whatever happened since they were seated.

    Looks at one ``slot``, at those of a ``sitting``, or at those of which one of ``people`` is the candidate or a
    member. Members are told. Called before the caller writes to the journal.
    """
    before = Slot.objects.filter(state=SlotState.DUE, work__state__in=BEFORE_THE_JURY)
    if slot is not None:
        before = before.filter(pk=slot.pk)
    elif sitting is not None:
        before = before.filter(sitting=sitting)
    else:
        sits = Juror.objects.filter(user__in=people).values("sitting")
        before = before.filter(Q(work__enrolment__candidate__in=people) | Q(sitting__in=sits))
    slots = _locked(before.order_by("pk").values_list("pk", flat=True))
    due = [(each, juror, ties) for each in slots for juror, ties in _conflicted(each)]
    made = [_recused(None, each, juror, cause=sorted(ties)) for each, juror, ties in due]
    for each in {each.pk: each for each, _juror, _ties in due}.values():
        occupations.keep(each)
    return made


def _conflicted(slot: Slot) -> list[tuple[Juror, frozenset[Tie]]]:
    """Who may not judge the candidate and is not recused yet: of the members, and of those who left after sealing."""
    recused = Leave.objects.filter(slot=slot, kind=LeaveKind.RECUSED).values("juror")
    sealed = Ballot.objects.filter(slot=slot, sealed_at__isnull=False).values("juror")
    counting = Q(departure__isnull=True) | Q(pk__in=sealed)
    standing = Juror.objects.filter(counting, sitting=slot.sitting_id).exclude(pk__in=recused)
    jurors = list(standing.select_related("user"))
    ties = barred([juror.user_id for juror in jurors], slot.work.enrolment.candidate_id, bonds_on(slot.work))
    return [(juror, ties[juror.user_id]) for juror in jurors if juror.user_id in ties]


@transaction.atomic
def preside(
    *, actor: User, sitting: Sitting, juror: Juror, reason: str, seen: Presidency | None, slot: Slot | None = None
) -> Presidency:
    """Name who presides from now on: the sitting, or one passage that its president cannot hear.

    ``seen``: the presidency that the actor knew of; whoever names another meanwhile wins, and the actor is told.
    What the one before was typing is gone: rulings and reasons are their writer's own.

    Raises Denied; Refused("seat.foreign"), ("seat.reason"), ("seat.presided"), ("seat.left"), ("seat.decided").
    """
    if not policies.can_administer(actor):
        raise Denied
    Sitting.objects.select_for_update(no_key=True).get(pk=sitting.pk)
    if juror.sitting_id != sitting.pk or (slot is not None and slot.sitting_id != sitting.pk):
        raise Refused("seat.foreign", _("Ce membre ne siège pas dans ce jury."))
    of_sitting = Juror.objects.filter(pk=juror.pk)
    standing = of_sitting.in_office() if slot is None else of_sitting.seated(slot.pk)
    if not standing.exists():
        raise Refused("seat.left", _("Ce membre ne siège plus : il ne peut pas présider."))
    if slot is not None:
        _require_undecided(_locked([slot.pk])[0])
    reason = kept(reason, texts.REMARK)
    if not reason:
        raise Refused("seat.reason", _("Dites pourquoi la présidence change."))
    current = Presidency.objects.current().filter(sitting=sitting, slot=slot).first()
    if current != seen:
        raise Refused("seat.presided", _("Quelqu’un vient de désigner un autre président : rechargez la page."))
    _forget(Q(slot__in=_presided(sitting, slot)) & ~Q(by=juror.user_id))
    made = Presidency.objects.create(sitting=sitting, slot=slot, juror=juror, after=current, reason=reason, by=actor)
    journal.record(actor, "presidency.named", made, sitting=sitting.pk, juror=juror.user_id, seal=seal_of(made))
    return made


def _presided(sitting: Sitting, slot: Slot | None) -> Sequence[Slot]:
    """The passages that a presidency of the sitting, or of one passage, is about, under a lock: nobody is typing."""
    if slot is not None:
        return [slot]
    named = Presidency.objects.filter(slot__sitting=sitting).values("slot")
    return _locked(sitting.slots.exclude(pk__in=named).order_by("pk").values_list("pk", flat=True))


def _forget(drafts: Q) -> None:
    """Rulings and reasons as they were being typed: their writer's own, never read or signed by another president."""
    RulingDraft.objects.filter(drafts).delete()
    MotiveDraft.objects.filter(drafts).delete()


@transaction.atomic
def open_early(*, actor: User, slot: Slot, reason: str) -> EarlyOpening:
    """Let the ballots of a passage be sealed before its hour: its president's act, with a reason.

    Raises Denied; Refused("seat.reason"), ("seat.opened"), ("seat.decided"), ("text.too_long").
    """
    slot = _locked([slot.pk])[0]
    if not policies.can_preside(actor, slot.sitting, slot):
        raise Denied
    if not is_open(slot):
        raise Refused("seat.decided", _("Ce passage est décidé, ou n’a plus lieu : il ne commence plus."))
    if EarlyOpening.objects.filter(slot=slot).exists():
        raise Refused("seat.opened", _("Ce passage est déjà ouvert."))
    reason = kept(reason, texts.REMARK)
    if not reason:
        raise Refused("seat.reason", _("Dites pourquoi le passage commence avant son heure."))
    made = EarlyOpening.objects.create(slot=slot, reason=reason, by=actor)
    journal.record(actor, "slot.opened_early", made, slot=slot.pk, seal=seal_of(made))
    return made


def late(*, actor: User, juror: Juror) -> None:
    """A member who joins a jury did not hear what was defended already: absent from it, where they are not recused."""
    heard = Slot.objects.filter(sitting=juror.sitting_id, state=SlotState.DUE, work__state=WorkState.DEFENDED.value)
    heard = heard.exclude(pk__in=Leave.objects.filter(juror=juror).values("slot"))
    for slot in _locked(heard.values_list("pk", flat=True)):
        _leave(actor, slot, juror, LeaveKind.ABSENT, cause=["joined_later"])


def _kept_by(actor: User, slot: Slot, juror: Juror) -> Slot:
    """The passage under a lock, if the actor may say who sits for it. Raises Denied, Refused."""
    slot = _locked([slot.pk])[0]
    if not policies.can_keep_seats(actor, slot):
        raise Denied
    if juror.sitting_id != slot.sitting_id:
        raise Refused("seat.foreign", _("Ce membre ne siège pas dans ce jury."))
    _require_undecided(slot)
    return slot


def _require_undecided(slot: Slot) -> None:
    if not is_open(slot):
        raise Refused("seat.decided", _("Ce passage est décidé ou annulé : ses membres ne changent plus."))


def _locked(keys: Iterable[int]) -> Sequence[Slot]:
    """The passages under a lock, in their order, then read as the acts that held it left them."""
    wanted = list(keys)
    list(Slot.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk"))
    read = Slot.objects.select_related("sitting__session__referential", "work__enrolment__candidate")
    return list(read.filter(pk__in=wanted).order_by("pk"))


def _recused(actor: User | None, slot: Slot, juror: Juror, *, reason: str = "", cause: Sequence[Tie] = ()) -> Leave:
    """Recuse; an absence under way ends with it, and what a president was typing is gone."""
    for absence in Leave.objects.filter(slot=slot, juror=juror, kind=LeaveKind.ABSENT, ended_at__isnull=True):
        absence.ended_at = timezone.now()
        absence.save(update_fields=["ended_at"])
        journal.record(actor, "leave.ended", absence, slot=slot.pk, seal=seal_of(absence))
    _forget(Q(slot=slot, by=juror.user_id))
    leave = _leave(actor, slot, juror, LeaveKind.RECUSED, reason=reason, cause=[tie.value for tie in cause])
    letters.write(
        to=juror.user.email,
        subject=_("Vous êtes récusé pour un passage"),
        letter="recused",
        name=juror.user.full_name,
        candidate=slot.work.enrolment.candidate.full_name,
        sitting=slot.sitting.name,
    )
    return leave


def _leave(
    actor: User | None, slot: Slot, juror: Juror, kind: LeaveKind, *, reason: str = "", cause: Sequence[str] = ()
) -> Leave:
    if Leave.objects.filter(slot=slot, juror=juror, ended_at__isnull=True).exists():
        raise Refused("seat.leave", _("Ce membre est déjà absent ou récusé pour ce passage."))
    leave = Leave.objects.create(slot=slot, juror=juror, kind=kind, reason=reason, cause=list(cause), by=actor)
    journal.record(
        actor, f"leave.{kind.value}", leave, slot=slot.pk, juror=juror.user_id, cause=list(cause), seal=seal_of(leave)
    )
    return leave
