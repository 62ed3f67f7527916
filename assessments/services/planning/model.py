"""The model that is solved: its variables, what they must not do, what they should rather do."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from assessments.domain.planning import Candidacy, Given, Part, Plan
from assessments.services.planning.greedy import Kind, first_plan
from assessments.services.planning.writing import Before, Chosen, written

if TYPE_CHECKING:
    from ortools.sat.python.cp_model import CpModel, IntVar

# What a plan costs. A work without a place is worse than anything else; then, when repairing, whoever is moved.
UNPLACED = 10_000
MOVED = 200
RESEATED = 60
DAY = 40
PART = 20
LOAD = 8
CHANGE = 2


class Model:
    """The variables and constraints, and what the variables stand for."""

    def __init__(self, given: Given, before: Plan | None, model: CpModel) -> None:
        self.given, self.model = given, model
        self.repairs = before is not None
        self.before = Before.of(before, given.parts)
        self.kinds = _kinds(given)
        self.costs: list[Any] = []
        self.open = [model.new_bool_var(f"open {index}") for index in range(len(given.parts))]
        self.seats = {
            (juror, index): model.new_bool_var(f"seat {juror} {index}")
            for juror, able in given.jurors.items()
            for index in sorted(able)
        }
        self.counts: dict[tuple[int, int], IntVar] = {}
        self.left = [model.new_int_var(0, len(kind), f"left {rank}") for rank, kind in enumerate(self.kinds)]
        self._hear()
        self._seat()
        self._once()
        self._prefer()
        if self.repairs:
            self._keep()
        model.minimize(sum(self.costs))
        self._begin()

    def _hear(self) -> None:
        """Each work in one part, what a part hears within its minutes, and nobody barred beside it."""
        for rank, kind in enumerate(self.kinds):
            for index in sorted(kind[0].parts):
                most = min(len(kind), self.given.parts[index].minutes // kind[0].minutes)
                self.counts[rank, index] = self.model.new_int_var(0, most, f"count {rank} {index}")
                for juror in kind[0].barred:
                    if (juror, index) in self.seats:
                        seat = self.seats[juror, index]
                        self.model.add(self.counts[rank, index] == 0).OnlyEnforceIf(seat)
            heard = [self.counts[rank, index] for index in kind[0].parts]
            self.model.add(sum(heard) + self.left[rank] == len(kind))
        for index, part in enumerate(self.given.parts):
            minutes = [
                kind[0].minutes * self.counts[rank, index]
                for rank, kind in enumerate(self.kinds)
                if (rank, index) in self.counts
            ]
            self.model.add(sum(minutes) <= part.minutes * self.open[index])
            # Implied: it brings the bound near what is possible.
            shortest = min((kind[0].minutes for kind in self.kinds), default=1)
            counts = [self.counts[rank, index] for rank in range(len(self.kinds)) if (rank, index) in self.counts]
            self.model.add(sum(counts) <= part.minutes // shortest * self.open[index])

    def _seat(self) -> None:
        """A whole panel where something is heard, composed as the rule wants."""
        for index, is_open in enumerate(self.open):
            members = {juror: seat for (juror, where), seat in self.seats.items() if where == index}
            self.model.add(sum(members.values()) == self.given.size * is_open)
            for group in self.given.groups:
                among = [seat for juror, seat in members.items() if juror in group.jurors]
                self.model.add(sum(among) >= group.least * is_open)

    def _once(self) -> None:
        """No juror, room or candidate of several works in two parts at once."""
        several = _of_one_candidate(self.kinds)
        for clique in _cliques(self.given.parts):
            for juror in self.given.jurors:
                self.model.add_at_most_one(self.seats[juror, each] for each in clique if (juror, each) in self.seats)
            for room in {self.given.parts[each].room for each in clique}:
                self.model.add_at_most_one(self.open[each] for each in clique if self.given.parts[each].room == room)
            for ranks in several:
                self._one_place(ranks, clique)

    def _one_place(self, ranks: Sequence[int], clique: Sequence[int]) -> None:
        places = []
        for index in clique:
            here = [self.counts[rank, index] for rank in ranks if (rank, index) in self.counts]
            if here:
                there = self.model.new_bool_var("")
                self.model.add(sum(here) <= len(ranks) * there)
                places.append(there)
        self.model.add_at_most_one(places)

    def _prefer(self) -> None:
        """Everybody heard, on few days and in few parts, by jurors who sit about as often, and stay in their room."""
        self.costs += [UNPLACED * left for left in self.left]
        self.costs += [PART * is_open for is_open in self.open]
        for day in sorted({part.day for part in self.given.parts}):
            used = self.model.new_bool_var(f"day {day}")
            parts = [self.open[index] for index, part in enumerate(self.given.parts) if part.day == day]
            self.model.add_max_equality(used, parts)
            self.model.add(sum(parts) <= len(parts) * used)  # implied, as below
            self.costs.append(DAY * used)
        most = self.model.new_int_var(0, len(self.given.parts), "most")
        for juror in self.given.jurors:
            self.model.add(sum(seat for (who, _), seat in self.seats.items() if who == juror) <= most)
        self.model.add(self.given.size * sum(self.open) <= len(self.given.jurors) * most)
        self.costs.append(LOAD * most)
        for first, second in _neighbours(self.given.parts):
            for juror in self.given.jurors:
                if (juror, second) in self.seats:
                    leaves = self.model.new_bool_var("")
                    stays = self.seats.get((juror, first), 0)
                    self.model.add(leaves >= self.seats[juror, second] - stays - (1 - self.open[first]))
                    self.costs.append(CHANGE * leaves)

    def _keep(self) -> None:
        """As few works elsewhere as can be, and as few jurors who were not asked before."""
        for (rank, index), count in self.counts.items():
            kept = sum(each.work in self.before.heard.get(index, {}) for each in self.kinds[rank])
            if kept:
                moved = self.model.new_int_var(0, kept, "")
                self.model.add(moved >= kept - count)
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
            self.model.add_hint(is_open, index in used)
        for (juror, index), seat in self.seats.items():
            self.model.add_hint(seat, index in used and juror in first.jurors[index])
        for (rank, index), count in self.counts.items():
            self.model.add_hint(count, first.counts.get((rank, index), 0))
        for rank, kind in enumerate(self.kinds):
            placed = sum(count for (each, _index), count in first.counts.items() if each == rank)
            self.model.add_hint(self.left[rank], len(kind) - placed)

    def plan(self, value: Callable[[Any], int]) -> Plan:
        """The plan that the values of the variables say."""
        counts = {key: value(variable) for key, variable in self.counts.items()}
        seats = {key: value(variable) for key, variable in self.seats.items()}
        return written(self.given, self.kinds, self.before, Chosen(counts, seats))


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
