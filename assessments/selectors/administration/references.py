"""The reference data sets of a session: what is held, what criteria ask for and nobody has given yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Prefetch

from assessments.models import ReferenceDataset, ReferenceVersion, Session, User
from assessments.models.references import ReadingState
from certification.referentials.models import Criterion, CriterionCheck
from evaluator.references import PARAMETER


@dataclass(frozen=True, slots=True)
class Asking:
    """A criterion that asks for a data set by name, and the check that it asks it for."""

    bloc: str
    text: str
    check: str


@dataclass(frozen=True, slots=True)
class VersionRow:
    """``results`` rest on it; ``serves`` tells that evaluations use it now."""

    pk: int
    number: int
    state: str
    file_name: str
    size: int
    sha256: str
    rows: int | None
    target: str
    results: int
    serves: bool


@dataclass(frozen=True, slots=True)
class DatasetRow:
    """``serving`` is None while no version is in force; ``versions`` come the latest first."""

    name: str
    title: str
    serving: VersionRow | None
    versions: Sequence[VersionRow]
    asked_by: Sequence[Asking]


@dataclass(frozen=True, slots=True)
class Lacking:
    """A name that criteria use and that the session has nothing in force for."""

    name: str
    asked_by: Sequence[Asking]


@dataclass(frozen=True, slots=True)
class ReferencesPage:
    datasets: Sequence[DatasetRow]
    lacking: Sequence[Lacking]


def references_page(session: Session, user: User) -> ReferencesPage:
    """Four queries, whatever the number of rows."""
    asked = asked_names(session)
    versions = ReferenceVersion.objects.annotate(results_count=Count("results")).order_by("-number")
    datasets = (
        ReferenceDataset.objects.visible_to(user)
        .filter(session=session)
        .order_by("name")
        .prefetch_related(Prefetch("versions", versions))
    )
    rows = [_dataset(each, asked.get(each.name, ())) for each in datasets]
    served = {row.name for row in rows if row.serving}
    return ReferencesPage(rows, [Lacking(name, by) for name, by in asked.items() if name not in served])


def lacking_names(session: Session) -> list[str]:
    """The names that criteria of the session's edition use and that nothing serves; two queries."""
    asked = asked_names(session)
    held = ReferenceDataset.objects.filter(session=session, versions__state=ReadingState.IN_FORCE)
    served = set(held.values_list("name", flat=True)) if asked else set()
    return [name for name in asked if name not in served]


def asked_names(session: Session) -> dict[str, list[Asking]]:
    """What the criteria of the session's edition ask for, by name, in the order of the référentiel."""
    rows = (
        CriterionCheck.objects.filter(referential=session.referential_id, params__has_key=PARAMETER)
        .select_related("criterion__bloc")
        .order_by("criterion__bloc__position", "criterion__activity__position", "criterion__position", "position")
    )
    asked: dict[str, list[Asking]] = {}
    for row in rows:
        name = row.params[PARAMETER]
        if isinstance(name, str) and name:
            asked.setdefault(name, []).append(Asking(_bloc(row.criterion), _text(row.criterion), row.check_code))
    return asked


def version_in_sight(user: User, pk: int) -> ReferenceVersion | None:
    rows = ReferenceVersion.objects.visible_to(user).annotate(results_count=Count("results"))
    return rows.select_related("dataset__session", "received_by").filter(pk=pk).first()


def replaced_by(version: ReferenceVersion) -> ReferenceVersion | None:
    """The version that serves until this one is put in force."""
    found = ReferenceVersion.objects.current().filter(dataset=version.dataset_id)
    return found.exclude(pk=version.pk).first()


def _dataset(dataset: Any, asked_by: Sequence[Asking]) -> DatasetRow:
    rows = list(dataset.versions.all())
    current = next((row.pk for row in rows if row.state == ReadingState.IN_FORCE), None)
    versions = [_version(row, serves=row.pk == current) for row in rows]
    serving = next((row for row in versions if row.serves), None)
    return DatasetRow(dataset.name, dataset.title, serving, versions, asked_by)


def _version(row: Any, *, serves: bool) -> VersionRow:
    profile: Mapping[str, Any] = row.profile
    return VersionRow(
        row.pk, row.number, row.state, row.file_name, row.size, row.sha256, profile.get("rows"), row.target,
        row.results_count, serves,
    )  # fmt: skip


def _bloc(criterion: Criterion) -> str:
    return (criterion.bloc.code or criterion.bloc.title) if criterion.bloc else ""


def _text(criterion: Criterion) -> str:
    return " ".join(filter(None, (criterion.lead_in, criterion.text)))
