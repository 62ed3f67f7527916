"""What happened between people and candidates, read as the bonds that ``domain.conflicts`` weighs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db.models import BigIntegerField, F, Q, QuerySet, Value

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
_ANY = Value(0, BigIntegerField())


def bonds_about(candidates: Collection[int]) -> list[Bond]:
    """All that ties anybody to these people, in one query. A tie of another kind is one more line of ``_sources``."""
    return [bond for _work, bond in _read((*source, _ANY) for source in _sources(candidates))]


def bonds_on(work: Work) -> Sequence[Bond]:
    """Those about the candidate of the work, and those of who judged it, where that is appealed against."""
    return bonds_by_work([work])[work.pk]


def bonds_by_work(works: Collection[Work]) -> Mapping[int, Sequence[Bond]]:
    """The same of many works, by work, in one query."""
    sources = [(*source, _ANY) for source in _sources({work.enrolment.candidate_id for work in works})]
    found: dict[int, list[tuple[int, Bond]]] = defaultdict(list)
    for about, bond in _read([*sources, (*_appealed(works), F("slot__work"))]):
        found[bond.candidate].append((about, bond))
    return {
        work.pk: [bond for about, bond in found[work.enrolment.candidate_id] if about in (0, work.pk)] for work in works
    }


def _read(sources: Iterable[tuple[*Source, Any]]) -> Iterator[tuple[int, Bond]]:
    """Each bond with the work that it is limited to, 0 for none."""
    first, *others = [
        rows.order_by().annotate(tie=Value(tie.value), about=about).values_list(candidate, person, "tie", "about")
        for rows, candidate, person, tie, about in sources
    ]
    for candidate, person, tie, about in first.union(*others):
        if person is not None:
            yield about, Bond(candidate, person, Tie(tie))


def _appealed(works: Collection[Work]) -> Source:
    """Who judged one of these works: where it is appealed against, or its passage stands no more."""
    contested = [work.pk for work in works if WorkState(work.state) is WorkState.APPEALED]
    judged = Ballot.objects.filter(slot__work__in=works, slot__decisions__isnull=False, sealed_at__isnull=False)
    judged = judged.filter(Q(slot__work__in=contested) | ~Q(slot__state=SlotState.DUE))
    return judged, "slot__work__enrolment__candidate", "juror__user", Tie.APPEALED


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
