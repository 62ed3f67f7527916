"""Differences with what is frozen: those of one submission, and the list of them all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.paginator import Page
from django.db.models import QuerySet

from assessments import policies
from assessments.models import LineFlag, Submission, User
from assessments.selectors.administration.paging import page_of
from assessments.selectors.grid import LINE_PARENTS

OPEN, CLOSED = "open", "closed"

_READ = ("before__result", "after", "closed_by", *(f"before__state__{parent}" for parent in LINE_PARENTS))
_PLACE = "before__state__snapshot__submission__work"


@dataclass(frozen=True, slots=True)
class Flags:
    """Those of a submission, the open ones first, in the order of its lines. ``may_close``: the reader closes them."""

    rows: Sequence[LineFlag]
    may_close: bool

    @property
    def open(self) -> int:
        return sum(flag.closed_at is None for flag in self.rows)


def flags_on(user: User, submission: Submission) -> Flags:
    """Nothing for the candidate."""
    if submission.work.enrolment.candidate_id == user.pk:
        return Flags([], may_close=False)
    seen = LineFlag.objects.visible_to(user).filter(before__state__snapshot__submission=submission)
    rows = list(seen.select_related(*_READ).order_by("before__state__position", "before__position", "pk"))
    rows.sort(key=lambda flag: flag.closed_at is not None)
    return Flags(rows, may_close=bool(rows) and policies.can_close_flag(user, rows[0]))


def flags_page(user: User, *, state: str, page: str) -> Page[LineFlag]:
    """The latest first; ``state`` is open, closed, or empty for all."""
    rows: QuerySet[LineFlag] = LineFlag.objects.visible_to(user).select_related(
        *_READ, f"{_PLACE}__enrolment__candidate", f"{_PLACE}__enrolment__session", f"{_PLACE}__assessment__bloc"
    )
    if state in (OPEN, CLOSED):
        rows = rows.filter(closed_at__isnull=state == OPEN)
    return page_of(rows.order_by("-raised_at", "-pk"), page, lambda flag: flag)


def open_flags(user: User) -> int:
    return LineFlag.objects.visible_to(user).filter(closed_at__isnull=True).count()
