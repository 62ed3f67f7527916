"""Plans of passages: what they are made of, what they are, and what is wrong with one. Pure rules.

The hours of a day are minutes since midnight, where the jury sits. People, rooms and works are their keys.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations, groupby
from operator import attrgetter, itemgetter
from typing import Any

SMALLEST = 2
"""A jury is never one person."""


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a day in a room, in which one panel may sit."""

    room: int
    day: date
    starts: int
    ends: int

    @property
    def minutes(self) -> int:
        return self.ends - self.starts

    def overlaps(self, other: Part) -> bool:
        return self.day == other.day and self.starts < other.ends and other.starts < self.ends


@dataclass(frozen=True, slots=True)
class Candidacy:
    """A work to be heard. ``barred``: who may not judge it; ``parts``: where it may be, by position."""

    work: int
    candidate: int
    minutes: int
    barred: frozenset[int]
    parts: frozenset[int]


@dataclass(frozen=True, slots=True)
class Group:
    """At least so many of each panel are among these jurors, as the composition rule wants."""

    jurors: frozenset[int]
    least: int


@dataclass(frozen=True, slots=True)
class Given:
    """What a plan is made of. ``jurors``: the parts, by position, throughout which each can sit."""

    parts: Sequence[Part]
    works: Sequence[Candidacy]
    jurors: Mapping[int, frozenset[int]]
    size: int
    groups: Sequence[Group] = ()


@dataclass(frozen=True, slots=True)
class Heard:
    """A passage of a plan: from ``starts`` on, for so many minutes."""

    work: int
    starts: int
    minutes: int

    @property
    def ends(self) -> int:
        return self.starts + self.minutes


