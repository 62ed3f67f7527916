"""The grid of a submission as it stood when people began to rest on it, and what was found to differ since."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assessments.domain import texts
from assessments.domain.proposals import Proposal, Settled
from assessments.domain.workflow import WorkState
from assessments.models.lengths import at_most
from assessments.models.lines import OnLine, once_per_line
from assessments.models.people import User
from assessments.models.reviews import ReviewRemark
from assessments.models.runs import CheckResult
from assessments.models.works import Submission

MENTOR_ANSWERS = (
    WorkState.SUBMITTED,
    WorkState.IN_REVIEW,
    WorkState.RETURNED,
    WorkState.ADMITTED,
    WorkState.SCHEDULED,
)
"""The states in which the mentor still has something to say of what differs."""


class TakenFor(models.TextChoices):
    """What the grid was frozen for, the first time that somebody rested on it."""

    REVIEW = "review", _("avis du mentor")
    BALLOTS = "ballots", _("bulletins du jury")


class GridSnapshot(models.Model):
    """The one grid that a submission is judged on. ``reconstructed``: made by an upgrade, of what was read then.

    ``engine_version`` is that of the evaluation that had answered. The database refuses UPDATE and DELETE.
    """

    submission = models.OneToOneField(Submission, on_delete=models.PROTECT, related_name="snapshot")
    taken_for = models.CharField(max_length=7, choices=TakenFor.choices)
    taken_at = models.DateTimeField(auto_now_add=True)
    engine_version = models.CharField(max_length=20, blank=True)
    reconstructed = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("grille figée")
        verbose_name_plural = _("grilles figées")
        constraints = [
            models.CheckConstraint(condition=Q(taken_for__in=TakenFor.values), name="snapshot_taken_for_known")
        ]

    def __str__(self) -> str:
        return f"{self.submission_id} · {self.taken_for}"


class LineState(OnLine):
    """A line of that grid: what the machine proposed, the mentor's remark, who settled it. Nobody: left to the jury.

    The database refuses UPDATE and DELETE.
    """

    snapshot = models.ForeignKey(GridSnapshot, on_delete=models.PROTECT, related_name="states")
    position = models.PositiveSmallIntegerField()
    proposal = models.CharField(max_length=12)
    settled = models.CharField(max_length=7)
    remark = models.ForeignKey(ReviewRemark, on_delete=models.PROTECT, null=True, related_name="states")

    class Meta:
        verbose_name = _("ligne figée")
        verbose_name_plural = _("lignes figées")
        ordering = ["snapshot", "position"]
        constraints = [
            *once_per_line("line_state", "snapshot"),
            models.UniqueConstraint(fields=["snapshot", "position"], name="line_state_position_unique"),
            models.CheckConstraint(
                condition=Q(proposal__in=[each.value for each in Proposal]), name="line_state_proposal_known"
            ),
            models.CheckConstraint(
                condition=Q(settled__in=[each.value for each in Settled]), name="line_state_settled_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_key}: {self.settled}"


class LineCheck(models.Model):
    """A check that a frozen line names, and the result that it came from; none where there was no answer.

    ``fault`` holds a fault of ours that stood in its place (``{"version", "code", "params"}``): its row goes when
    there is an answer, this one stays. The database refuses UPDATE and DELETE.
    """

    state = models.ForeignKey(LineState, on_delete=models.PROTECT, related_name="checks")
    position = models.PositiveSmallIntegerField()
    check_code = models.CharField(max_length=80)
    params_digest = models.CharField(max_length=64)
    decides = models.BooleanField()
    result = models.ForeignKey(CheckResult, on_delete=models.PROTECT, null=True, related_name="line_checks")
    fault = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("contrôle d’une ligne figée")
        verbose_name_plural = _("contrôles des lignes figées")
        ordering = ["state", "position"]
        constraints = [
            models.UniqueConstraint(fields=["state", "position"], name="line_check_position_unique"),
            models.CheckConstraint(condition=Q(result__isnull=True) | Q(fault={}), name="line_check_answer_or_fault"),
        ]

    def __str__(self) -> str:
        return f"{self.state_id} · {self.check_code}"

    @property
    def answer(self) -> CheckResult | None:
        """What the check had said: its result, or the fault of ours in the form of one, which is in no table."""
        if self.result is not None or not self.fault:
            return self.result
        return CheckResult(
            check_code=self.check_code,
            check_version=self.fault["version"],
            params_digest=self.params_digest,
            outcome="error",
            cause="platform",
            message_code=self.fault["code"],
            message_params=self.fault["params"],
            evidence=[],
        )


class LineFlagQuerySet(models.QuerySet["LineFlag"]):
    def visible_to(self, user: User) -> LineFlagQuerySet:
        """Administrators, the jury of the submission, and its mentor while it is not before the jury yet.

        Never the candidate, whose work it is of.
        """
        if user.is_administrator:
            return self
        of_submission, of_enrolment = "before__state__snapshot__submission", "before__state__snapshot__submission__work"
        mentors = Q(**{f"{of_enrolment}__enrolment__mentor": user, f"{of_enrolment}__state__in": list(MENTOR_ANSWERS)})
        jurors = f"{of_submission}__slots__sitting__jurors"
        sits = Q(**{f"{jurors}__user": user, f"{jurors}__departure__isnull": True})
        seen = self.filter(mentors | sits).exclude(**{f"{of_enrolment}__enrolment__candidate": user})
        return self.filter(pk__in=seen.values("pk"))


class LineFlag(models.Model):
    """A later result by which a frozen line would be proposed otherwise: for a person to look at, who closes it.

    ``before`` is the frozen answer of the check, ``after`` the later one, ``proposal`` what the line would get. Nothing
    else comes of it: the line stays as it was frozen. Raised once for each outcome that a check comes to. The database
    refuses every change but its closing, and then every change.
    """

    before = models.ForeignKey(LineCheck, on_delete=models.PROTECT, related_name="flags")
    after = models.ForeignKey(CheckResult, on_delete=models.PROTECT, related_name="flags")
    outcome = models.CharField(max_length=10)
    proposal = models.CharField(max_length=12)
    raised_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    word = models.TextField(_("mot de clôture"), blank=True)

    objects = LineFlagQuerySet.as_manager()

    class Meta:
        verbose_name = _("écart relevé")
        verbose_name_plural = _("écarts relevés")
        ordering = ["-raised_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["before", "outcome"], name="line_flag_once_per_outcome"),
            models.CheckConstraint(
                condition=Q(proposal__in=[each.value for each in Proposal]), name="line_flag_proposal_known"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True, word="")
                | (Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(word="")),
                name="line_flag_closed_by_a_person",
            ),
            at_most("word", texts.REMARK, "line_flag_word_length"),
        ]

    def __str__(self) -> str:
        return f"{self.before_id}: {self.outcome}"
