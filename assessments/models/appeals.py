"""Appeals: a candidate contests what a jury decided of them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assessments.domain import texts
from assessments.domain.appeals import OPEN, AppealState
from assessments.models.awards import Award
from assessments.models.decisions import Decision, DecisionLine
from assessments.models.lengths import at_most
from assessments.models.people import User
from assessments.models.sessions import Enrolment

APPEAL_STATE_LABELS = {
    AppealState.FILED: _("déposé"),
    AppealState.UNDER_REVIEW: _("en examen"),
    AppealState.MAINTAINED: _("décision maintenue"),
    AppealState.CORRECTED: _("décision corrigée"),
    AppealState.NEW_SITTING: _("nouveau passage accordé"),
    AppealState.WITHDRAWN: _("retiré"),
}
_OPEN = sorted(state.value for state in OPEN)


class AppealQuerySet(models.QuerySet["Appeal"]):
    def visible_to(self, user: User) -> AppealQuerySet:
        """One's own; administrators, who answer them, see all."""
        return self if user.is_administrator else self.filter(enrolment__candidate=user)

    def open(self) -> AppealQuerySet:
        return self.filter(state__in=_OPEN)

    def standing(self) -> AppealQuerySet:
        """All but those taken back: what was decided is contested once."""
        return self.exclude(state=AppealState.WITHDRAWN)


class Appeal(models.Model):
    """An appeal against a decision on a work, one of its lines if ``line`` names it, or against an award.

    ``due_at``: until when it could be filed, by the session's rule of that day. Once answered or withdrawn, the
    database refuses every change.
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="appeals")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, null=True, related_name="appeals")
    line = models.ForeignKey(DecisionLine, on_delete=models.PROTECT, null=True, related_name="appeals")
    award = models.ForeignKey(Award, on_delete=models.PROTECT, null=True, related_name="appeals")
    motive = models.TextField(_("motifs"))
    filed_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField()
    state = models.CharField(
        max_length=12,
        choices=[(state.value, label) for state, label in APPEAL_STATE_LABELS.items()],
        default=AppealState.FILED.value,
    )
    handled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="appeals_handled")
    answer = models.TextField(_("réponse"), blank=True)
    answered_at = models.DateTimeField(null=True)

    objects = AppealQuerySet.as_manager()

    class Meta:
        verbose_name = _("recours")
        verbose_name_plural = _("recours")
        ordering = ["-filed_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decision__isnull=False, award__isnull=True)
                | Q(decision__isnull=True, award__isnull=False, line__isnull=True),
                name="appeal_against_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in AppealState]), name="appeal_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["filed", "withdrawn"]) | Q(handled_by__isnull=False), name="appeal_has_handler"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[*_OPEN, "withdrawn"]) | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="appeal_answered_in_words",
            ),
            models.UniqueConstraint(fields=["decision"], condition=Q(state__in=_OPEN), name="appeal_one_per_decision"),
            models.UniqueConstraint(fields=["award"], condition=Q(state__in=_OPEN), name="appeal_one_per_award"),
            at_most("motive", texts.COMMENT, "appeal_motive_length"),
            at_most("answer", texts.COMMENT, "appeal_answer_length"),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment} · {self.state}"
