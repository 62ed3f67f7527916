"""What a candidate has to do next for a work: pure, from its state, its upload and the clock."""

from __future__ import annotations

from enum import StrEnum

from assessments.domain.workflow import WorkEvent, WorkState, allows


class NextStep(StrEnum):
    START = "start"
    SEND = "send"
    RESUME = "resume"
    WAIT_FOR_INSPECTION = "wait_for_inspection"
    REPLACE = "replace"
    WAIT_FOR_US = "wait_for_us"
    SUBMIT = "submit"
    TOO_LATE = "too_late"
    WAIT_FOR_MENTOR = "wait_for_mentor"
    CORRECT = "correct"
    WAIT_FOR_DATE = "wait_for_date"
    DEFEND = "defend"
    WAIT_FOR_DECISION = "wait_for_decision"
    READ_DECISION = "read_decision"
    WAIT_FOR_APPEAL = "wait_for_appeal"
    ALREADY_WON = "already_won"
    ALREADY_PASSED = "already_passed"
    TRY_AGAIN = "try_again"
    READ_ABSENCE = "read_absence"
    READ_WITHDRAWAL = "read_withdrawal"


# Steps that wait for the candidate, and not for somebody else.
THEIRS = frozenset(
    {
        *(NextStep.START, NextStep.SEND, NextStep.RESUME, NextStep.REPLACE, NextStep.SUBMIT, NextStep.CORRECT),
        NextStep.TRY_AGAIN,
    }
)

_BY_UPLOAD = {
    "receiving": NextStep.RESUME,
    "inspecting": NextStep.WAIT_FOR_INSPECTION,
    "refused": NextStep.REPLACE,
    "stuck": NextStep.WAIT_FOR_US,
    "accepted": NextStep.SUBMIT,
}

_BY_STATE = {
    WorkState.SUBMITTED: NextStep.WAIT_FOR_MENTOR,
    WorkState.IN_REVIEW: NextStep.WAIT_FOR_MENTOR,
    WorkState.ADMITTED: NextStep.WAIT_FOR_DATE,
    WorkState.SCHEDULED: NextStep.DEFEND,
    WorkState.DEFENDED: NextStep.WAIT_FOR_DECISION,
    WorkState.DECIDED: NextStep.READ_DECISION,
    WorkState.APPEALED: NextStep.WAIT_FOR_APPEAL,
    WorkState.ABSENT: NextStep.READ_ABSENCE,
    WorkState.WITHDRAWN: NextStep.READ_WITHDRAWAL,
}


def next_step(
    state: WorkState | None, upload: str, *, before_deadline: bool, upload_counts: bool = False, again: bool = False
) -> NextStep:
    """The step for a work in ``state`` (None: not begun yet) whose upload is in the state ``upload`` ("": none).

    ``upload_counts``: it was received in time and may still be submitted after the deadline. ``again``: nothing stands
    in the way of the next attempt (``domain.attempts``).
    """
    if again:
        return NextStep.TRY_AGAIN
    if state is not None and not allows(state, WorkEvent.SUBMIT):
        return _BY_STATE[state]
    if not (before_deadline or upload_counts):
        return NextStep.TOO_LATE
    if upload:
        return _BY_UPLOAD[upload]
    if state is None:
        return NextStep.START
    return NextStep.CORRECT if state is WorkState.RETURNED else NextStep.SEND
