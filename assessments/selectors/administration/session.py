"""One session: its enrolments, its works, its juries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.paginator import Page
from django.db.models import OuterRef, Prefetch, Q, QuerySet, Subquery

from assessments.domain.workflow import WorkState
from assessments.models import (
    Decision,
    Enrolment,
    Juror,
    ReferenceDataset,
    Session,
    Sitting,
    Slot,
    Submission,
    User,
    Work,
)
from assessments.models.awards import UnitOutcome
from assessments.models.juries import SittingKind, SittingState, SlotState
from assessments.models.seats import chair
from assessments.selectors.administration.paging import count_of, in_order, page_of
from assessments.selectors.attempts import blocs_awarded, shown
from certification.edges import whole_number
from certification.referentials.models import Assessment

ENROLMENT_SORTS = {
    "name": ("candidate__full_name",),
    "mentor": ("mentor__full_name",),
    "path": ("access_path",),
}
WORK_SORTS = {
    "name": ("enrolment__candidate__full_name",),
    "bloc": ("assessment__position", "enrolment__candidate__full_name"),
    "state": ("state", "enrolment__candidate__full_name"),
    "submitted": ("submitted_at",),
}


@dataclass(frozen=True, slots=True)
class BlocState:
    """Where a candidate stands on one assessment. ``kind`` and ``state`` name a state of the screens' looks."""

    label: str
    title: str
    kind: str
    state: str


@dataclass(frozen=True, slots=True)
class EnrolmentRow:
    pk: int
    candidate: str
    email: str
    mentor: str
    access_path: str
    access_path_label: str
    blocs: Sequence[BlocState]


@dataclass(frozen=True, slots=True)
class WorkRow:
    """``schedulable``: admitted, and waiting for its passage."""

    pk: int
    candidate: str
    mentor: str
    bloc: str
    attempt: int
    kind: str
    state: str
    submitted_at: datetime | None
    version: int | None
    schedulable: bool


@dataclass(frozen=True, slots=True)
class SlotRow:
    work: int
    starts_at: datetime
    minutes: int
    candidate: str
    bloc: str
    kind: str
    state: str


@dataclass(frozen=True, slots=True)
class SittingRow:
    """``hears``: passages can be set before it. ``jurors`` are those who have not left it."""

    pk: int
    name: str
    kind: str
    cancelled: bool
    hears: bool
    starts_at: datetime
    place: str
    quorum: int
    president: str
    jurors: Sequence[str]
    slots: Sequence[SlotRow]


def assessments_of(session: Session) -> list[Assessment]:
    return list(Assessment.objects.filter(referential=session.referential_id).select_related("bloc"))


def enrolments_page(
    session: Session, user: User, *, query: str = "", mentor: str = "", sort: str = "", page: str = "1"
) -> Page[EnrolmentRow]:
    """``mentor``: the key of one, ``none`` for those without, empty for all."""
    rows = _enrolments(session, user)
    if query:
        rows = rows.filter(Q(candidate__full_name__icontains=query) | Q(candidate__email__icontains=query))
    if mentor == "none":
        rows = rows.filter(mentor__isnull=True)
    elif (key := whole_number(mentor)) is not None:
        rows = rows.filter(mentor=key)
    assessments = assessments_of(session)
    ordered = in_order(rows, sort, ENROLMENT_SORTS, "name")
    return page_of(ordered, page, lambda row: _enrolment_row(row, assessments))


def enrolments_of(session: Session, user: User) -> Iterator[EnrolmentRow]:
    """Every enrolment of the session, for an export; read by pieces."""
    assessments = assessments_of(session)
    rows = _enrolments(session, user).order_by("candidate__full_name", "pk")
    return (_enrolment_row(row, assessments) for row in rows.iterator(chunk_size=500))


def _enrolments(session: Session, user: User) -> QuerySet[Any]:
    decisions = Prefetch("decisions", Decision.objects.current())
    works = Work.objects.prefetch_related(decisions).order_by("attempt", "pk")
    return (
        Enrolment.objects.visible_to(user)
        .filter(session=session)
        .select_related("candidate", "mentor")
        .prefetch_related(Prefetch("works", works), "acquired_blocs")
        .annotate(awarded=blocs_awarded())
    )


def _enrolment_row(enrolment: Any, assessments: Sequence[Assessment]) -> EnrolmentRow:
    works: dict[int, list[Work]] = defaultdict(list)
    for work in enrolment.works.all():
        works[work.assessment_id].append(work)
    won = {*(row.bloc_id for row in enrolment.acquired_blocs.all()), *enrolment.awarded}
    return EnrolmentRow(
        pk=enrolment.pk,
        candidate=enrolment.candidate.full_name,
        email=enrolment.candidate.email,
        mentor=enrolment.mentor.full_name if enrolment.mentor else "",
        access_path=enrolment.access_path,
        access_path_label=enrolment.get_access_path_display(),
        blocs=[
            BlocState(
                _label(assessment),
                _title(assessment),
                *_state(shown(works.get(assessment.pk, [])), won=assessment.bloc_id in won),
            )
            for assessment in assessments
        ],
    )


def _state(work: Work | None, *, won: bool = False) -> tuple[str, str]:
    """What to show of a work: the current decision where it stands, else its state.

    ``won``: its bloc was won, here or before.
    """
    if won:
        return "award", UnitOutcome.ACQUIRED.value
    if work is None:
        return "work", WorkState.DRAFT.value
    if work.state == WorkState.DECIDED:
        for decision in work.decisions.all():
            return "decision", decision.outcome
    return "work", work.state


