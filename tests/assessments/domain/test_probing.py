"""Until when addresses are watched, and how soon they are called again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from assessments.domain import probing
from assessments.domain.workflow import WorkState

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TODAY = date(2026, 3, 1)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize("state", WorkState)
def test_a_version_is_watched_from_its_deposit_to_its_defence(state: WorkState) -> None:
    before = {"submitted", "in_review", "admitted", "scheduled"}
    assert probing.is_watched(state, latest=True, session_ends=TODAY, today=TODAY) is (state.value in before)
    assert probing.may_be_asked(state) is (state.value in before | {"defended"})


def test_neither_an_earlier_version_nor_a_session_that_has_ended() -> None:
    state = WorkState.SCHEDULED
    assert not probing.is_watched(state, latest=False, session_ends=TODAY, today=TODAY)
    assert not probing.is_watched(state, latest=True, session_ends=TODAY - timedelta(days=1), today=TODAY)


@pytest.mark.parametrize(
    ("ours", "watched", "period", "wait"),
    [
        (False, True, 6 * HOUR, 6 * HOUR),
        (True, True, 6 * HOUR, probing.OURS_AGAIN),
        (True, True, timedelta(minutes=5), timedelta(minutes=5)),
        (False, True, timedelta(0), None),
        (True, True, timedelta(0), probing.OURS_AGAIN),
        (False, False, 6 * HOUR, None),
        (True, False, 6 * HOUR, None),
    ],
)
def test_when_an_address_is_called_again(ours: bool, watched: bool, period: timedelta, wait: timedelta | None) -> None:
    due = probing.next_due(NOW, ours=ours, watched=watched, period=period)
    assert due == (NOW + wait if wait else None)
