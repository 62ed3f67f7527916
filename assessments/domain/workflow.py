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
    ABSENT = "absent"
    WITHDRAWN = "withdrawn"


class WorkEvent(StrEnum):
    SUBMIT = "submit"
    OPEN_REVIEW = "open_review"
    RETURN = "return"
    ADMIT = "admit"
    SCHEDULE = "schedule"
    DEFEND = "defend"
    DECIDE = "decide"
    APPEAL = "appeal"
    SETTLE = "settle"
    REOPEN = "reopen"
    UNSCHEDULE = "unschedule"
    MISS = "miss"
    EXCUSE = "excuse"
    ADJOURN = "adjourn"
    WITHDRAW = "withdraw"


NOT_ADMITTED = frozenset({WorkState.DRAFT, WorkState.SUBMITTED, WorkState.IN_REVIEW, WorkState.RETURNED})
"""States in which a version may still be handed in, or asked for by whoever reads it."""

ENDED = frozenset({WorkState.DECIDED, WorkState.ABSENT, WorkState.WITHDRAWN})
"""States in which an attempt is over, unless an appeal or an excuse takes it up again."""

TRANSITIONS: dict[tuple[WorkState, WorkEvent], WorkState] = {
    (WorkState.DRAFT, WorkEvent.SUBMIT): WorkState.SUBMITTED,
    (WorkState.RETURNED, WorkEvent.SUBMIT): WorkState.SUBMITTED,
    (WorkState.SUBMITTED, WorkEvent.OPEN_REVIEW): WorkState.IN_REVIEW,
    (WorkState.IN_REVIEW, WorkEvent.RETURN): WorkState.RETURNED,
    (WorkState.IN_REVIEW, WorkEvent.ADMIT): WorkState.ADMITTED,
    (WorkState.ADMITTED, WorkEvent.SCHEDULE): WorkState.SCHEDULED,
    (WorkState.SCHEDULED, WorkEvent.DEFEND): WorkState.DEFENDED,
    (WorkState.DEFENDED, WorkEvent.DECIDE): WorkState.DECIDED,
    (WorkState.DECIDED, WorkEvent.APPEAL): WorkState.APPEALED,
    # An appeal is answered: the decision stands or was corrected, or the work is heard again.
    (WorkState.APPEALED, WorkEvent.SETTLE): WorkState.DECIDED,
    (WorkState.APPEALED, WorkEvent.REOPEN): WorkState.ADMITTED,
    # A passage that did not lead to a decision.
    (WorkState.SCHEDULED, WorkEvent.UNSCHEDULE): WorkState.ADMITTED,
    (WorkState.SCHEDULED, WorkEvent.MISS): WorkState.ABSENT,
    (WorkState.SCHEDULED, WorkEvent.EXCUSE): WorkState.ADMITTED,
    (WorkState.ABSENT, WorkEvent.EXCUSE): WorkState.ADMITTED,
    (WorkState.SCHEDULED, WorkEvent.ADJOURN): WorkState.ADMITTED,
    (WorkState.DEFENDED, WorkEvent.ADJOURN): WorkState.ADMITTED,
    # Whoever presents gives up, until they have been heard.
    (WorkState.DRAFT, WorkEvent.WITHDRAW): WorkState.WITHDRAWN,
    (WorkState.SUBMITTED, WorkEvent.WITHDRAW): WorkState.WITHDRAWN,
    (WorkState.IN_REVIEW, WorkEvent.WITHDRAW): WorkState.WITHDRAWN,
    (WorkState.RETURNED, WorkEvent.WITHDRAW): WorkState.WITHDRAWN,
    (WorkState.ADMITTED, WorkEvent.WITHDRAW): WorkState.WITHDRAWN,
    (WorkState.SCHEDULED, WorkEvent.WITHDRAW): WorkState.WITHDRAWN,
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
