"""Lines of the grid. Where a référentiel has no criterion for a competency, the competency itself is the line."""

from __future__ import annotations

from typing import Any, TypeAlias

from django.db import models
from django.db.models import Q

from assessments.domain.lines import LineKey
from certification.referentials.models import Competency, Criterion

Line: TypeAlias = Criterion | Competency


class OnLine(models.Model):
    """What is said of one line of the grid: exactly one of the two keys is set, and the database sees to it."""

    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    competency = models.ForeignKey(Competency, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True

    @property
    def line(self) -> Line:
        line = self.criterion or self.competency
        assert line is not None  # noqa: S101 - narrows the type: the database holds exactly one
        return line

    @property
    def line_key(self) -> LineKey:
        """The name of the line, without reading it."""
        if self.criterion_id is not None:
            return LineKey("criterion", self.criterion_id)
        assert self.competency_id is not None  # noqa: S101 - idem
        return LineKey("competency", self.competency_id)


def once_per_line(name: str, parent: str) -> list[models.BaseConstraint]:
    """Under each ``parent``, one row about a line, and each row about one line. ``name`` begins the names."""
    return [
        models.CheckConstraint(
            condition=Q(criterion__isnull=False, competency__isnull=True)
            | Q(criterion__isnull=True, competency__isnull=False),
            name=f"{name}_on_one_line",
        ),
        models.UniqueConstraint(fields=[parent, "criterion"], name=f"{name}_unique"),
        models.UniqueConstraint(fields=[parent, "competency"], name=f"{name}_competency_unique"),
    ]


def key_of(line: Line) -> LineKey:
    return LineKey("criterion" if isinstance(line, Criterion) else "competency", line.pk)


def on(line: Line) -> dict[str, Any]:
    """The line under the name of its column, to look for or to create what is said of it."""
    return {key_of(line).kind: line}
