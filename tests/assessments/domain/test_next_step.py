"""The candidate's next step, once an attempt has ended."""

import pytest

from assessments.domain.next_step import THEIRS, NextStep, next_step
from assessments.domain.workflow import ENDED, WorkState
from assessments.web.wording import STEPS


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (WorkState.DECIDED, NextStep.READ_DECISION),
        (WorkState.ABSENT, NextStep.READ_ABSENCE),
        (WorkState.WITHDRAWN, NextStep.READ_WITHDRAWAL),
        (WorkState.APPEALED, NextStep.WAIT_FOR_APPEAL),
    ],
)
def test_what_has_ended_is_read(state: WorkState, expected: NextStep) -> None:
    for before_deadline in (True, False):
        assert next_step(state, "", before_deadline=before_deadline) is expected


@pytest.mark.parametrize("state", sorted(ENDED))
def test_or_tried_again(state: WorkState) -> None:
    assert next_step(state, "", before_deadline=True, again=True) is NextStep.TRY_AGAIN
    assert NextStep.TRY_AGAIN in THEIRS


@pytest.mark.parametrize("state", [None, *WorkState])
@pytest.mark.parametrize("before_deadline", [True, False])
def test_every_state_has_a_step_in_words(state: WorkState | None, before_deadline: bool) -> None:
    assert next_step(state, "", before_deadline=before_deadline) in STEPS
