"""The pairs of works of a session that share the most."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page
from django.db.models import Count, F, QuerySet, Window
from django.db.models.functions import Greatest, Least, RowNumber

from assessments.models import Likeness, Session, Submission, SubmissionSketch, User
from assessments.selectors.administration.paging import page_of
from certification.edges import whole_number


@dataclass(frozen=True, slots=True)
class PairRow:
    """Two works, the one that the other holds most of first; ``share`` and ``text`` are its parts."""

    pk: int
    other: int
    candidate: str
    other_candidate: str
    bloc: str
    other_bloc: str
    submitted_at: datetime
    other_submitted_at: datetime
    share: float | None
    text: float | None
    strength: float
    passages: int

    @property
    def first(self) -> bool:
        return self.submitted_at < self.other_submitted_at


@dataclass(frozen=True, slots=True)
class Comparisons:
    """How many submissions of the session were handed in, read for comparison, and compared."""

    submissions: int
    read: int
    compared: int


def pairs_page(session: Session, user: User, *, least: float, assessment: str = "", page: str = "1") -> Page[PairRow]:
    """One row for two works, whatever their versions; the strongest first."""
    pair = [Least("submission__work", "other__work"), Greatest("submission__work", "other__work")]
    strongest = [F("strength").desc(), F("shared").desc(), F("pk").asc()]
    rows = Likeness.objects.visible_to(user).filter(submission__work__enrolment__session=session, strength__gte=least)
    if (key := whole_number(assessment)) is not None:
        rows = rows.filter(submission__work__assessment=key)
    shown: QuerySet[Likeness] = (
        rows.annotate(rank=Window(RowNumber(), partition_by=pair, order_by=strongest))
        .filter(rank=1)
        .select_related("submission__work__enrolment__candidate", "submission__work__assessment__bloc")
        .select_related("other__work__enrolment__candidate", "other__work__assessment__bloc")
        .order_by(*strongest)
    )
    return page_of(shown, page, _row)


def _row(likeness: Likeness) -> PairRow:
    own, other = likeness.submission, likeness.other
    return PairRow(
        pk=own.pk,
        other=other.pk,
        candidate=own.work.enrolment.candidate.full_name,
        other_candidate=other.work.enrolment.candidate.full_name,
        bloc=_bloc(own),
        other_bloc=_bloc(other),
        submitted_at=own.submitted_at,
        other_submitted_at=other.submitted_at,
        share=likeness.share,
        text=likeness.text,
        strength=likeness.strength,
        passages=len(likeness.passages),
    )


def _bloc(submission: Submission) -> str:
    return str(submission.work.assessment.bloc or submission.work.assessment)


def comparisons(session: Session) -> Comparisons:
    """In one query each."""
    submissions = Submission.objects.filter(work__enrolment__session=session).count()
    counts = SubmissionSketch.objects.filter(submission__work__enrolment__session=session).aggregate(
        read=Count("pk"), compared=Count(F("compared_at"))
    )
    return Comparisons(submissions, counts["read"], counts["compared"])
