"""Finds a plan by constraint programming (OR-Tools CP-SAT): in a worker, within a time, the best so far.

One panel at most sits in each part of a day in a room, and hears what fits there, one after the other: the search
chooses who sits where and how many of each kind of work are heard where, not the minute of each passage. Works that
nothing tells apart (length, who is barred, where they may be) are one kind: of 300 works some fifty are left.
"""

from __future__ import annotations

import math
import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from assessments.domain.planning import Candidacy, Given, Heard, Panel, Part, Plan
from assessments.services.planning.greedy import Kind, first_plan

if TYPE_CHECKING:
    from ortools.sat.python.cp_model import CpModel, IntVar

Progress = Callable[[float], None]

# What a plan costs. A work without a place is worse than anything else; then, when repairing, whoever is moved.
UNPLACED = 10_000
MOVED = 200
RESEATED = 60
DAY = 40
PART = 20
LOAD = 8
CHANGE = 2


def seconds_for(works: int) -> float:
    """How long to search: a second for thirty works, 45 s for three hundred and more."""
    return min(45.0, max(1.0, math.pow(works / 30, 1.65)))


def solve(
    given: Given,
    *,
    before: Plan | None = None,
    seconds: float | None = None,
    workers: int = 0,
    progress: Progress = lambda share: None,
) -> Plan:
    """The best plan found within ``seconds``, with the bound below which none can cost.

    With ``before``, a plan that moves as few works and replaces as few jurors of it as can be. ``progress`` is told
    what share of the time has gone, at each better plan. ``workers``: how many searches at once, as many as there are
    cores, at most four, for 0. Works that fit nowhere are left out of the plan, and named.
    """
    if not given.works:
        return Plan((), optimal=True)
    # A hundred megabytes that no other process of the platform has to hold.
    from ortools.sat.python import cp_model

    model = _Model(given, before, cp_model.CpModel())
    solver = cp_model.CpSolver()
    limit = seconds if seconds is not None else seconds_for(len(given.works))
    solver.parameters.max_time_in_seconds = limit
    solver.parameters.num_workers = workers or min(4, os.cpu_count() or 1)
    solver.parameters.random_seed = 1
    solver.parameters.relative_gap_limit = 0.01

    class Listener(cp_model.CpSolverSolutionCallback):  # type: ignore[misc]  # it has no types
        def on_solution_callback(self) -> None:
            progress(min(1.0, self.WallTime() / limit))

    status = solver.Solve(model.model, Listener())
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Plan((), tuple(each.work for each in given.works), bound=solver.BestObjectiveBound())
    plan = _written(model, solver.Value)
    return Plan(
        plan.panels,
        plan.unplaced,
        solver.ObjectiveValue(),
        solver.BestObjectiveBound(),
        status == cp_model.OPTIMAL,
        plan.moved,
    )


@dataclass(frozen=True, slots=True)
class _Before:
    """Of the plan that is repaired, by the position of the part: who sat there, which works were heard when."""

    jurors: Mapping[int, frozenset[int]]
    heard: Mapping[int, Mapping[int, Heard]]

    @classmethod
    def of(cls, plan: Plan | None, parts: Sequence[Part]) -> _Before:
        jurors: dict[int, frozenset[int]] = {}
        heard: dict[int, dict[int, Heard]] = defaultdict(dict)
        for panel in plan.panels if plan else ():
            for index, part in enumerate(parts):
                if part.room == panel.room and part.day == panel.day and part.starts < panel.ends <= part.ends:
                    jurors[index] = frozenset(panel.jurors)
                    heard[index] |= {each.work: each for each in panel.heard}
        return cls(jurors, heard)


