"""What happened between people and candidates, read as the bonds that ``domain.conflicts`` weighs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from django.db.models import Q, QuerySet, Value

from assessments.domain.conflicts import Bond, Tie
from assessments.domain.workflow import WorkState
from assessments.models.composition import JuryProfile
from assessments.models.juries import Ballot, SlotState
from assessments.models.reviews import Review
from assessments.models.seats import DeclaredLink
from assessments.models.sessions import Enrolment, MentorSpan
from assessments.models.works import Work

Source = tuple[QuerySet[Any], str, str, Tie]
"""Rows, their column of the candidate, that of the other person, and what ties them."""


def bonds_about(candidates: Collection[int]) -> list[Bond]:
    """All that ties anybody to these people, in one query. A tie of another kind is one more line of ``_sources``."""
    return _read(_sources(candidates))


def bonds_on(work: Work) -> list[Bond]:
    """Those about the candidate of the work, and those of who judged it, where that is appealed against."""
    judged = Ballot.objects.filter(slot__work=work, slot__decisions__isnull=False, sealed_at__isnull=False)
    if WorkState(work.state) is not WorkState.APPEALED:
        judged = judged.exclude(slot__state=SlotState.DUE)
    appealed = (judged, "slot__work__enrolment__candidate", "juror__user", Tie.APPEALED)
    return _read([*_sources([work.enrolment.candidate_id]), appealed])


def _read(sources: Iterable[Source]) -> list[Bond]:
    first, *others = [
        rows.order_by().annotate(tie=Value(tie.value)).values_list(candidate, person, "tie")
        for rows, candidate, person, tie in sources
    ]
    found = first.union(*others)
    return [Bond(candidate, person, Tie(tie)) for candidate, person, tie in found if person is not None]


def _sources(candidates: Collection[int]) -> Iterator[Source]:
    theirs, under_them = Q(candidate__in=candidates), Q(mentor__in=candidates)
    spans = MentorSpan.objects.all()
    yield Enrolment.objects.filter(theirs, mentor__isnull=False), "candidate", "mentor", Tie.MENTOR
    yield spans.filter(enrolment__candidate__in=candidates), "enrolment__candidate", "mentor", Tie.MENTOR
    yield Enrolment.objects.filter(under_them), "mentor", "candidate", Tie.MENTORED
    yield spans.filter(under_them), "mentor", "enrolment__candidate", Tie.MENTORED
    submitted = "submission__work__enrolment__candidate"
    yield Review.objects.filter(**{f"{submitted}__in": candidates}), submitted, "mentor", Tie.REVIEWER
    colleagues = JuryProfile.objects.filter(user__in=candidates, employer__isnull=False)
    yield colleagues, "user", "employer__profiles__user", Tie.EMPLOYER
    yield DeclaredLink.objects.filter(theirs), "candidate", "declaration__juror__user", Tie.DECLARED
    heard = "slot__work__enrolment__candidate"
    sealed = Ballot.objects.filter(sealed_at__isnull=False, **{f"{heard}__in": candidates})
    yield sealed, heard, "juror__user", Tie.JUDGED
