"""The attempts of a candidate at an épreuve, and whether there may be another."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet

from assessments.domain.attempts import Bar, bar
from assessments.domain.deadlines import in_time
from assessments.domain.workflow import ENDED, WorkState
from assessments.models import Award, Decision, Enrolment, User, Work
from assessments.models.awards import AwardScope, UnitOutcome
from assessments.models.decisions import DecisionOutcome


def units_won() -> QuerySet[Award]:
    return Award.objects.current().filter(scope=AwardScope.UNIT, outcome=UnitOutcome.ACQUIRED)


def may_follow(work: Work, now: datetime) -> bool:
    """Whether another attempt may follow; nothing is asked of the database for one that is under way."""
    return work.state in ENDED and bar_of(work, now) is None


def bar_of(work: Work, now: datetime) -> Bar | None:
    """What stands in the way of the attempt after ``work``; None where nothing does."""
    later = Work.objects.filter(enrolment=work.enrolment_id, assessment=work.assessment_id, attempt__gt=work.attempt)
    passed = Decision.objects.current().filter(work=work, outcome=DecisionOutcome.ACQUIRED)
    awarded = units_won().filter(enrolment=work.enrolment_id, bloc=work.assessment.bloc_id)
    won = passed.exists() or awarded.exists()
    return _bar(work.enrolment, work, now, latest=not later.exists(), won=won)


def bar_from(enrolment: Enrolment, work: Work, now: datetime) -> Bar | None:
    """The same of the latest work at an assessment, from its prefetched decisions and the enrolment's units won."""
    passed = any(decision.outcome == DecisionOutcome.ACQUIRED for decision in work.decisions.all())
    awarded = {award.bloc_id for award in enrolment.awards.all()}
    return _bar(enrolment, work, now, latest=True, won=passed or work.assessment.bloc_id in awarded)


def _bar(enrolment: Enrolment, work: Work, now: datetime, *, latest: bool, won: bool) -> Bar | None:
    session = enrolment.session
    return bar(
        WorkState(work.state),
        attempt=work.attempt,
        latest=latest,
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
