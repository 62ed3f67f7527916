"""Geometry of the availability chart: a column for each day, drawn as SVG by ``web/submission/_availability.html``.

Position says what colour says: answers stand on the ground, silences hang from the top, what tells nothing floats
between them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from evaluator.availability import Day, whole

WIDTH: Final = 720
HEIGHT: Final = 96
WIDEST: Final = 18.0  # of a column, so that the first days do not look like walls
LONGEST: Final = 365  # days drawn: the latest


@dataclass(frozen=True, slots=True)
class Bar:
    """A part of a column, in pixels. ``standing`` is up, down, unknown or ours."""

    standing: str
    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True, slots=True)
class AvailabilityChart:
    """``days`` are the rows of the table beside, latest first; ``percent`` is None while nothing was conclusive."""

    width: int
    height: int
    bars: Sequence[Bar]
    days: Sequence[tuple[date, Day]]
    first: date
    last: date
    total: Day
    percent: float | None


def build_chart(days: Sequence[Day]) -> AvailabilityChart | None:
    """The chart of ``days`` in order; None without any."""
    if not days:
        return None
    dated = [(date.fromisoformat(day.date), day) for day in days]
    first, last = dated[0][0], dated[-1][0]
    start = max(first, last - timedelta(days=LONGEST - 1))
    step = min(WIDTH / ((last - start).days + 1), WIDEST)
    bars = [bar for when, day in dated if when >= start for bar in _column((when - start).days * step, step, day)]
    total = whole(days)
    percent = None if total.share is None else round(100 * total.share, 1)
    return AvailabilityChart(WIDTH, HEIGHT, bars, dated[::-1], first, last, total, percent)


def chart_of(detail: Mapping[str, Any]) -> AvailabilityChart | None:
    """The chart of a piece of evidence, whose days are stored as plain values."""
    return build_chart([Day(**day) for day in detail["days"]])


def _column(left: float, step: float, day: Day) -> Iterator[Bar]:
    every = day.up + day.down + day.unknown + day.ours
    width = max(step - 1, step * 0.8)
    top = 0.0
    for standing in ("down", "ours", "unknown", "up"):
        height = HEIGHT * getattr(day, standing) / every
        if height:
            yield Bar(standing, f"{left:.2f}", f"{top:.2f}", f"{width:.2f}", f"{height:.2f}")
        top += height
