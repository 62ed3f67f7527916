"""Sessions in a list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.paginator import Page
from django.db.models import OuterRef, Q, QuerySet
from django.utils import timezone

from assessments.domain.workflow import WorkState
from assessments.models import Enrolment, Session, User, Work
from assessments.selectors.administration.paging import count_of, in_order, page_of

SESSION_SORTS = {
    "name": ("name",),
    "start": ("starts_on",),
    "deadline": ("deposit_deadline",),
    "candidates": ("candidates",),
}


@dataclass(frozen=True, slots=True)
class SessionRow:
    """``when`` is upcoming, current or past; ``to_schedule`` counts admitted works without a passage."""

    pk: int
    name: str
    edition: str
    starts_on: date
    ends_on: date
    deposit_deadline: datetime
    when: str
    candidates: int
    without_mentor: int
    to_schedule: int


def sessions_page(user: User, *, query: str = "", when: str = "", sort: str = "", page: str = "1") -> Page[SessionRow]:
    rows = _sessions(user)
    if query:
        rows = rows.filter(Q(name__icontains=query) | Q(referential__title__icontains=query))
    return page_of(in_order(_during(rows, when), sort, SESSION_SORTS, "-start"), page, _session_row)


def session_row(session: Session, user: User) -> SessionRow:
    return _session_row(_sessions(user).get(pk=session.pk))


def _sessions(user: User) -> QuerySet[Any]:
    mine = Enrolment.objects.filter(session=OuterRef("pk")).order_by()
    ready = Work.objects.filter(enrolment__session=OuterRef("pk"), state=WorkState.ADMITTED.value).order_by()
    return (
        Session.objects.visible_to(user)
        .select_related("referential")
        .annotate(
            candidates=count_of(mine, "session"),
            without_mentor=count_of(mine.filter(mentor__isnull=True), "session"),
            to_schedule=count_of(ready, "enrolment__session"),
        )
    )


def _during(rows: QuerySet[Any], when: str) -> QuerySet[Any]:
    today = timezone.localdate()
    match when:
        case "upcoming":
            return rows.filter(starts_on__gt=today)
        case "current":
            return rows.filter(starts_on__lte=today, ends_on__gte=today)
        case "past":
            return rows.filter(ends_on__lt=today)
    return rows


def _session_row(session: Any) -> SessionRow:
    today = timezone.localdate()
    when = "upcoming" if session.starts_on > today else "past" if session.ends_on < today else "current"
    return SessionRow(
        pk=session.pk,
        name=session.name,
        edition=str(session.referential),
        starts_on=session.starts_on,
        ends_on=session.ends_on,
        deposit_deadline=session.deposit_deadline,
        when=when,
        candidates=session.candidates,
        without_mentor=session.without_mentor,
        to_schedule=session.to_schedule,
    )
