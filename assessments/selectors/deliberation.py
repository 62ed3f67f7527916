"""What the president sees: for each line the settled or majority level, the votes, the jurors' words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assessments.domain.deliberation import majority, votes
from assessments.domain.lines import LineKey
from assessments.domain.proposals import Settled
from assessments.domain.scale import Level, proposed_level, scale_of
from assessments.models import Mark, Slot
from assessments.models.decisions import DecidedBy
from assessments.selectors.grid import GridLine, grid_of


@dataclass(frozen=True, slots=True)
class DeliberationLine:
    """``proposed`` is empty where the jury has no majority; ``marks`` are the sealed marks of the line."""

    grid: GridLine
    proposed: str
    proposed_by: DecidedBy
    votes: Mapping[str, int]
    marks: Sequence[Mark]

    @property
    def key(self) -> LineKey:
        return self.grid.key


def deliberation_of(slot: Slot) -> list[DeliberationLine]:
    """One line per line of the grid, in the référentiel's order. Reads sealed ballots only."""
    scale = scale_of(slot.sitting.session.referential.scale)
    marks: dict[LineKey, list[Mark]] = defaultdict(list)
    sealed = Mark.objects.filter(ballot__slot=slot, ballot__sealed_at__isnull=False)
    for mark in sealed.select_related("ballot__juror__user").order_by("ballot__juror"):
        marks[mark.line_key].append(mark)
    return [_line(line, marks[line.key], scale) for line in grid_of(slot.submission).lines]


def _line(line: GridLine, marks: Sequence[Mark], scale: Sequence[Level]) -> DeliberationLine:
    levels = [mark.level for mark in marks if mark.level]
    if line.settled is Settled.NOBODY:
        proposed, by = majority(levels) or "", DecidedBy.JURY
    else:
        proposed = proposed_level(scale, acquired=True)
        by = DecidedBy.MACHINE if line.settled is Settled.MACHINE else DecidedBy.MENTOR
    return DeliberationLine(line, proposed, by, votes(levels), marks)
