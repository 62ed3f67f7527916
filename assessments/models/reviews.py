"""A mentor's review of a submission: formative, line by line, ending in admitted or returned."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assessments.domain import texts
from assessments.models.lengths import at_most
from assessments.models.lines import OnLine, once_per_line
from assessments.models.people import User
from assessments.models.works import Submission


class ReviewOutcome(models.TextChoices):
    ADMITTED = "admitted", _("admis à la soutenance")
    RETURNED = "returned", _("renvoyé au candidat")


class Opinion(models.TextChoices):
    CONFIRMED = "confirmed", _("confirmé")
    TO_IMPROVE = "to_improve", _("à reprendre")
    LEFT_TO_JURY = "left_to_jury", _("laissé au jury")


class ReviewQuerySet(models.QuerySet["Review"]):
    def visible_to(self, user: User) -> ReviewQuerySet:
        """A review being written is its mentor's; once given, everyone who sees the submission sees it."""
        return self.filter(submission__in=Submission.objects.visible_to(user).values("pk")).filter(
            Q(given_at__isnull=False) | Q(mentor=user)
        )


class Review(models.Model):
    """Written piece by piece while ``given_at`` is empty; frozen by the database once given."""

    submission = models.OneToOneField(Submission, on_delete=models.PROTECT, related_name="review")
    mentor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="reviews")
    comment = models.TextField(_("commentaire général"), blank=True)
    outcome = models.CharField(max_length=10, choices=ReviewOutcome.choices, blank=True)
    started_at = models.DateTimeField(auto_now_add=True)
    given_at = models.DateTimeField(null=True, blank=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("avis du mentor")
        ordering = ["-started_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(given_at__isnull=True, outcome="")
                | Q(given_at__isnull=False, outcome__in=ReviewOutcome.values),
                name="review_given_has_outcome",
            ),
            at_most("comment", texts.COMMENT, "review_comment_length"),
        ]

    def __str__(self) -> str:
        return f"{self.submission} · {self.mentor}"


class ReviewRemark(OnLine):
    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="remarks")
    opinion = models.CharField(max_length=12, choices=Opinion.choices, blank=True)
    comment = models.TextField(blank=True)

    class Meta:
        verbose_name = _("remarque")
        constraints = [*once_per_line("remark", "review"), at_most("comment", texts.REMARK, "remark_comment_length")]

    def __str__(self) -> str:
        return f"{self.line_key}: {self.opinion}"
