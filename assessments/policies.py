"""Who may do what. Every predicate agrees with the queryset's ``visible_to``: one acts on what one sees."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from assessments.domain.deadlines import in_time
from assessments.domain.probing import may_be_asked
from assessments.domain.workflow import WorkEvent, WorkState, allows
from assessments.models import Ballot, Juror, Review, Role, Sitting, Slot, Submission, User, Work


def can_see_work(user: User, work: Work) -> bool:
    return Work.objects.visible_to(user).filter(pk=work.pk).exists()


def is_depositor(user: User, work: Work) -> bool:
    """The candidate, whatever the state of the work and the hour."""
    return user.has_role(Role.CANDIDATE) and work.enrolment.candidate_id == user.pk


def can_deposit(user: User, work: Work, now: datetime, *, received_at: datetime | None = None) -> bool:
    """The candidate, while the work is theirs to change, in time: what was ``received_at`` once, else now."""
    return (
        is_depositor(user, work)
        and allows(WorkState(work.state), WorkEvent.SUBMIT)
        and in_time(work.enrolment.session.deposit_deadline, received_at=received_at, now=now)
    )


def can_review(user: User, submission: Submission) -> bool:
    """The enrolment's mentor, on the latest submission, while it waits for a review."""
    return (
        user.has_role(Role.MENTOR)
        and submission.work.enrolment.mentor_id == user.pk
        and WorkState(submission.work.state) in (WorkState.SUBMITTED, WorkState.IN_REVIEW)
    )


def can_write_review(user: User, review: Review) -> bool:
    return review.mentor_id == user.pk and review.given_at is None and can_review(user, review.submission)


def can_probe(user: User, submission: Submission) -> bool:
    """Whoever sees the work may have its declared addresses called, until the decision."""
    return may_be_asked(WorkState(submission.work.state)) and can_see_work(user, submission.work)


def can_see_similarities(user: User, submission: Submission) -> bool:
    """The mentor, the jurors and the administrators, never the candidate, whose peers it tells of."""
    return user.pk != submission.work.enrolment.candidate_id and can_see_work(user, submission.work)


def has_conflict(user: User, work: Work) -> bool:
    """A juror neither is nor mentored the candidate (règle des jurys de titres : membres extérieurs)."""
    return user.pk in (work.enrolment.candidate_id, work.enrolment.mentor_id)


def can_mark(user: User, slot: Slot) -> bool:
    """A juror of the sitting, without conflict of interest, while the work is before the jury."""
    return (
        user.has_role(Role.JUROR)
        and Juror.objects.filter(sitting=slot.sitting_id, user=user).exists()
        and not has_conflict(user, slot.work)
        and WorkState(slot.work.state) in (WorkState.SCHEDULED, WorkState.DEFENDED)
    )


def can_write_ballot(user: User, ballot: Ballot) -> bool:
    return ballot.juror.user_id == user.pk and ballot.sealed_at is None and can_mark(user, ballot.slot)


def can_write_note(user: User, ballot: Ballot) -> bool:
    """A juror's notes are for themselves: sealing the marks leaves them open, the decision ends them."""
    return ballot.juror.user_id == user.pk and can_mark(user, ballot.slot)


def can_preside(user: User, sitting: Sitting) -> bool:
    return user.has_role(Role.JUROR) and Juror.objects.filter(sitting=sitting, user=user, presides=True).exists()


def can_decide(user: User, slot: Slot) -> bool:
    return (
        can_preside(user, slot.sitting)
        and not has_conflict(user, slot.work)
        and WorkState(slot.work.state) is WorkState.DEFENDED
    )


def can_administer(user: User) -> bool:
    return user.is_administrator


def needs_factor(user: User) -> bool:
    """Those who decide or administer hold a second factor, unless the installation leaves it to them."""
    return settings.SECOND_FACTOR == "required" and (user.has_role(Role.JUROR) or user.is_administrator)
