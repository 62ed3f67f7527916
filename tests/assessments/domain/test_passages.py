"""What may become of a passage, over every state and every event."""

import itertools

import pytest

from assessments.domain.passages import ON_THE_WORK, PassageEvent, PassageState, next_state
from assessments.domain.workflow import WorkState, allows
from assessments.models.juries import SlotState

EXPECTED = {
    ("due", "cancel"): "cancelled",
    ("due", "miss"): "absent",
    ("due", "excuse"): "excused",
    ("absent", "excuse"): "excused",
    ("due", "adjourn"): "adjourned",
}


@pytest.mark.parametrize(("state", "event"), list(itertools.product(PassageState, PassageEvent)))
def test_every_state_and_event(state: PassageState, event: PassageEvent) -> None:
    after = next_state(state, event)
    assert (after and after.value) == EXPECTED.get((state.value, event.value))


def test_the_database_knows_the_same_states() -> None:
    assert {state.value for state in PassageState} == set(SlotState.values)


@pytest.mark.parametrize("event", PassageEvent)
def test_each_moves_a_work_that_has_a_passage(event: PassageEvent) -> None:
    assert allows(WorkState.SCHEDULED, ON_THE_WORK[event])
