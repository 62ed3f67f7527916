"""What may become of a passage before a jury, and what that does to the work: pure."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from assessments.domain.workflow import WorkEvent


class PassageState(StrEnum):
    DUE = "due"
    CANCELLED = "cancelled"
    ABSENT = "absent"
    EXCUSED = "excused"
    ADJOURNED = "adjourned"


class PassageEvent(StrEnum):
    CANCEL = "cancel"
    MISS = "miss"
    EXCUSE = "excuse"
    ADJOURN = "adjourn"


TRANSITIONS: dict[tuple[PassageState, PassageEvent], PassageState] = {
    (PassageState.DUE, PassageEvent.CANCEL): PassageState.CANCELLED,
    (PassageState.DUE, PassageEvent.MISS): PassageState.ABSENT,
    (PassageState.DUE, PassageEvent.EXCUSE): PassageState.EXCUSED,
    (PassageState.ABSENT, PassageEvent.EXCUSE): PassageState.EXCUSED,
    (PassageState.DUE, PassageEvent.ADJOURN): PassageState.ADJOURNED,
}

ON_THE_WORK: dict[PassageEvent, WorkEvent] = {
    PassageEvent.CANCEL: WorkEvent.UNSCHEDULE,
    PassageEvent.MISS: WorkEvent.MISS,
    PassageEvent.EXCUSE: WorkEvent.EXCUSE,
    PassageEvent.ADJOURN: WorkEvent.ADJOURN,
}

WITH_REASON = frozenset({PassageEvent.EXCUSE, PassageEvent.ADJOURN})
"""What is not said without saying why."""


def next_state(state: PassageState, event: PassageEvent) -> PassageState | None:
    """The state after ``event``; None where it does not apply."""
    return TRANSITIONS.get((state, event))


def begun(starts_at: datetime, now: datetime, *, opened_early: bool) -> bool:
    """Whether the defence has begun: at its hour, or when its president opened it early and said why."""
    return opened_early or now >= starts_at