@dataclass(frozen=True, slots=True)
class Panel:
    """Jurors in a room for a part of a day, with what they hear, by hour."""

    room: int
    day: date
    starts: int
    ends: int
    jurors: tuple[int, ...]
    heard: tuple[Heard, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Panels, and the works that found no place. ``bound``: no plan costs less; ``moved``: how many works it moves."""

    panels: tuple[Panel, ...]
    unplaced: tuple[int, ...] = ()
    objective: float = 0
    bound: float = 0
    optimal: bool = False
    moved: int = 0

    def as_json(self) -> dict[str, Any]:
        panels = [
            {
                **{name: getattr(panel, name) for name in ("room", "starts", "ends")},
                "day": panel.day.isoformat(),
                "jurors": list(panel.jurors),
                "heard": [[each.work, each.starts, each.minutes] for each in panel.heard],
            }
            for panel in self.panels
        ]
        names = ("objective", "bound", "optimal", "moved")
        return {
            "panels": panels,
            "unplaced": list(self.unplaced),
            **{name: getattr(self, name) for name in names},
        }

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Plan:
        panels = (
            Panel(
                panel["room"],
                date.fromisoformat(panel["day"]),
                panel["starts"],
                panel["ends"],
                tuple(panel["jurors"]),
                tuple(Heard(*each) for each in panel["heard"]),
            )
            for panel in said.get("panels", ())
        )
        names = ("objective", "bound", "optimal", "moved")
        kept = {name: said[name] for name in names if name in said}
        return cls(tuple(panels), tuple(said.get("unplaced", ())), **kept)


_Passage = tuple[int, int, date, Heard]
"""The candidate, the place of the panel, the day, and what is heard."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a plan: ``code``, and the keys of what it is about."""

    code: str
    about: Mapping[str, int] = field(default_factory=dict)


def faults_of(plan: Plan, given: Given) -> Iterator[Fault]:
    """Everything that a plan must not do, each once; none for a plan that can be published."""
    works = {each.work: each for each in given.works}
    for number, panel in enumerate(plan.panels):
        yield from _of_panel(number, panel, given)
        for each in panel.heard:
            yield from _of_passage(number, panel, each, works.get(each.work), given)
    yield from _of_overlaps(plan, works)


def _of_panel(number: int, panel: Panel, given: Given) -> Iterator[Fault]:
    if not panel.heard:
        return
    if len(panel.jurors) < given.size:
        yield Fault("plan.size", {"panel": number})
    if any(len(group.jurors & set(panel.jurors)) < group.least for group in given.groups):
        yield Fault("plan.composition", {"panel": number})
    for juror in panel.jurors:
        able = given.jurors.get(juror, frozenset())
        if not any(_within(panel, given.parts[index]) for index in able):
            yield Fault("plan.away", {"panel": number, "person": juror})
    for one, other in combinations(sorted(panel.heard, key=attrgetter("starts")), 2):
        if other.starts < one.ends:
            yield Fault("plan.overlap", {"panel": number, "work": other.work})


def _of_passage(number: int, panel: Panel, heard: Heard, work: Candidacy | None, given: Given) -> Iterator[Fault]:
    about = {"panel": number, "work": heard.work}
    if work is None:
        yield Fault("plan.unknown", about)
        return
    if heard.minutes < work.minutes:
        yield Fault("plan.short", about)
    if not (panel.starts <= heard.starts and heard.ends <= panel.ends):
        yield Fault("plan.hours", about)
    if not any(_within(panel, given.parts[index]) for index in work.parts):
        yield Fault("plan.elsewhere", about)
    for juror in sorted(work.barred & set(panel.jurors)):
        yield Fault("plan.conflict", about | {"person": juror})


def _of_overlaps(plan: Plan, works: Mapping[int, Candidacy]) -> Iterator[Fault]:
    busy = [(number, panel) for number, panel in enumerate(plan.panels) if panel.heard]
    for (_one, first), (number, second) in combinations(busy, 2):
        if _part(first).overlaps(_part(second)):
            yield from _of_two_panels(first, second, number)
    own = {work: each.candidate for work, each in works.items()}
    passages = [
        (own.get(each.work, -each.work), number, panel.day, each) for number, panel in busy for each in panel.heard
    ]
    for _who, of_one in groupby(sorted(passages, key=itemgetter(0)), key=itemgetter(0)):
        for one, other in combinations(of_one, 2):
            yield from _of_two_passages(one, other)


def _of_two_panels(first: Panel, second: Panel, number: int) -> Iterator[Fault]:
    """Of two that sit at one time: the room, and each juror, can only be with one of them."""
    if first.room == second.room:
        yield Fault("plan.room", {"panel": number})
    for juror in sorted(set(first.jurors) & set(second.jurors)):
        yield Fault("plan.juror_twice", {"panel": number, "person": juror})


def _of_two_passages(one: _Passage, other: _Passage) -> Iterator[Fault]:
    """Of one candidate: a work is heard once, and two works one after the other."""
    (_who, first_panel, day, first), (_same, number, other_day, second) = one, other
    if first.work == second.work:
        yield Fault("plan.twice", {"panel": number, "work": second.work})
    elif first_panel != number and day == other_day and first.starts < second.ends and second.starts < first.ends:
        yield Fault("plan.candidate_twice", {"panel": number, "work": second.work})


def _part(panel: Panel) -> Part:
    return Part(panel.room, panel.day, panel.starts, panel.ends)


def _within(panel: Panel, part: Part) -> bool:
    same = panel.room == part.room and panel.day == part.day
    return same and part.starts <= panel.starts and panel.ends <= part.ends


def parts_of(
    *,
    days: Iterable[date],
    hours: Sequence[tuple[int, int]],
    rooms: Iterable[int],
    taken: Collection[Part],
    shortest: int,
) -> list[Part]:
    """The stretches in which rooms are free, day by day; those shorter than a passage are left out."""
    whole = [Part(room, day, starts, ends) for day in days for starts, ends in hours for room in rooms]
    free = [part for each in whole for part in _free(each, [part for part in taken if part.room == each.room])]
    return [part for part in free if part.minutes >= shortest]


def _free(part: Part, taken: Iterable[Part]) -> list[Part]:
    left = [part]
    for each in taken:
        left = [
            piece
            for one in left
            for piece in (
                (
                    Part(one.room, one.day, one.starts, min(one.ends, each.starts)),
                    Part(one.room, one.day, max(one.starts, each.ends), one.ends),
                )
                if one.overlaps(each)
                else (one,)
            )
            if piece.minutes > 0
        ]
    return left
