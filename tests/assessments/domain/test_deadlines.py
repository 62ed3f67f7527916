"""Until when a file counts, and which of a work's uploads one goes on with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from assessments.domain.deadlines import counts, in_time, standing

DEADLINE = datetime(2026, 6, 1, 12, tzinfo=UTC)
BEFORE, AFTER = DEADLINE - timedelta(seconds=1), DEADLINE + timedelta(seconds=1)
LONG_AFTER = DEADLINE + timedelta(days=3)


@dataclass
class File:
    state: str
    received_at: datetime | None = None


@pytest.mark.parametrize(
    ("received_at", "now", "expected"),
    [
        (None, BEFORE, True),
        (None, DEADLINE, True),
        (None, AFTER, False),
        (BEFORE, LONG_AFTER, True),
        (DEADLINE, LONG_AFTER, True),
        (AFTER, LONG_AFTER, False),
    ],
)
def test_the_last_byte_is_judged_and_the_clock_while_bytes_are_missing(
    received_at: datetime | None, now: datetime, expected: bool
) -> None:
    assert in_time(DEADLINE, received_at=received_at, now=now) is expected


@pytest.mark.parametrize(
    ("state", "received_at", "expected"),
    [
        ("inspecting", BEFORE, True),
        ("stuck", BEFORE, True),
        ("accepted", DEADLINE, True),
        ("accepted", AFTER, False),
        ("accepted", None, False),
        ("refused", BEFORE, False),
        ("receiving", None, False),
    ],
)
def test_a_submission_may_come_of_what_arrived_in_time_and_was_not_refused(
    state: str, received_at: datetime | None, expected: bool
) -> None:
    assert counts(File(state, received_at), DEADLINE) is expected


def test_an_upload_begun_too_late_hides_none_that_came_in_time() -> None:
    late, whole, older = File("receiving"), File("accepted", BEFORE), File("accepted", BEFORE)
    assert standing([late, whole, older], deadline=DEADLINE, now=BEFORE) is late
    assert standing([late, whole, older], deadline=DEADLINE, now=AFTER) is whole
    assert standing([late], deadline=DEADLINE, now=AFTER) is late
    assert standing([], deadline=DEADLINE, now=AFTER) is None
