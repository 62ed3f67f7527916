"""What the platform reads of an edition."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet

from certification.referentials.models import Bloc, CheckRole, Criterion, CriterionCheck, Referential
from certification.referentials.tree import edition_tree

__all__ = [
    "Coverage",
    "EditionSummary",
    "checks_requested",
    "coverage_of",
    "criteria_of",
    "edition_tree",
    "editions_summary",
    "published_edition",
]


@dataclass(frozen=True, slots=True)
class EditionSummary:
    """An edition in one line; the counts are of its rows.

    ``deliverables`` are those that the référentiel names, ``implied_deliverables`` those that its criteria suppose.
    """

    code: str
    edition: str
    title: str
    status: str
    content_hash: str
    blocs: int
    activities: int
    tasks: int
    competencies: int
    criteria: int
    sub_items: int
    assessments: int
    deliverables: int
    implied_deliverables: int

    def as_dict(self) -> dict[str, Any]:
        """The same, for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many criteria of a bloc the machine decides, informs, or leaves to people alone.

    `competencies` are the lines of a bloc without criteria, which people judge.
    """

    bloc: str
    decided: int
    informed: int
    human: int
    competencies: int = 0

    @property
    def total(self) -> int:
        """Criteria of the bloc."""
        return self.decided + self.informed + self.human


def published_edition(code: str, edition: str | None = None) -> Referential | None:
    """The edition in force of a certification: the one named, else the last published."""
    found = Referential.objects.of(code, edition).published().order_by("-published_at", "-pk")
    return found.select_related("certification").first()


def criteria_of(bloc: Bloc) -> QuerySet[Criterion]:
    """The criteria of a bloc in their order, with their competency and activity; four queries in all."""
    return criteria_under(Criterion.objects.filter(bloc=bloc))


def criteria_under(criteria: QuerySet[Criterion]) -> QuerySet[Criterion]:
    """The given criteria in the référentiel's order, with what a grid shows of each; four queries in all.

    Items, checks and covered competencies are read from `items.all()`, `checks.all()`, `covers.all()`.
    """
    return (
        criteria.select_related("bloc", "activity", "competency")
        .prefetch_related("items", "checks", "covers")
        .order_by("activity__position", "competency__position", "position")
    )


def checks_requested(bloc: Bloc) -> list[tuple[int, str, dict[str, Any], str]]:
    """The checks that the criteria of a bloc ask for, in order: (criterion id, code, parameters, role)."""
    found = CriterionCheck.objects.filter(criterion__bloc=bloc).order_by(
        "criterion__activity__position", "criterion__competency__position", "criterion__position", "position"
    )
    return list(found.values_list("criterion_id", "check_code", "params", "role"))


def editions_summary() -> list[EditionSummary]:
    """Every edition with its counts, one query per table counted."""
    editions = list(Referential.objects.select_related("certification").order_by("certification__code", "pk"))
    counts = {name: _counts(counted) for name, counted in _COUNTED.items()}
    return [
        EditionSummary(
            code=edition.certification.code,
            edition=edition.edition,
            title=edition.title,
            status=edition.status,
            content_hash=edition.content_hash,
            **{name: counts[name].get(edition.pk, 0) for name in _COUNTED},
        )
        for edition in editions
    ]


def coverage_of(referential: Referential) -> list[Coverage]:
    """What the machine does for each bloc, in three queries; what is outside any bloc comes last, if anything is."""
    checks = Prefetch("checks", CriterionCheck.objects.order_by("position"))
    criteria = (
        Criterion.objects.filter(referential=referential)
        .select_related("bloc")
        .prefetch_related(checks)
        .order_by("bloc__position", "pk")
    )
    blocs = Bloc.objects.filter(referential=referential).annotate(lines=Count("competencies")).order_by("position")
    found: dict[int | None, Counter[str]] = {bloc.pk: Counter({"competencies": bloc.lines}) for bloc in blocs}
    for criterion in criteria:
        tally = found.setdefault(criterion.bloc_id, Counter())
        tally["competencies"] = 0
        tally[_answered_by(criterion)] += 1
    names: dict[int | None, str] = {bloc.pk: bloc.code or bloc.title for bloc in blocs}
    told = [Coverage(names.get(pk, ""), **{name: tally[name] for name in _TALLIED}) for pk, tally in found.items()]
    return [each for each in told if each.total or each.competencies]


_TALLIED = ("decided", "informed", "human", "competencies")
_COUNTED = {
    "blocs": Count("bloc_rows"),
    "activities": Count("activity_rows"),
    "tasks": Count("task_rows"),
    "competencies": Count("competency_rows"),
    "criteria": Count("criterion_rows"),
    "sub_items": Count("criterionitem_rows"),
    "assessments": Count("assessment_rows"),
    "deliverables": Count("deliverable_rows", filter=Q(deliverable_rows__implied=False)),
    "implied_deliverables": Count("deliverable_rows", filter=Q(deliverable_rows__implied=True)),
}


def _counts(counted: Count) -> dict[int, int]:
    return dict(Referential.objects.annotate(rows=counted).values_list("pk", "rows"))


def _answered_by(criterion: Criterion) -> str:
    roles = {check.role for check in criterion.checks.all()}
    if CheckRole.DECIDED in roles:
        return "decided"
    return "informed" if roles else "human"
