"""Who may do what. Every predicate agrees with the queryset's ``visible_to``: one acts on what one sees."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db.models import Exists, OuterRef, Q

from assessments.domain.appeals import OPEN, AppealState
from assessments.domain.conflicts import bars, ties_of
from assessments.domain.deadlines import in_time
from assessments.domain.probing import may_be_asked
from assessments.domain.workflow import NOT_ADMITTED, WorkEvent, WorkState, allows
from assessments.models import (
    Appeal,
    Ballot,
    Decision,
    Declaration,
    Enrolment,
    GridSnapshot,
    Juror,
    Leave,
    LineFlag,
    MentorSpan,
    Review,
    Role,
    Sitting,
    Slot,
    Submission,
    User,
    Work,
)
from assessments.models.histories import bonds_about, bonds_on
from assessments.models.juries import LeaveKind, SittingState, SlotState
from certification.referentials.models import Assessment


def can_see_work(user: User, work: Work) -> bool:
    return Work.objects.visible_to(user).filter(pk=work.pk).exists()


def is_depositor(user: User, work: Work) -> bool:
    """The candidate, whatever the state of the work and the hour."""
    return user.has_role(Role.CANDIDATE) and work.enrolment.candidate_id == user.pk


def presents(enrolment: Enrolment, assessment: Assessment) -> bool:
    """Whether an épreuve is one of the enrolment's: that of an option is only where the option was chosen."""
    bloc = assessment.bloc
    return bloc is None or bloc.option_group_id is None or enrolment.options.filter(pk=bloc.pk).exists()


def can_withdraw(user: User, work: Work) -> bool:
    """The candidate, or an administrator whom they told so, until the work is heard."""
    return allows(WorkState(work.state), WorkEvent.WITHDRAW) and (is_depositor(user, work) or user.is_administrator)


def can_ask_again(user: User, work: Work) -> bool:
    """Who may open the next attempt, whatever stands in its way (``domain.attempts``)."""
    return is_depositor(user, work) or user.is_administrator


