"""The life of a work: one table of transitions (DESIGN §4), pure."""

from __future__ import annotations

from enum import StrEnum


class WorkState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    RETURNED = "returned"
    ADMITTED = "admitted"
    SCHEDULED = "scheduled"
    DEFENDED = "defended"
    DECIDED = "decided"
    APPEALED = "appealed"


class WorkEvent(StrEnum):
    SUBMIT = "submit"
    OPEN_REVIEW = "open_review"
    RETURN = "return"
    ADMIT = "admit"
    SCHEDULE = "schedule"
    UNSCHEDULE = "unschedule"
    DEFEND = "defend"
    DECIDE = "decide"
    APPEAL = "appeal"


TRANSITIONS: dict[tuple[WorkState, WorkEvent], WorkState] = {
    (WorkState.DRAFT, WorkEvent.SUBMIT): WorkState.SUBMITTED,
    (WorkState.RETURNED, WorkEvent.SUBMIT): WorkState.SUBMITTED,
    (WorkState.SUBMITTED, WorkEvent.OPEN_REVIEW): WorkState.IN_REVIEW,
    (WorkState.IN_REVIEW, WorkEvent.RETURN): WorkState.RETURNED,
    (WorkState.IN_REVIEW, WorkEvent.ADMIT): WorkState.ADMITTED,
    (WorkState.ADMITTED, WorkEvent.SCHEDULE): WorkState.SCHEDULED,
    (WorkState.SCHEDULED, WorkEvent.UNSCHEDULE): WorkState.ADMITTED,
    (WorkState.SCHEDULED, WorkEvent.DEFEND): WorkState.DEFENDED,
    (WorkState.DEFENDED, WorkEvent.DECIDE): WorkState.DECIDED,
    (WorkState.DECIDED, WorkEvent.APPEAL): WorkState.APPEALED,
}


class TransitionRefused(Exception):
    """The event does not apply to the state."""

    def __init__(self, state: WorkState, event: WorkEvent) -> None:
        super().__init__(f"{event} does not apply to a work that is {state}")
        self.state = state
        self.event = event


def next_state(state: WorkState, event: WorkEvent) -> WorkState:
    """Return the state after ``event``; raise TransitionRefused where the table has no row."""
    try:
        return TRANSITIONS[(state, event)]
    except KeyError:
        raise TransitionRefused(state, event) from None


def allows(state: WorkState, event: WorkEvent) -> bool:
    return (state, event) in TRANSITIONS