class _Model:
    """The variables and constraints, and what the variables stand for."""

    def __init__(self, given: Given, before: Plan | None, model: CpModel) -> None:
        self.given, self.model = given, model
        self.repairs = before is not None
        self.before = _Before.of(before, given.parts)
        self.kinds = _kinds(given)
        self.costs: list[Any] = []
        self.open = [model.NewBoolVar(f"open {index}") for index in range(len(given.parts))]
        self.seats = {
            (juror, index): model.NewBoolVar(f"seat {juror} {index}")
            for juror, able in given.jurors.items()
            for index in sorted(able)
        }
        self.counts: dict[tuple[int, int], IntVar] = {}
        self.left = [model.NewIntVar(0, len(kind), f"left {rank}") for rank, kind in enumerate(self.kinds)]
        self._hear()
        self._seat()
        self._once()
        self._prefer()
        if self.repairs:
            self._keep()
        model.Minimize(sum(self.costs))
        self._begin()

    def _hear(self) -> None:
        """Each work in one part, what a part hears within its minutes, and nobody barred beside it."""
        for rank, kind in enumerate(self.kinds):
            for index in sorted(kind[0].parts):
                most = min(len(kind), self.given.parts[index].minutes // kind[0].minutes)
                self.counts[rank, index] = self.model.NewIntVar(0, most, f"count {rank} {index}")
                for juror in kind[0].barred:
                    if (juror, index) in self.seats:
                        seat = self.seats[juror, index]
                        self.model.Add(self.counts[rank, index] == 0).OnlyEnforceIf(seat)
            heard = [self.counts[rank, index] for index in kind[0].parts]
            self.model.Add(sum(heard) + self.left[rank] == len(kind))
        for index, part in enumerate(self.given.parts):
            minutes = [
                kind[0].minutes * self.counts[rank, index]
                for rank, kind in enumerate(self.kinds)
                if (rank, index) in self.counts
            ]
            self.model.Add(sum(minutes) <= part.minutes * self.open[index])
            # Implied: it brings the bound near what is possible.
            shortest = min((kind[0].minutes for kind in self.kinds), default=1)
            counts = [self.counts[rank, index] for rank in range(len(self.kinds)) if (rank, index) in self.counts]
            self.model.Add(sum(counts) <= part.minutes // shortest * self.open[index])

    def _seat(self) -> None:
        """A whole panel where something is heard, composed as the rule wants."""
        for index, is_open in enumerate(self.open):
            members = {juror: seat for (juror, where), seat in self.seats.items() if where == index}
            self.model.Add(sum(members.values()) == self.given.size * is_open)
            for group in self.given.groups:
                among = [seat for juror, seat in members.items() if juror in group.jurors]
                self.model.Add(sum(among) >= group.least * is_open)

    def _once(self) -> None:
        """No juror, room or candidate of several works in two parts at once."""
        several = _of_one_candidate(self.kinds)
        for clique in _cliques(self.given.parts):
            for juror in self.given.jurors:
                self.model.AddAtMostOne(self.seats[juror, each] for each in clique if (juror, each) in self.seats)
            for room in {self.given.parts[each].room for each in clique}:
                self.model.AddAtMostOne(self.open[each] for each in clique if self.given.parts[each].room == room)
            for ranks in several:
                self._one_place(ranks, clique)

    def _one_place(self, ranks: Sequence[int], clique: Sequence[int]) -> None:
        places = []
        for index in clique:
            here = [self.counts[rank, index] for rank in ranks if (rank, index) in self.counts]
            if here:
                there = self.model.NewBoolVar("")
                self.model.Add(sum(here) <= len(ranks) * there)
                places.append(there)
        self.model.AddAtMostOne(places)

    def _prefer(self) -> None:
        """Everybody heard, on few days and in few parts, by jurors who sit about as often, and stay in their room."""
        self.costs += [UNPLACED * left for left in self.left]
        self.costs += [PART * is_open for is_open in self.open]
        for day in sorted({part.day for part in self.given.parts}):
            used = self.model.NewBoolVar(f"day {day}")
            parts = [self.open[index] for index, part in enumerate(self.given.parts) if part.day == day]
            self.model.AddMaxEquality(used, parts)
            self.costs.append(DAY * used)
        most = self.model.NewIntVar(0, len(self.given.parts), "most")
        for juror in self.given.jurors:
            self.model.Add(sum(seat for (who, _), seat in self.seats.items() if who == juror) <= most)
        self.costs.append(LOAD * most)
        for first, second in _neighbours(self.given.parts):
            for juror in self.given.jurors:
                if (juror, second) in self.seats:
                    leaves = self.model.NewBoolVar("")
                    stays = self.seats.get((juror, first), 0)
                    self.model.Add(leaves >= self.seats[juror, second] - stays - (1 - self.open[first]))
                    self.costs.append(CHANGE * leaves)

    def _keep(self) -> None:
        """As few works elsewhere as can be, and as few jurors who were not asked before."""
        for (rank, index), count in self.counts.items():
            kept = sum(each.work in self.before.heard.get(index, {}) for each in self.kinds[rank])
            if kept:
                moved = self.model.NewIntVar(0, kept, "")
                self.model.Add(moved >= kept - count)
                self.costs.append(MOVED * moved)
        for (juror, index), seat in self.seats.items():
            if juror not in self.before.jurors.get(index, frozenset()):
                self.costs.append(RESEATED * seat)

    def _begin(self) -> None:
        """A plan to begin with: what there was, or one that is made without a search."""
        before = {
            (rank, index): sum(each.work in heard for each in kind)
            for rank, kind in enumerate(self.kinds)
            for index, heard in self.before.heard.items()
        }
        first = first_plan(self.given, self.kinds, jurors=self.before.jurors, counts=before)
        used = {index for _rank, index in first.counts}
        for index, is_open in enumerate(self.open):
            self.model.AddHint(is_open, index in used)
        for (juror, index), seat in self.seats.items():
            self.model.AddHint(seat, index in used and juror in first.jurors[index])
        for (rank, index), count in self.counts.items():
            self.model.AddHint(count, first.counts.get((rank, index), 0))
        for rank, kind in enumerate(self.kinds):
            placed = sum(count for (each, _index), count in first.counts.items() if each == rank)
            self.model.AddHint(self.left[rank], len(kind) - placed)


def _kinds(given: Given) -> list[Kind]:
    """The works, those together that nothing tells apart; whoever presents several is told apart by them."""
    several = {who for who, times in Counter(each.candidate for each in given.works).items() if times > 1}
    kinds: dict[Any, list[Candidacy]] = defaultdict(list)
    jurors = frozenset(given.jurors)
    for each in given.works:
        alone = each.work if each.candidate in several else 0
        kinds[alone, each.minutes, each.barred & jurors, each.parts].append(each)
    return [tuple(each) for each in kinds.values()]


def _of_one_candidate(kinds: Sequence[Kind]) -> list[list[int]]:
    """The places of the kinds that are works of one candidate, by candidate of several."""
    ranks: dict[int, list[int]] = defaultdict(list)
    for rank, kind in enumerate(kinds):
        if len(kind) == 1:
            ranks[kind[0].candidate].append(rank)
    return [each for each in ranks.values() if len(each) > 1]


def _cliques(parts: Sequence[Part]) -> Iterator[list[int]]:
    """The parts that are under way together, at each moment at which one begins."""
    for day, starts in sorted({(part.day, part.starts) for part in parts}):
        clique = [index for index, part in enumerate(parts) if part.day == day and part.starts <= starts < part.ends]
        if len(clique) > 1:
            yield clique


def _neighbours(parts: Sequence[Part]) -> Iterator[tuple[int, int]]:
    """Each part and the next one of its room and day."""
    ordered = sorted(range(len(parts)), key=lambda index: (parts[index].room, parts[index].day, parts[index].starts))
    for first, second in pairwise(ordered):
        if (parts[first].room, parts[first].day) == (parts[second].room, parts[second].day):
            yield first, second


def _written(model: _Model, value: Callable[[Any], int]) -> Plan:
    """The plan that the values of the variables say: which work exactly, and from when."""
    given, before = model.given, model.before
    chosen: dict[int, list[Candidacy]] = defaultdict(list)
    unplaced: list[int] = []
    moved = 0
    for rank, kind in enumerate(model.kinds):
        wanted = {index: value(model.counts[rank, index]) for index in sorted(kind[0].parts)}
        placed, left = _dealt(kind, wanted, before)
        for index, works in placed.items():
            chosen[index] += works
        unplaced += [each.work for each in left]
    panels = []
    for index, part in enumerate(given.parts):
        if not chosen[index]:
            continue
        jurors = tuple(juror for juror in given.jurors if value(model.seats.get((juror, index), 0)))
        heard = _timed(part, chosen[index], before.heard.get(index, {}))
        panels.append(Panel(part.room, part.day, part.starts, part.ends, jurors, heard))
    for index, heard_before in before.heard.items():
        moved += len(heard_before.keys() - {each.work for each in chosen[index]})
    return Plan(tuple(panels), tuple(unplaced), moved=moved)


def _dealt(
    kind: Kind, wanted: Mapping[int, int], before: _Before
) -> tuple[dict[int, list[Candidacy]], list[Candidacy]]:
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
