"""The life of an appeal, over every state and every event; until when one may be filed."""

import itertools
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from assessments.domain.appeals import ON_THE_WORK, OPEN, AppealEvent, AppealState, next_state, open_until
from assessments.domain.workflow import WorkState, allows

PARIS = ZoneInfo("Europe/Paris")
EXPECTED = {
    ("filed", "assign"): "under_review",
    ("under_review", "assign"): "under_review",
    ("under_review", "maintain"): "maintained",
    ("under_review", "correct"): "corrected",
    ("under_review", "hear_again"): "new_sitting",
    ("filed", "withdraw"): "withdrawn",
    ("under_review", "withdraw"): "withdrawn",
}


@pytest.mark.parametrize(("state", "event"), list(itertools.product(AppealState, AppealEvent)))
def test_every_state_and_event(state: AppealState, event: AppealEvent) -> None:
    after = next_state(state, event)
    assert (after and after.value) == EXPECTED.get((state.value, event.value))


def test_nothing_happens_to_what_is_answered() -> None:
    assert {state for state, _event in itertools.product(AppealState, AppealEvent) if next_state(state, _event)} == OPEN


@pytest.mark.parametrize("event", ON_THE_WORK)
def test_its_end_moves_a_work_that_is_contested(event: AppealEvent) -> None:
    assert allows(WorkState.APPEALED, ON_THE_WORK[event])


@pytest.mark.parametrize("hour", [0, 12, 23])
def test_the_day_of_the_decision_does_not_count(hour: int) -> None:
    until = open_until(datetime(2026, 3, 1, hour, 30, tzinfo=PARIS), 60)
    assert (until.year, until.month, until.day) == (2026, 4, 30)
    assert until + timedelta(microseconds=1) == datetime(2026, 5, 1, tzinfo=PARIS)
