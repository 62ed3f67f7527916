"""From what the search chose to a plan: which work exactly is heard where, and from when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assessments.domain.planning import Candidacy, Given, Heard, Panel, Part, Plan
from assessments.services.planning.greedy import Kind


@dataclass(frozen=True, slots=True)
class Before:
    """Of the plan that is repaired, by the position of the part: who sat there, which works were heard when."""

    jurors: Mapping[int, frozenset[int]]
    heard: Mapping[int, Mapping[int, Heard]]

    @classmethod
    def of(cls, plan: Plan | None, parts: Sequence[Part]) -> Before:
        jurors: dict[int, frozenset[int]] = {}
        heard: dict[int, dict[int, Heard]] = defaultdict(dict)
        for panel in plan.panels if plan else ():
            for index, part in enumerate(parts):
                if part.room == panel.room and part.day == panel.day and part.starts < panel.ends <= part.ends:
                    jurors[index] = frozenset(panel.jurors)
                    heard[index] |= {each.work: each for each in panel.heard}
        return cls(jurors, heard)


@dataclass(frozen=True, slots=True)
class Chosen:
    """How many works of each kind are heard in a part, by their places; who sits there."""

    counts: Mapping[tuple[int, int], int]
    seats: Mapping[tuple[int, int], int]


def written(given: Given, kinds: Sequence[Kind], before: Before, found: Chosen) -> Plan:
    """The plan that was chosen. What was there before stays where it was, at its hour, as far as it can."""
    chosen: dict[int, list[Candidacy]] = defaultdict(list)
    unplaced: list[int] = []
    for rank, kind in enumerate(kinds):
        wanted = {index: found.counts[rank, index] for index in sorted(kind[0].parts)}
        placed, left = _dealt(kind, wanted, before)
        for index, works in placed.items():
            chosen[index] += works
        unplaced += [each.work for each in left]
    panels = []
    for index, part in enumerate(given.parts):
        if chosen[index]:
            jurors = tuple(juror for juror in given.jurors if found.seats.get((juror, index)))
            heard = _timed(part, chosen[index], before.heard.get(index, {}))
            panels.append(Panel(part.room, part.day, part.starts, part.ends, jurors, heard))
    stays = {index: {each.work for each in works} for index, works in chosen.items()}
    moved = sum(len(heard.keys() - stays.get(index, set())) for index, heard in before.heard.items())
    return Plan(tuple(panels), tuple(unplaced), moved=moved)


def _dealt(kind: Kind, wanted: Mapping[int, int], before: Before) -> tuple[dict[int, list[Candidacy]], list[Candidacy]]:
    """Which works of a kind are heard where: first those that were there before."""
    left = list(kind)
    placed: dict[int, list[Candidacy]] = {}
    for index, count in wanted.items():
        there = [each for each in left if each.work in before.heard.get(index, {})][:count]
        placed[index] = there
        left = [each for each in left if each not in there]
    for index, count in wanted.items():
        more = count - len(placed[index])
        placed[index] += left[:more]
        left = left[more:]
    return placed, left


def _timed(part: Part, works: Sequence[Candidacy], kept: Mapping[int, Heard]) -> tuple[Heard, ...]:
    """The hours within a part: those that were there keep theirs, the others come in the gaps.

    All one after the other where that leaves no gap long enough.
    """
    ordered = sorted(works, key=lambda each: (each.candidate, each.work))
    stay = [kept[each.work] for each in ordered if _still(each, kept.get(each.work), part)]
    heard = sorted(stay, key=lambda each: each.starts)
    for each in (each for each in ordered if each.work not in {one.work for one in stay}):
        starts = _gap(part, heard, each.minutes)
        if starts is None:
            return _in_a_row(part, ordered)
        heard = sorted([*heard, Heard(each.work, starts, each.minutes)], key=lambda one: one.starts)
    return tuple(heard)


def _still(work: Candidacy, heard: Heard | None, part: Part) -> bool:
    within = heard is not None and part.starts <= heard.starts and heard.ends <= part.ends
    return heard is not None and within and heard.minutes >= work.minutes


def _gap(part: Part, heard: Sequence[Heard], minutes: int) -> int | None:
    starts = part.starts
    for each in heard:
        if each.starts - starts >= minutes:
            return starts
        starts = max(starts, each.ends)
    return starts if part.ends - starts >= minutes else None


def _in_a_row(part: Part, works: Sequence[Candidacy]) -> tuple[Heard, ...]:
    starts = part.starts
    heard = []
    for each in works:
        heard.append(Heard(each.work, starts, each.minutes))
        starts += each.minutes
    return tuple(heard)
