"""A first plan, in milliseconds, for the search to begin with: parts filled in order, whoever sat least asked first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from assessments.domain.planning import Candidacy, Given

Kind = tuple[Candidacy, ...]


@dataclass(slots=True)
class First:
    """Who sits in each part that is used, and how many works of each kind are heard there."""

    jurors: dict[int, frozenset[int]] = field(default_factory=dict)
    counts: dict[tuple[int, int], int] = field(default_factory=dict)


def first_plan(
    given: Given,
    kinds: Sequence[Kind],
    *,
    jurors: Mapping[int, frozenset[int]],
    counts: Mapping[tuple[int, int], int],
) -> First:
    """Goes on from the ``jurors`` and ``counts`` there were, as far as they may stay. It keeps every rule.

    Works that this way does not find a place for are left to the search.
    """
    filling = _Filling(given, kinds)
    for index in sorted(jurors):
        filling.open(index, jurors[index])
    for (rank, index), count in counts.items():
        filling.hear(rank, index, count)
    for index in sorted(range(len(given.parts)), key=lambda each: _order(given, each)):
        if not filling.waiting():
            break
        filling.open(index, frozenset())
        filling.fill(index)
    return filling.first


def _order(given: Given, index: int) -> tuple[object, ...]:
    part = given.parts[index]
    return (part.day, part.starts, part.room)


class _Filling:
    def __init__(self, given: Given, kinds: Sequence[Kind]) -> None:
        self.given, self.kinds, self.first = given, kinds, First()
        self.left = [len(kind) for kind in kinds]
        self.minutes = [part.minutes for part in given.parts]
        self.load: Counter[int] = Counter()

    def waiting(self) -> bool:
        return any(self.left)

    def open(self, index: int, wanted: frozenset[int]) -> None:
        """Seat a panel in a part, those ``wanted`` first, if enough jurors can be there."""
        if index in self.first.jurors or self._room_taken(index):
            return
        busy = self._busy(index)
        able = [juror for juror, parts in self.given.jurors.items() if index in parts and juror not in busy]
        before = self._beside(index)
        able.sort(key=lambda juror: (juror not in wanted, juror not in before, self.load[juror], juror))
        chosen = self._composed(able)
        if len(chosen) == self.given.size:
            self.first.jurors[index] = frozenset(chosen)
            self.load.update(chosen)

    def fill(self, index: int) -> None:
        """Have the works heard that fewest others can hear first."""
        if index in self.first.jurors:
            for rank in sorted(range(len(self.kinds)), key=lambda each: (-len(self.kinds[each][0].barred), each)):
                self.hear(rank, index, self.left[rank])

    def hear(self, rank: int, index: int, count: int) -> None:
        """As many of ``count`` works of a kind as fit, where the panel may judge them."""
        work = self.kinds[rank][0]
        panel = self.first.jurors.get(index)
        if panel is None or panel & work.barred or index not in work.parts or self._heard_elsewhere(rank, index):
            return
        here = min(count, self.left[rank], self.minutes[index] // work.minutes)
        if here:
            self.first.counts[rank, index] = self.first.counts.get((rank, index), 0) + here
            self.left[rank] -= here
            self.minutes[index] -= here * work.minutes

    def _composed(self, able: Sequence[int]) -> list[int]:
        chosen: list[int] = []
        for group in self.given.groups:
            lacking = group.least - len(group.jurors & set(chosen))
            chosen += [juror for juror in able if juror in group.jurors and juror not in chosen][: max(lacking, 0)]
        chosen += [juror for juror in able if juror not in chosen][: max(self.given.size - len(chosen), 0)]
        return chosen

    def _busy(self, index: int) -> set[int]:
        part = self.given.parts[index]
        together = (jurors for each, jurors in self.first.jurors.items() if self.given.parts[each].overlaps(part))
        return {juror for jurors in together for juror in jurors}

    def _room_taken(self, index: int) -> bool:
        part = self.given.parts[index]
        others = (self.given.parts[each] for each in self.first.jurors)
        return any(other.room == part.room and other.overlaps(part) for other in others)

    def _beside(self, index: int) -> frozenset[int]:
        """Who sits in the same room at another time of the day."""
        part = self.given.parts[index]
        for each, jurors in self.first.jurors.items():
            if (self.given.parts[each].room, self.given.parts[each].day) == (part.room, part.day):
                return jurors
        return frozenset()

    def _heard_elsewhere(self, rank: int, index: int) -> bool:
        """Whether another work of the same candidate is heard at that time, in another part."""
        candidate, part = self.kinds[rank][0].candidate, self.given.parts[index]
        return any(
            where != index
            and self.kinds[other][0].candidate == candidate
            and len(self.kinds[other]) == len(self.kinds[rank]) == 1
            and self.given.parts[where].overlaps(part)
            for other, where in self.first.counts
        )
