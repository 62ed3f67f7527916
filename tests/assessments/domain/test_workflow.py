"""The transition table, over every state and every event."""

import itertools

import pytest

from assessments.domain.workflow import TRANSITIONS, TransitionRefused, WorkEvent, WorkState, allows, next_state

EXPECTED = {
    ("draft", "submit"): "submitted",
    ("returned", "submit"): "submitted",
    ("submitted", "open_review"): "in_review",
    ("in_review", "return"): "returned",
    ("in_review", "admit"): "admitted",
    ("admitted", "schedule"): "scheduled",
    ("scheduled", "unschedule"): "admitted",
    ("scheduled", "defend"): "defended",
    ("defended", "decide"): "decided",
    ("decided", "appeal"): "appealed",
}


@pytest.mark.parametrize(("state", "event"), list(itertools.product(WorkState, WorkEvent)))
def test_every_state_and_event(state: WorkState, event: WorkEvent) -> None:
    expected = EXPECTED.get((state.value, event.value))
    assert allows(state, event) is (expected is not None)
    if expected is None:
        with pytest.raises(TransitionRefused) as refused:
            next_state(state, event)
        assert (refused.value.state, refused.value.event) == (state, event)
    else:
        assert next_state(state, event).value == expected


def test_every_state_can_be_reached_from_draft() -> None:
    reached = {WorkState.DRAFT}
    while True:
        further = {after for (before, _), after in TRANSITIONS.items() if before in reached} - reached
        if not further:
            break
        reached |= further
    assert reached == set(WorkState)


def test_only_an_appeal_leaves_a_decision() -> None:
    assert [event for event in WorkEvent if allows(WorkState.DECIDED, event)] == [WorkEvent.APPEAL]
