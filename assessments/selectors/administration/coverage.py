"""Which criteria the machine decides, which it informs, which are left to people alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet

from certification.edges import whole_number
from certification.referentials.models import CheckRole, Criterion, Referential

ANSWERED_BY = ("decided", "informed", "human")


@dataclass(frozen=True, slots=True)
class CoveredCriterion:
    """`answered_by` is one of ANSWERED_BY; `checks` are codes of checks of the engine."""

    code: str
    text: str
    answered_by: str
    checks: Sequence[str]


@dataclass(frozen=True, slots=True)
class CoveredBloc:
    """`name` is empty for criteria outside any bloc. The counts are over everything, whatever the filter leaves."""

    name: str
    counts: Sequence[int]
    criteria: Sequence[CoveredCriterion]

    @property
    def total(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class CoveredEdition:
    """An edition with its blocs; `counts` follow ANSWERED_BY. `competencies` counts the lines of those without."""

    pk: int
    title: str
    code: str
    edition: str
    competencies: int
    counts: Sequence[int]
    blocs: Sequence[CoveredBloc]

    @property
    def total(self) -> int:
        return sum(self.counts)


def coverage(*, edition: str = "", answered_by: str = "") -> list[CoveredEdition]:
    """Editions that are not archived, or the one of this key, in four queries; criteria of one kind if asked."""
    key = whole_number(edition)
    editions = _editions() if key is None else _editions().filter(pk=key)
    rows = (
        Criterion.objects.filter(referential__in=editions.order_by().values("pk"))
        .select_related("bloc")
        .prefetch_related("checks")
        .order_by("bloc__position", "activity__position", "competency__position", "position")
    )
    criteria: dict[int, list[Criterion]] = {}
    for row in rows:
        criteria.setdefault(row.referential_id, []).append(row)
    return [_edition(each, criteria.get(each.pk, []), answered_by) for each in editions]


def edition_choices() -> list[tuple[str, str]]:
    """Editions to choose from, as (key, label)."""
    return [(str(each.pk), f"{each.title} ({each.edition})") for each in _editions()]


def _editions() -> QuerySet[Any]:
    current = Referential.objects.exclude(status=Referential.Status.ARCHIVED)
    found = current.select_related("certification").annotate(competency_count=Count("competency_rows"))
    return found.order_by("certification__code", "pk")


def _edition(referential: Any, criteria: Sequence[Criterion], answered_by: str) -> CoveredEdition:
    by_bloc: dict[str, list[CoveredCriterion]] = {}
    for row in criteria:
        bloc = row.bloc
        name = " ".join(filter(None, (bloc.code, bloc.title))) if bloc is not None else ""
        by_bloc.setdefault(name, []).append(_criterion(row))
    blocs = [
        CoveredBloc(name, _counted(rows), [row for row in rows if answered_by in ("", row.answered_by)])
        for name, rows in by_bloc.items()
    ]
    return CoveredEdition(
        referential.pk,
        referential.title,
        referential.certification.code,
        referential.edition,
        referential.competency_count,
        [sum(bloc.counts[rank] for bloc in blocs) for rank in range(len(ANSWERED_BY))],
        blocs,
    )


def _criterion(row: Criterion) -> CoveredCriterion:
    checks = list(row.checks.all())
    roles = {check.role for check in checks}
    answered_by = "human" if not roles else "decided" if CheckRole.DECIDED in roles else "informed"
    text = " ".join(filter(None, (row.lead_in, row.text)))
    return CoveredCriterion(row.code, text, answered_by, [check.check_code for check in checks])


def _counted(rows: Sequence[CoveredCriterion]) -> list[int]:
    return [sum(row.answered_by == each for row in rows) for each in ANSWERED_BY]
