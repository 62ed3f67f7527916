"""The passages that two works share, with both places: prints in common that follow one another in both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_PLACES = 8  # of one print in the other work: what it repeats more often than that is no passage
_GAP = 3  # prints that may differ between two that follow one another: a line changed in the middle


@dataclass(frozen=True, slots=True)
class Place:
    """``cell`` is 0-based, ``page``, ``line`` and ``end_line`` 1-based; ``cell`` or ``page`` is None without one."""

    path: str
    kind: str
    cell: int | None
    page: int | None
    line: int
    end_line: int

    @property
    def lines(self) -> int:
        return self.end_line - self.line + 1


@dataclass(frozen=True, slots=True)
class Passage:
    """``prints`` counts the fingerprints in common: the longer the passage, the more."""

    own: Place
    other: Place
    prints: int


@dataclass(frozen=True, slots=True)
class _Unit:
    fact: Mapping[str, Any]
    rows: Sequence[Sequence[int]]

    def place(self, first: int, last: int) -> Place:
        fact = self.fact
        end = max(row[2] for row in self.rows[first : last + 1])
        return Place(fact["path"], fact["kind"], fact["cell"], fact["page"], self.rows[first][1], end)


def passages_of(
    own: Mapping[str, Any], other: Mapping[str, Any], *, ignored: Collection[int] = frozenset(), limit: int = 20
) -> list[Passage]:
    """The longest passages in common of two works, from their facts ``fingerprints``; one print alone is one too.

    No print of ``own`` is in two passages. ``ignored`` are prints that do not count.
    """
    units = _units(other, ignored)
    index: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for number, unit in enumerate(units):
        for place, row in enumerate(unit.rows):
            if len(index[row[0]]) < _PLACES:
                index[row[0]].append((number, place))
    found = [passage for unit in _units(own, ignored) for passage in _in_unit(unit, units, index)]
    found.sort(key=lambda passage: (-passage.prints, -passage.own.lines))  # the order of the files among equals
    return found[:limit]


def _units(fact: Mapping[str, Any], ignored: Collection[int]) -> list[_Unit]:
    units = [_Unit(unit, [row for row in unit["prints"] if row[0] not in ignored]) for unit in fact["units"]]
    return [unit for unit in units if unit.rows]


_Index = Mapping[int, Sequence[tuple[int, int]]]


def _in_unit(unit: _Unit, units: Sequence[_Unit], index: _Index) -> Iterator[Passage]:
    at = 0
    while at < len(unit.rows):
        runs = [_run(unit.rows, at, units[number].rows, place) for number, place in index.get(unit.rows[at][0], ())]
        if not runs:
            at += 1
            continue
        best = max(range(len(runs)), key=lambda choice: runs[choice].prints)
        run, (number, place) = runs[best], index[unit.rows[at][0]][best]
        yield Passage(unit.place(at, run.own_end), units[number].place(place, run.other_end), run.prints)
        at = run.own_end + 1


@dataclass(frozen=True, slots=True)
class _Run:
    own_end: int
    other_end: int
    prints: int


def _run(own: Sequence[Sequence[int]], at: int, other: Sequence[Sequence[int]], place: int) -> _Run:
    """How far two rows of prints go together from two places that are equal."""
    prints = 1
    while (step := _next(own, at, other, place)) is not None:
        at, place = step
        prints += 1
    return _Run(at, place, prints)


def _next(own: Sequence[Sequence[int]], at: int, other: Sequence[Sequence[int]], place: int) -> tuple[int, int] | None:
    """The nearest two equal prints after these, a few prints further at most on either side."""
    steps = range(1, _GAP + 1)
    for ahead, beyond in sorted(((i, j) for i in steps for j in steps), key=sum):
        if at + ahead < len(own) and place + beyond < len(other) and own[at + ahead][0] == other[place + beyond][0]:
            return at + ahead, place + beyond
    return None
