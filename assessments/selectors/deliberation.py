"""What the president sees: for each line the settled or majority level, the votes, the jurors' words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from assessments.domain.deliberation import casting, majority, votes
from assessments.domain.lines import LineKey
from assessments.domain.proposals import Settled
from assessments.domain.scale import Level, scale_of, settled_level
from assessments.models import Juror, Mark, Slot
from assessments.models.decisions import DecidedBy
from assessments.models.seats import chair
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
    """One line per line of the grid, in the référentiel's order. Reads the sealed ballots of those who sit for it."""
    scale = scale_of(slot.sitting.session.referential.scale)
    marks: dict[LineKey, list[Any]] = defaultdict(list)
    seated = Juror.objects.filter(sitting=slot.sitting_id).seated(slot.pk).values("pk")
    of_them = Mark.objects.filter(ballot__slot=slot, ballot__sealed_at__isnull=False, ballot__juror__in=seated)
    sealed: QuerySet[Any] = of_them.annotate(president=chair(sitting=slot.sitting_id, slot=slot.pk))
    for mark in sealed.select_related("ballot__juror__user").order_by("ballot__juror"):
        marks[mark.line_key].append(mark)
    return [_line(line, marks[line.key], scale) for line in grid_of(slot.submission).lines]


def _line(line: GridLine, marks: Sequence[Any], scale: Sequence[Level]) -> DeliberationLine:
    levels = [mark.level for mark in marks if mark.level]
    if line.settled is Settled.NOBODY:
        proposed, by = _jurys(
            levels, next((mark.level for mark in marks if mark.ballot.juror_id == mark.president), "")
        )
    else:
        proposed = settled_level(scale)
        by = DecidedBy.MACHINE if line.settled is Settled.MACHINE else DecidedBy.MENTOR
    return DeliberationLine(line, proposed, by, votes(levels), marks)


def _jurys(levels: Sequence[str], presidents: str) -> tuple[str, DecidedBy]:
    """The level of the majority; on a tie, that of the president's vote, said as such; empty where neither is."""
    cast = casting(levels, presidents)
    return (cast, DecidedBy.CASTING) if cast else (majority(levels) or "", DecidedBy.JURY)
