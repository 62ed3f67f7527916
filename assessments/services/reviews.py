"""The mentor's review: opened, written piece by piece, given once."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments import policies
from assessments.domain import texts
from assessments.domain.workflow import WorkEvent, WorkState
from assessments.models import Line, Opinion, Review, ReviewRemark, Submission, User
from assessments.models.grids import TakenFor
from assessments.models.lines import on
from assessments.models.reviews import ReviewOutcome
from assessments.selectors.lines import assessed_lines
from assessments.services import bases, journal, works
from assessments.services.errors import Denied, Refused
from assessments.services.seals import seal_of
from assessments.services.texts import kept


@transaction.atomic
def open_review(*, actor: User, submission: Submission) -> Review:
    """The actor's review of the submission, created on first use; the work moves to *in_review*.

    Raises Denied; Refused("review.not_latest") when a newer version has been submitted.
    """
    if not policies.can_review(actor, submission):
        raise Denied
    if submission.work.submissions.filter(number__gt=submission.number).exists():
        raise Refused("review.not_latest", _("Une version plus récente a été déposée : relisez celle-ci."))
    review, created = Review.objects.get_or_create(submission=submission, defaults={"mentor": actor})
    if review.mentor_id != actor.pk:
        raise Denied
    if WorkState(submission.work.state) is WorkState.SUBMITTED:
        works.move(work=submission.work, event=WorkEvent.OPEN_REVIEW, actor=actor, submission=submission.pk)
    if created:
        journal.record(actor, "review.opened", review, submission=submission.pk)
    return review


@transaction.atomic
def save_remark(*, actor: User, review: Review, line: Line, opinion: str, comment: str) -> ReviewRemark:
    """Keep what the mentor says of one line of the grid while the review is being written.

    Raises Denied; Refused("review.opinion") for an opinion that does not exist; Refused("review.line") for a line
    that the work is not judged on; Refused("text.too_long").
    """
    review = _locked(review)
    if not policies.can_write_review(actor, review):
        raise Denied
    if opinion and opinion not in Opinion.values:
        raise Refused("review.opinion", _("Cet avis n’existe pas."))
    if line not in assessed_lines(review.submission.work):
        raise Refused("review.line", _("Ce travail n’est pas jugé sur ce point."))
    remark, _created = ReviewRemark.objects.update_or_create(
        review=review, **on(line), defaults={"opinion": opinion, "comment": kept(comment, texts.REMARK)}
    )
    return remark


@transaction.atomic
def save_comment(*, actor: User, review: Review, comment: str) -> Review:
    """Keep the general comment while the review is being written. Raises Denied; Refused("text.too_long")."""
    review = _locked(review)
    if not policies.can_write_review(actor, review):
        raise Denied
    review.comment = kept(comment, texts.COMMENT)
    review.save(update_fields=["comment"])
    return review


@transaction.atomic
def give(*, actor: User, review: Review, outcome: ReviewOutcome) -> Review:
    """Give the review: *admitted* or *returned*; the work moves, the review and the grid that it read are frozen.

    Raises Denied; Refused("review.given") when it already was;
    Refused("review.reason") when the work is returned without any word to the candidate;
    Refused("text.too_long") for a comment written before there was a bound.
    """
    review = _locked(review)
    if review.mentor_id == actor.pk and review.given_at is not None:
        raise Refused("review.given", _("Cet avis est déjà rendu : rechargez la page."))
    if not policies.can_write_review(actor, review):
        raise Denied
    said_something = review.comment or review.remarks.exclude(comment="").exists()
    if outcome == ReviewOutcome.RETURNED and not said_something:
        raise Refused(
            "review.reason", _("Dites au candidat ce qu’il doit reprendre avant de lui renvoyer son travail.")
        )
    kept(review.comment, texts.COMMENT)
    bases.freeze(actor=actor, submission=review.submission, taken_for=TakenFor.REVIEW)
    review.outcome = outcome.value
    review.given_at = timezone.now()
    review.save(update_fields=["outcome", "given_at"])
    event = WorkEvent.ADMIT if outcome == ReviewOutcome.ADMITTED else WorkEvent.RETURN
    works.move(work=review.submission.work, event=event, actor=actor, review=review.pk)
    journal.record(actor, f"review.{outcome.value}", review, submission=review.submission_id, seal=seal_of(review))
    return review


def _locked(review: Review) -> Review:
    """The review under a lock, then read with what the rules ask of it, as the act that held the lock left it."""
    Review.objects.select_for_update(no_key=True).get(pk=review.pk)
    read = Review.objects.select_related("submission__work__enrolment", "submission__work__assessment")
    return read.get(pk=review.pk)
