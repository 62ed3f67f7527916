"""What one person may send, and when they may go on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from assessments.domain.quotas import DAY, Exceeded, Limits, Received, exceeded

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
LIMITS = Limits(bytes_per_day=100, inspections_per_day=3, open_uploads=2, waiting_bytes=150)


def ago(hours: float, size: int = 10, *, whole: bool = True) -> Received:
    return Received(NOW - timedelta(hours=hours), size, whole)


def judged(
    size: int, *received: Received, receiving: int = 0, inspecting: int = 0, waiting_bytes: int = 0, now: datetime = NOW
) -> Exceeded | None:
    return exceeded(
        LIMITS,
        size=size,
        received=received,
        receiving=receiving,
        inspecting=inspecting,
        waiting_bytes=waiting_bytes,
        now=now,
    )


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (judged(100), None),
        (judged(101), Exceeded("quota.bytes_per_day")),
        (judged(50, ago(3, 30), ago(1, 30)), Exceeded("quota.bytes_per_day", NOW + timedelta(hours=21))),
        (judged(80, ago(3, 15), ago(1, 15)), Exceeded("quota.bytes_per_day", NOW + timedelta(hours=21))),
        (judged(95, ago(3, 5), ago(1, 5)), Exceeded("quota.bytes_per_day", NOW + timedelta(hours=21))),
        (judged(100, ago(25, 90)), None),
        (judged(1, ago(3), ago(2), ago(1)), Exceeded("quota.inspections_per_day", NOW + timedelta(hours=21))),
        (judged(1, ago(3), ago(2), ago(1, whole=False)), None),
        (judged(1, ago(3), ago(2), receiving=1), Exceeded("quota.inspections_per_day", NOW + timedelta(hours=21))),
        (judged(1, ago(3), ago(2), inspecting=1), None),
        (judged(1, receiving=1, inspecting=1), Exceeded("quota.open_uploads")),
        (judged(10, waiting_bytes=140), None),
        (judged(11, waiting_bytes=140), Exceeded("quota.waiting_bytes")),
    ],
)
def test_what_is_in_the_way(found: Exceeded | None, expected: Exceeded | None) -> None:
    assert found == expected


@given(
    size=some.integers(1, 100),
    received=some.lists(some.builds(ago, some.floats(0, 30), some.integers(0, 60), whole=some.booleans()), max_size=8),
)
def test_at_the_moment_that_is_told_one_may_go_on(size: int, received: list[Received]) -> None:
    found = judged(size, *received)
    if found is None or found.until is None:
        return
    assert NOW < found.until <= NOW + DAY
    later = judged(size, *received, now=found.until)
    assert later is None or later.code != found.code
