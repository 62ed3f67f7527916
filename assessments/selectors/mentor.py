"""What the mentor's screens show: the works to read, and one submission under review."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, F, OuterRef, Q, QuerySet, Subquery, When

from assessments import policies
from assessments.domain.lines import LineKey
from assessments.domain.workflow import WorkState
from assessments.models import EvaluationRun, Review, ReviewRemark, Submission, User, Work
from assessments.selectors.grid import Grid, grid_of
from assessments.selectors.lines import covered_codes
from certification.edges import whole_number
from certification.referentials.models import Assessment

WAITING = (WorkState.SUBMITTED.value, WorkState.IN_REVIEW.value)
WAITING_FILTER = "waiting"


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """A work with its latest submission. ``remarks`` counts the mentor's opinions; ``run`` is empty before one.

    ``codes`` are those of the competencies that the assessment names.
    """

    submission: int
    number: int
    candidate: str
    assessment: Assessment
    codes: Sequence[str]
    session: str
    state: str
    submitted_at: datetime
    run: str
    remarks: int


@dataclass(frozen=True, slots=True)
class ReadingList:
    """``counts`` by work state, whatever the filters; ``sessions`` as (key, name)."""

    waiting: Sequence[ReadingRow]
    read: Sequence[ReadingRow]
    counts: Mapping[str, int]
    sessions: Sequence[tuple[str, str]]

    @property
    def waiting_count(self) -> int:
        return sum(self.counts.get(state, 0) for state in WAITING)

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def mentored_submissions(user: User) -> QuerySet[Submission]:
    """The submissions of the candidates the user mentors, with what the page of a review shows."""
    return (
        Submission.objects.visible_to(user)
        .filter(work__enrolment__mentor=user)
        .select_related("work__enrolment__candidate", "work__enrolment__session", "work__assessment__bloc", "review")
    )


def reading_list(user: User, *, search: str = "", session: str = "", state: str = "") -> ReadingList:
    """The submitted works of the user's candidates: those to read oldest first, the others newest first."""
    works = _submitted_works(user)
    counts = dict(works.order_by().values_list("state").annotate(Count("pk", distinct=True)))
    sessions = sorted({(str(pk), name) for pk, name in _session_names(works)}, key=lambda item: item[1])
    if search:
        works = works.filter(
            Q(enrolment__candidate__full_name__icontains=search) | Q(enrolment__candidate__email__icontains=search)
        )
    if (key := whole_number(session)) is not None:
        works = works.filter(enrolment__session=key)
    if state:
        works = works.filter(state__in=WAITING if state == WAITING_FILTER else [state])
    rows = [_row(work) for work in works]
    return ReadingList(
        [row for row in rows if row.state in WAITING],
        [row for row in rows if row.state not in WAITING],
        counts,
        sessions,
    )


def _session_names(works: QuerySet[Work]) -> QuerySet[Work, tuple[int, str]]:
    return works.order_by().values_list("enrolment__session", "enrolment__session__name").distinct()


def _submitted_works(user: User) -> QuerySet[Work]:
    latest = Submission.objects.filter(work=OuterRef("pk")).order_by("-number")
    remarks = ReviewRemark.objects.filter(review__submission__work=OuterRef("pk"), review__given_at__isnull=True)
    return (
        Work.objects.visible_to(user)
        .filter(enrolment__mentor=user)
        .annotate(
            latest=Subquery(latest.values("pk")[:1]),
            number=Subquery(latest.values("number")[:1]),
            submitted_at=Subquery(latest.values("submitted_at")[:1]),
            run=Subquery(
                EvaluationRun.objects.filter(submission__work=OuterRef("pk")).order_by("-pk").values("status")[:1]
            ),
            remarks=Subquery(
                remarks.exclude(opinion="").order_by().values("review").annotate(total=Count("pk")).values("total")[:1]
            ),
            codes=covered_codes("assessment"),
            waiting_since=Case(When(state__in=WAITING, then=F("submitted_at"))),
        )
        .filter(latest__isnull=False)
        .select_related("enrolment__candidate", "enrolment__session", "assessment__bloc")
        .order_by(F("waiting_since").asc(nulls_last=True), "-submitted_at", "pk")
    )


def _row(work: Any) -> ReadingRow:
    return ReadingRow(
        submission=work.latest,
        number=work.number,
        candidate=str(work.enrolment.candidate),
        assessment=work.assessment,
        codes=work.codes,
        session=work.enrolment.session.name,
        state=work.state,
        submitted_at=work.submitted_at,
        run=work.run or "",
        remarks=work.remarks or 0,
    )


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """One submission under its mentor's eyes.

    ``newer`` is the key of a later submission; ``previous`` are the remarks of the last review given on an earlier
    version, by line; ``can_open`` and ``can_write`` are the policies' answers.
    """

    submission: Submission
    review: Review | None
    grid: Grid
    run: EvaluationRun | None
    newer: int | None
    previous: Mapping[LineKey, ReviewRemark]
    can_open: bool
    can_write: bool

    @property
    def said(self) -> int:
        return sum(bool(line.opinion) for line in self.grid.lines)


def review_page(user: User, submission: Submission) -> ReviewPage:
    """Read one submission as its mentor sees it, in a number of queries that does not grow with the lines."""
    review = getattr(submission, "review", None)
    newer = (
        Submission.objects.filter(work=submission.work_id, number__gt=submission.number)
        .order_by("-number")
        .values_list("pk", flat=True)
        .first()
    )
    if review is not None:
        review.submission = submission
    return ReviewPage(
        submission=submission,
        review=review,
        grid=grid_of(submission),
        run=submission.runs.order_by("-pk").first(),
        newer=newer,
        previous=_previous_remarks(submission),
        can_open=review is None and newer is None and policies.can_review(user, submission),
        can_write=review is not None and policies.can_write_review(user, review),
    )


def _previous_remarks(submission: Submission) -> dict[LineKey, ReviewRemark]:
    """The latest word on each line in the reviews given on earlier versions."""
    remarks = (
        ReviewRemark.objects.filter(
            review__submission__work=submission.work_id,
            review__submission__number__lt=submission.number,
            review__given_at__isnull=False,
        )
        .select_related("review__submission")
        .order_by("review__submission__number")
    )
    return {remark.line_key: remark for remark in remarks}
