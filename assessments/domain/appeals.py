"""The life of an appeal, and until when one may be filed: pure."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from enum import StrEnum

from assessments.domain.workflow import WorkEvent

DAYS = 60
"""Two months, the ordinary time limit to contest a decision (Code de justice administrative, art. R421-1)."""


class AppealState(StrEnum):
    FILED = "filed"
    UNDER_REVIEW = "under_review"
    MAINTAINED = "maintained"
    CORRECTED = "corrected"
    NEW_SITTING = "new_sitting"
    WITHDRAWN = "withdrawn"


class AppealEvent(StrEnum):
    ASSIGN = "assign"
    MAINTAIN = "maintain"
    CORRECT = "correct"
    HEAR_AGAIN = "hear_again"
    WITHDRAW = "withdraw"


OPEN = frozenset({AppealState.FILED, AppealState.UNDER_REVIEW})

TRANSITIONS: dict[tuple[AppealState, AppealEvent], AppealState] = {
    (AppealState.FILED, AppealEvent.ASSIGN): AppealState.UNDER_REVIEW,
    (AppealState.UNDER_REVIEW, AppealEvent.ASSIGN): AppealState.UNDER_REVIEW,
    (AppealState.UNDER_REVIEW, AppealEvent.MAINTAIN): AppealState.MAINTAINED,
    (AppealState.UNDER_REVIEW, AppealEvent.CORRECT): AppealState.CORRECTED,
    (AppealState.UNDER_REVIEW, AppealEvent.HEAR_AGAIN): AppealState.NEW_SITTING,
    (AppealState.FILED, AppealEvent.WITHDRAW): AppealState.WITHDRAWN,
    (AppealState.UNDER_REVIEW, AppealEvent.WITHDRAW): AppealState.WITHDRAWN,
}

ON_THE_WORK: dict[AppealEvent, WorkEvent] = {
    AppealEvent.MAINTAIN: WorkEvent.SETTLE,
    AppealEvent.CORRECT: WorkEvent.SETTLE,
    AppealEvent.HEAR_AGAIN: WorkEvent.REOPEN,
    AppealEvent.WITHDRAW: WorkEvent.SETTLE,
}
"""What the end of an appeal against a decision does to the work."""


def next_state(state: AppealState, event: AppealEvent) -> AppealState | None:
    """The state after ``event``; None where it does not apply."""
    return TRANSITIONS.get((state, event))


def open_until(decided_at: datetime, days: int) -> datetime:
    """The end of the last day on which a decision may be contested; ``decided_at`` in the time of the place.

    The day of the decision does not count (Code de procédure civile, art. 641).
    """
    last = decided_at.date() + timedelta(days=days)
    return datetime.combine(last, time.max, tzinfo=decided_at.tzinfo)
