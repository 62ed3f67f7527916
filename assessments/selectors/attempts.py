"""The attempts of a candidate at an épreuve: which one stands for it, and whether there may be another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from assessments.domain.attempts import Bar, bar
from assessments.domain.deadlines import in_time
from assessments.domain.workflow import ENDED, WorkState
from assessments.models import Award, Decision, Enrolment, User, Work
from certification.referentials.models import Assessment


def blocs_awarded() -> ArraySubquery:
    """Of an enrolment, the blocs awarded to its candidate in any session of the edition; None: the edition itself."""
    won = Award.objects.won().filter(enrolment__session__referential=OuterRef("session__referential"))
    return ArraySubquery(won.filter(enrolment__candidate=OuterRef("candidate")).order_by().values("bloc"))


def has_passed(work: Work) -> bool:
    """Whether its current decision, prefetched, finds every line acquired."""
    return any(decision.passed for decision in work.decisions.all())


def shown(works: Iterable[Work]) -> Work | None:
    """Of attempts in the order in which they began, that which stands for the épreuve, as ``domain.attempts.counting``.

    One that was passed; else the latest, but none given up after another was decided.
    """
    every = list(works)
    decided = [rank for rank, work in enumerate(every) if work.decisions.all()]
    first = decided[0] if decided else len(every)
    kept = [work for rank, work in enumerate(every) if work.state != WorkState.WITHDRAWN or rank <= first]
    passed = [work for work in kept if has_passed(work)]
    return next(iter([*reversed(passed), *reversed(kept)]), None)


def is_won(enrolment: Enrolment, assessment: Assessment) -> bool:
    """Whether the candidate passed the épreuve, or was awarded what it serves, in whatever session of the edition."""
    candidate = enrolment.candidate_id
    passed = Decision.objects.current().passed().filter(work__assessment=assessment)
    passed = passed.filter(work__enrolment__candidate=candidate)
    awarded = Award.objects.won().filter(enrolment__candidate=candidate, bloc=assessment.bloc_id)
    awarded = awarded.filter(enrolment__session__referential=assessment.referential_id)
    return passed.exists() or awarded.exists()


def may_follow(work: Work, now: datetime) -> bool:
    """Whether another attempt may follow; nothing is asked of the database for one that is under way."""
    return work.state in ENDED and bar_of(work, now) is None


def bar_of(work: Work, now: datetime) -> Bar | None:
    """What stands in the way of the attempt after ``work``; None where nothing does."""
    own = Work.objects.filter(enrolment=work.enrolment_id, assessment=work.assessment_id).order_by("attempt")
    return _bar(work.enrolment, work, now, own=list(own), won=is_won(work.enrolment, work.assessment))


def bar_from(enrolment: Any, work: Work, now: datetime, tried: Sequence[Work]) -> Bar | None:
    """The same from what was read: the enrolment's ``blocs_awarded``, as ``awarded``, and all that was ``tried``.

    ``tried``: the candidate's works at the assessment in every session, with their decisions.
    """
    own = [each for each in tried if each.enrolment_id == enrolment.pk]
    won = any(map(has_passed, tried)) or work.assessment.bloc_id in enrolment.awarded
    return _bar(enrolment, work, now, own=own, won=won)


def _bar(enrolment: Enrolment, work: Work, now: datetime, *, own: Sequence[Work], won: bool) -> Bar | None:
    """``own``: the attempts of the enrolment. Those given up after ``work`` leave the way free, and count."""
    session = enrolment.session
    later = [each for each in own if each.attempt > work.attempt]
    return bar(
        WorkState(work.state),
        attempt=max([work.attempt, *(each.attempt for each in later)]),
        latest=all(each.state == WorkState.WITHDRAWN for each in later),
        won=won,
        before_deadline=in_time(session.deposit_deadline, received_at=None, now=now),
        most=session.max_attempts,
    )


def attempts_of(user: User, work: Work) -> Sequence[Work]:
    """Every attempt of the candidate at the épreuve that ``user`` may see, the first one first."""
    return list(
        Work.objects.visible_to(user)
        .filter(enrolment__candidate=work.enrolment.candidate_id, assessment=work.assessment_id)
        .select_related("enrolment__session")
        .order_by("attempt", "pk")
    )
