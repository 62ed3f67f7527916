"""What a submission shares with the other works of its session, as far as the reader may know of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from assessments.models import Likeness, Submission, SubmissionSketch, User
from assessments.selectors.submission import submissions_in_sight


@dataclass(frozen=True, slots=True)
class NearWork:
    """One of the nearest works. ``other`` is None for a reader who may not open it, and then nothing names it.

    ``first``: this work was handed in first; None when both came at once. ``back`` is the part of the other's code
    that this one holds, None while the other does not count this one among its nearest.
    """

    likeness: Likeness
    other: Submission | None
    first: bool | None
    back: float | None

    @property
    def passages(self) -> Sequence[Mapping[str, Any]]:
        found: Sequence[Mapping[str, Any]] = self.likeness.passages
        return found


@dataclass(frozen=True, slots=True)
class SimilaritiesPage:
    """``sketch`` is None until the submission has been read for comparison."""

    submission: Submission
    sketch: SubmissionSketch | None
    works: Sequence[NearWork]

    @property
    def waiting(self) -> bool:
        return self.sketch is None or self.sketch.compared_at is None


def submissions_read_by(user: User) -> QuerySet[Submission]:
    """Those of which the user may read what is told of other people: in sight, and none of the user's own."""
    return submissions_in_sight(user).filter(pk__in=Submission.objects.read_by(user).values("pk"))


def similarities_page(user: User, submission: Submission) -> SimilaritiesPage:
    """In four queries whatever there is to show; the reader may see the similarities of ``submission``."""
    sketch = SubmissionSketch.objects.filter(submission=submission).defer("code", "text").first()
    rows = list(
        Likeness.objects.filter(submission=submission).select_related("other").order_by("-strength", "-shared", "pk")
    )
    keys = [row.other_id for row in rows]
    named = {each.pk: each for each in submissions_read_by(user).filter(pk__in=keys)} if keys else {}
    back = dict(Likeness.objects.filter(submission__in=keys, other=submission).values_list("submission", "share"))
    works = [
        NearWork(row, named.get(row.other_id), _first(submission, row.other), back.get(row.other_id)) for row in rows
    ]
    return SimilaritiesPage(submission, sketch, works)


def _first(own: Submission, other: Submission) -> bool | None:
    return None if own.submitted_at == other.submitted_at else own.submitted_at < other.submitted_at


def near_work(user: User, submission: Submission, other: int) -> NearWork | None:
    """One of the nearest works, if it is and the reader may open it."""
    works = similarities_page(user, submission).works
    return next((work for work in works if work.other is not None and work.other.pk == other), None)


def how_many_near(submission: Submission, least: float) -> int | None:
    """The number of works that hold at least that part of this one; None before the comparison."""
    if not SubmissionSketch.objects.filter(submission=submission, compared_at__isnull=False).exists():
        return None
    return Likeness.objects.filter(submission=submission, strength__gte=least).count()
