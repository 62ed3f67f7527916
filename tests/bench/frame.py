"""What a bench answers, and how it is shown. A bench is a name and a function that yields measures."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any


@dataclass(frozen=True, slots=True)
class Measure:
    """``value`` is None when it could not be had, and ``detail`` then says why; a target not measured is not met."""

    name: str
    value: float | None
    unit: str
    at_most: float | None = None
    at_least: float | None = None
    detail: str = ""

    @property
    def is_met(self) -> bool:
        if self.value is None:
            return False
        below = self.at_most is None or self.value <= self.at_most
        return below and (self.at_least is None or self.value >= self.at_least)

    @property
    def target(self) -> str:
        bound = f"≤ {self.at_most:g}" if self.at_most is not None else f"≥ {self.at_least:g}"
        return f"{bound} {self.unit}"


@dataclass(frozen=True, slots=True)
class Bench:
    """``run`` is given an empty folder."""

    name: str
    run: Callable[[Path], Iterable[Measure]]


def timed(work: Callable[[], Any]) -> float:
    """Seconds that one call takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def interleaved(
    works: dict[str, tuple[Callable[[], Any], int]], rounds: int, rest: Callable[[], None] = lambda: None
) -> dict[str, float]:
    """The median seconds of each work, done so many times in each of several rounds: all see the same weather.

    They take turns, each after a ``rest`` that is not counted.
    """
    seconds: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for turn in range(max(times for _, times in works.values())):
            for name, (work, times) in works.items():
                if turn < times:
                    rest()
                    seconds[name].append(timed(work))
    return {name: median(found) for name, found in seconds.items() if found}


def table(measures: Sequence[Measure]) -> str:
    """One line for each measure: what, how much, what was wanted, whether it is met, and of what it is made."""
    rows = [("measure", "value", "target", "", "")]
    for measure in measures:
        value = "not measured" if measure.value is None else f"{measure.value:.2f} {measure.unit}"
        rows.append((measure.name, value, measure.target, "pass" if measure.is_met else "FAIL", measure.detail))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    return "\n".join(_line(row, widths) for row in rows)


def _line(row: tuple[str, ...], widths: Iterable[int]) -> str:
    cells: Iterator[str] = (cell.ljust(width) for cell, width in zip(row, widths, strict=False))
    return "  ".join([*cells, row[-1]]).rstrip()


def as_json(measures: Iterable[Measure]) -> list[dict[str, Any]]:
    return [asdict(measure) | {"met": measure.is_met} for measure in measures]