def _label(assessment: Assessment) -> str:
    bloc = assessment.bloc
    return (bloc.code if bloc else assessment.code) or str(assessment.position)


def _title(assessment: Assessment) -> str:
    return str(assessment.bloc or assessment)


def works_page(
    session: Session, user: User, *, query: str = "", state: str = "", sort: str = "", page: str = "1"
) -> Page[WorkRow]:
    rows = _works(user).filter(enrolment__session=session)
    if query:
        rows = rows.filter(
            Q(enrolment__candidate__full_name__icontains=query) | Q(enrolment__candidate__email__icontains=query)
        )
    if state:
        rows = rows.filter(state=state)
    return page_of(in_order(rows, sort, WORK_SORTS, "name"), page, _work_row)


def works_of(enrolment: Enrolment, user: User) -> list[WorkRow]:
    """The works that a candidate has opened in a session, bloc by bloc."""
    return [
        _work_row(row) for row in _works(user).filter(enrolment=enrolment).order_by("assessment__position", "attempt")
    ]


def _works(user: User) -> QuerySet[Any]:
    latest = Submission.objects.filter(work=OuterRef("pk")).order_by("-number")
    return (
        Work.objects.visible_to(user)
        .select_related("enrolment__candidate", "enrolment__mentor", "assessment__bloc")
        .prefetch_related(Prefetch("decisions", Decision.objects.current()))
        .annotate(
            submitted_at=Subquery(latest.values("submitted_at")[:1]), version=Subquery(latest.values("number")[:1])
        )
    )


def _work_row(work: Any) -> WorkRow:
    kind, state = _state(work)
    mentor = work.enrolment.mentor
    return WorkRow(
        pk=work.pk,
        candidate=work.enrolment.candidate.full_name,
        mentor=mentor.full_name if mentor else "",
        bloc=_title(work.assessment),
        attempt=work.attempt,
        kind=kind,
        state=state,
        submitted_at=work.submitted_at,
        version=work.version,
        schedulable=work.state == WorkState.ADMITTED.value,
    )


def sittings_page(session: Session, user: User, *, page: str = "1") -> Page[SittingRow]:
    """The sittings of a session with their passages, the latest first."""
    slots = (
        Slot.objects.exclude(state=SlotState.CANCELLED)
        .select_related("work__enrolment__candidate", "work__assessment__bloc")
        .prefetch_related(Prefetch("work__decisions", Decision.objects.current()))
        .order_by("starts_at", "pk")
    )
    rows = (
        Sitting.objects.visible_to(user)
        .filter(session=session)
        .prefetch_related(Prefetch("jurors", _jurors()), Prefetch("slots", slots))
        .order_by("-starts_at", "-pk")
    )
    return page_of(rows, page, _sitting_row)


def _jurors() -> QuerySet[Any]:
    return Juror.objects.in_office().annotate(chair=chair(sitting=OuterRef("sitting"))).select_related("user")


def _sitting_row(sitting: Sitting) -> SittingRow:
    jurors: list[Any] = list(sitting.jurors.all())
    planned = sitting.state == SittingState.PLANNED
    return SittingRow(
        pk=sitting.pk,
        name=sitting.name,
        kind=sitting.get_kind_display().capitalize(),
        cancelled=not planned,
        hears=planned and sitting.kind == SittingKind.EVALUATION,
        starts_at=sitting.starts_at,
        place=sitting.place,
        quorum=sitting.quorum,
        president=next((str(juror.user) for juror in jurors if juror.chair == juror.pk), ""),
        jurors=[str(juror.user) for juror in jurors],
        slots=[
            SlotRow(
                slot.work_id,
                slot.starts_at,
                slot.minutes,
                slot.work.enrolment.candidate.full_name,
                _title(slot.work.assessment),
                *(_state(slot.work) if slot.state == SlotState.DUE else ("passage", slot.state)),
            )
            for slot in sitting.slots.all()
        ],
    )


def tab_counts(session: Session, user: User) -> Mapping[str, int]:
    """How much stands behind each tab of a session; one query."""
    behind: Mapping[str, tuple[QuerySet[Any], str]] = {
        "enrolments": (Enrolment.objects.visible_to(user), "session"),
        "works": (Work.objects.visible_to(user), "enrolment__session"),
        "sittings": (Sitting.objects.visible_to(user), "session"),
        "references": (ReferenceDataset.objects.visible_to(user), "session"),
    }
    counts = [count_of(rows.filter(**{by: OuterRef("pk")}), by) for rows, by in behind.values()]
    found = Session.objects.filter(pk=session.pk).values_list(*counts).get()
    return dict(zip(behind, found, strict=True))


def mentors_of(session: Session) -> list[tuple[str, str]]:
    """Those who mentor in the session, as (key, name)."""
    found = Enrolment.objects.filter(session=session, mentor__isnull=False).order_by("mentor__full_name")
    return [(str(pk), name) for pk, name in found.values_list("mentor", "mentor__full_name").distinct()]


def works_to_schedule(session: Session, user: User) -> QuerySet[Work]:
    """Admitted works of the session, in the order of names."""
    return (
        Work.objects.visible_to(user)
        .filter(enrolment__session=session, state=WorkState.ADMITTED.value)
        .select_related("enrolment__candidate", "assessment__bloc")
        .order_by("enrolment__candidate__full_name", "assessment__position")
    )


def next_passage(sitting: Sitting) -> datetime:
    """When the next passage of a sitting can start: at the end of the last one."""
    last = sitting.slots.filter(state=SlotState.DUE).order_by("starts_at").last()
    return last.starts_at + timedelta(minutes=last.minutes) if last else sitting.starts_at
