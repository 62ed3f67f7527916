"""Lines of the grid. Where a référentiel has no criterion for a competency, the competency itself is the line.

An assessment of the whole certification without criteria of its own is its own and only line.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import or_
from typing import Any, TypeAlias, get_args

from django.db import models
from django.db.models import Q

from assessments.domain.lines import LineKey, LineKind
from certification.referentials.models import Assessment, Competency, Criterion

Line: TypeAlias = Criterion | Competency | Assessment
KINDS: tuple[LineKind, ...] = get_args(LineKind)
"""Each is the name of the column that holds such a line."""
MODELS: Mapping[LineKind, type[Line]] = {"criterion": Criterion, "competency": Competency, "assessment": Assessment}


class OnLine(models.Model):
    """What is said of one line of the grid: exactly one of the three keys is set, and the database sees to it."""

    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    competency = models.ForeignKey(Competency, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True

    @property
    def line(self) -> Line:
        line = self.criterion or self.competency or self.assessment
        assert line is not None  # noqa: S101 - narrows the type: the database holds exactly one
        return line

    @property
    def line_key(self) -> LineKey:
        """The name of the line, without reading it."""
        return next(LineKey(kind, key) for kind in KINDS if (key := getattr(self, f"{kind}_id")) is not None)


def once_per_line(name: str, parent: str) -> list[models.BaseConstraint]:
    """Under each ``parent``, one row about a line, and each row about one line. ``name`` begins the names."""
    return [
        models.CheckConstraint(condition=reduce(or_, map(_alone, KINDS)), name=f"{name}_on_one_line"),
        models.UniqueConstraint(fields=[parent, "criterion"], name=f"{name}_unique"),
        models.UniqueConstraint(fields=[parent, "competency"], name=f"{name}_competency_unique"),
        models.UniqueConstraint(fields=[parent, "assessment"], name=f"{name}_assessment_unique"),
    ]


def _alone(kind: LineKind) -> Q:
    """The column of this kind is set, and no other."""
    return Q(**{f"{each}__isnull": each != kind for each in KINDS})


def key_of(line: Line) -> LineKey:
    return LineKey(next(kind for kind, model in MODELS.items() if isinstance(line, model)), line.pk)


def on(line: Line) -> dict[str, Any]:
    """The line under the name of its column, to look for or to create what is said of it."""
    return {key_of(line).kind: line}
