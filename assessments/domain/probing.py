"""When a declared address is called, until when, and when it may be asked for. Pure rules."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from assessments.domain.workflow import WorkState

WATCHED = frozenset({WorkState.SUBMITTED, WorkState.IN_REVIEW, WorkState.ADMITTED, WorkState.SCHEDULED})
OURS_AGAIN = timedelta(minutes=30)  # after a probe that our own network spoilt
ASKED_APART = timedelta(minutes=2)  # between two demands about one address
ASKED_PER_HOUR = 20  # by one person
RESULT_KEPT = timedelta(days=7)  # for which an unchanged result stands before it is given again


def is_watched(state: WorkState, *, latest: bool, session_ends: date, today: date) -> bool:
    """Whether periodic probes go on: the version that will be defended, until the defence or the session's end."""
    return latest and state in WATCHED and today <= session_ends


def may_be_asked(state: WorkState) -> bool:
    """Whether a person may still have the address called: until the decision."""
    return state in WATCHED or state is WorkState.DEFENDED


def next_due(now: datetime, *, ours: bool, watched: bool, period: timedelta) -> datetime | None:
    """When to call next; None for never. A period of zero means that nothing is called without being asked for.

    What our own network spoilt is tried again soon, even where nothing is periodic: somebody waits for it.
    """
    if not watched:
        return None
    if ours:
        return now + (min(OURS_AGAIN, period) if period else OURS_AGAIN)
    return now + period if period else None
