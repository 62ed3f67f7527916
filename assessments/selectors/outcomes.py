"""What came of a work, or may still come: its attempts, its passages, its appeals, and the acts open to the reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from assessments import policies
from assessments.domain.appeals import AppealState
from assessments.domain.workflow import ENDED, WorkState
from assessments.models import Appeal, Decision, PassageOutcome, Slot, User, Work
from assessments.models.juries import SlotState
from assessments.selectors.appeals import contest_ends
from assessments.selectors.attempts import attempts_of


@dataclass(frozen=True, slots=True)
class WorkOutcomes:
    """``passage``: the one of which the reader may say what became of it; ``until``: the end of the delay of appeals.

    ``contestable`` and ``correctable`` are the current decision, where the reader may do that to it.
    """

    attempts: Sequence[Work]
    told: Sequence[PassageOutcome]
    appeals: Sequence[Appeal]
    may_try_again: bool
    may_withdraw: bool
    passage: Slot | None
    contestable: Decision | None
    correctable: Decision | None
    until: datetime | None


def outcomes_of(user: User, work: Work, decision: Decision | None, *, follows: bool) -> WorkOutcomes:
    """What came of the work, from its slots and their outcomes, prefetched, and its current decision, if any.

    ``follows``: whether another attempt may follow.
    """
    now = timezone.now()
    if decision is not None:
        decision.work = work
    ended = work.state in ENDED or work.state == WorkState.APPEALED
    appeals = list(Appeal.objects.visible_to(user).filter(decision__work=work)) if decision else []
    until = contest_ends(decision, work.enrolment.session) if decision and policies.is_depositor(user, work) else None
    told = [appeal for appeal in appeals if decision and appeal.decision_id == decision.pk]
    answered = any(appeal.state != AppealState.WITHDRAWN for appeal in told)
    open_to_appeal = until is not None and now <= until and work.state == WorkState.DECIDED and not answered
    return WorkOutcomes(
        attempts=attempts_of(user, work) if work.attempt > 1 or ended else [work],
        told=[outcome for slot in work.slots.all() for outcome in slot.outcomes.all()],
        appeals=appeals,
        may_try_again=follows and policies.can_ask_again(user, work),
        may_withdraw=policies.can_withdraw(user, work),
        passage=_passage(user, work),
        contestable=decision if open_to_appeal else None,
        correctable=decision if decision and policies.can_correct(user, decision) else None,
        until=until,
    )


def _passage(user: User, work: Work) -> Slot | None:
    """The passage that stands, or was missed and may be excused, for those who say what became of it."""
    asked = {
        WorkState.SCHEDULED: SlotState.DUE,
        WorkState.DEFENDED: SlotState.DUE,
        WorkState.ABSENT: SlotState.ABSENT,
    }.get(WorkState(work.state))
    if asked is None:
        return None
    slot = next((each for each in reversed(work.slots.all()) if each.state == asked), None)
    return slot if slot is not None and policies.can_tell_of(user, slot) else None


def passages_in_sight(user: User) -> QuerySet[Slot]:
    return Slot.objects.visible_to(user).select_related(
        "sitting__session", "work__enrolment__candidate", "work__enrolment__session", "work__assessment__bloc"
    )