def can_deposit(user: User, work: Work, now: datetime, *, received_at: datetime | None = None) -> bool:
    """The candidate, while the work is theirs to change, in time: what was ``received_at`` once, else now."""
    return (
        is_depositor(user, work)
        and allows(WorkState(work.state), WorkEvent.SUBMIT)
        and presents(work.enrolment, work.assessment)
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


def judgement_stands(submission: str, work: str) -> Q:
    """Whether a person rests on a submission, from the names of the fields that hold it and its work.

    They do once its grid is frozen, or its work is admitted, however that came.
    """
    frozen = Exists(GridSnapshot.objects.filter(submission=OuterRef(submission)))
    admitted = Exists(Work.objects.filter(pk=OuterRef(work)).exclude(state__in=NOT_ADMITTED))
    return Q(frozen) | Q(admitted)


def rests_on(submission: Submission) -> bool:
    """Whether a person rests on the submission: to evaluate it again then takes an administrator's reason."""
    return Submission.objects.filter(judgement_stands("pk", "work_id"), pk=submission.pk).exists()


def can_close_flag(user: User, flag: LineFlag) -> bool:
    """Who sees it, but jurors: a word said by one would be read by the others before they seal. The president may."""
    if not LineFlag.objects.visible_to(user).filter(pk=flag.pk).exists():
        return False
    submission = flag.before.state.snapshot.submission
    if user.is_administrator or submission.work.enrolment.mentor_id == user.pk:
        return True
    heard = submission.slots.filter(state=SlotState.DUE).select_related("sitting")
    return any(can_preside(user, slot.sitting, slot) for slot in heard)


def can_see_similarities(user: User, submission: Submission) -> bool:
    """The mentor, the jurors and the administrators, never the candidate, whose peers it tells of."""
    return user.pk != submission.work.enrolment.candidate_id and can_see_work(user, submission.work)


def has_conflict(user: User, work: Work) -> bool:
    """Whether the user may not judge the work, by all that happened between them and the candidate."""
    return bool(bars(ties_of(user.pk, work.enrolment.candidate_id, bonds_on(work))))


def can_sit(user: User, sitting: Sitting) -> bool:
    """A member of the jury who has not left it, while the sitting is to be held."""
    standing = Juror.objects.filter(sitting=sitting, user=user).in_office()
    return user.has_role(Role.JUROR) and sitting.state == SittingState.PLANNED and standing.exists()


def has_declared(user: User, sitting: Sitting) -> bool:
    """Whether the member signed their declaration of independence for the sitting."""
    return Declaration.objects.filter(juror__sitting=sitting, juror__user=user).exists()


def sits_for(user: User, slot: Slot) -> bool:
    """A juror who sits for the passage, while the work is before the jury."""
    return (
        user.has_role(Role.JUROR)
        and slot.state == SlotState.DUE
        and WorkState(slot.work.state) in (WorkState.SCHEDULED, WorkState.DEFENDED)
        and Juror.objects.filter(sitting=slot.sitting_id, user=user).seated(slot.pk).exists()
    )


def can_mark(user: User, slot: Slot) -> bool:
    """Who sits for the passage, without conflict of interest."""
    return sits_for(user, slot) and not has_conflict(user, slot.work)


def can_write_ballot(user: User, ballot: Ballot) -> bool:
    return ballot.juror.user_id == user.pk and ballot.sealed_at is None and can_mark(user, ballot.slot)


def can_write_note(user: User, ballot: Ballot) -> bool:
    """A juror's notes are for themselves: sealing the marks leaves them open, the decision ends them."""
    return ballot.juror.user_id == user.pk and can_mark(user, ballot.slot)


def can_preside(user: User, sitting: Sitting, slot: Slot | None = None) -> bool:
    """Who presides the sitting and has not left it; with ``slot``, who presides that passage and sits for it."""
    jurors = Juror.objects.filter(sitting=sitting, user=user)
    standing = jurors.in_office() if slot is None else jurors.seated(slot.pk)
    return user.has_role(Role.JUROR) and standing.presiding(sitting.pk, slot.pk if slot else None).exists()


def can_keep_seats(user: User, slot: Slot) -> bool:
    """Administrators say who is absent or recused, and whoever presides the sitting, be they absent, or the passage.

    Not a president who was recused for the passage, nor one who may not judge the candidate.
    """
    if user.is_administrator:
        return True
    recused = Leave.objects.filter(slot=slot, juror__user=user, kind=LeaveKind.RECUSED)
    presides = can_preside(user, slot.sitting) or can_preside(user, slot.sitting, slot)
    return presides and not recused.exists() and not has_conflict(user, slot.work)


def can_decide(user: User, slot: Slot) -> bool:
    return (
        slot.state == SlotState.DUE
        and WorkState(slot.work.state) is WorkState.DEFENDED
        and can_preside(user, slot.sitting, slot)
        and not has_conflict(user, slot.work)
    )


def can_award(user: User, sitting: Sitting, enrolment: Enrolment) -> bool:
    """The president of a sitting that is to be held, whom nothing ties to the candidate."""
    candidate = enrolment.candidate_id
    presides = can_sit(user, sitting) and can_preside(user, sitting)
    return presides and not bars(ties_of(user.pk, candidate, bonds_about([candidate])))


def can_tell_of(user: User, slot: Slot) -> bool:
    """Who says that a candidate did not come, or that their passage is adjourned: its president, an administrator."""
    return user.is_administrator or (can_preside(user, slot.sitting, slot) and not has_conflict(user, slot.work))


def parties_to(appeal: Appeal) -> set[int]:
    """Whoever had a hand in what is contested, for somebody else to answer: the jury, mentors of any time, readers."""
    where = {"slots__decisions": appeal.decision_id} if appeal.decision_id else {"awards": appeal.award_id}
    jury = Juror.objects.filter(sitting__in=Sitting.objects.filter(**where).values("pk"))
    reviews = Review.objects.filter(submission__work__enrolment=appeal.enrolment_id)
    spans = MentorSpan.objects.filter(enrolment=appeal.enrolment_id)
    named = [jury.values_list("user"), reviews.values_list("mentor"), spans.values_list("mentor")]
    first, *others = [rows.order_by() for rows in named]
    contested, enrolment = appeal.decision or appeal.award, appeal.enrolment
    signed = contested.decided_by_id if contested else None
    known = {signed, enrolment.candidate_id, enrolment.mentor_id, *(key for (key,) in first.union(*others))}
    return {key for key in known if key is not None}


def took_part(user: User, appeal: Appeal) -> bool:
    return user.pk in parties_to(appeal)


def can_correct(user: User, decision: Decision) -> bool:
    """The president of the passage; what is contested is corrected by the answer to the appeal."""
    return (
        WorkState(decision.work.state) is WorkState.DECIDED
        and can_preside(user, decision.slot.sitting, decision.slot)
        and not has_conflict(user, decision.work)
    )


def can_answer(user: User, appeal: Appeal) -> bool:
    return user.is_administrator and appeal.handled_by_id == user.pk and AppealState(appeal.state) in OPEN


def can_administer(user: User) -> bool:
    return user.is_administrator


def needs_factor(user: User) -> bool:
    """Those who decide or administer hold a second factor, unless the installation leaves it to them."""
    return settings.SECOND_FACTOR == "required" and (user.has_role(Role.JUROR) or user.is_administrator)
