"""What a decision rests on, and the names that everything bore when it was made. Append-only, like the decision."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assessments.models.decisions import Decision, DecisionLine
from assessments.models.grids import LineState
from assessments.models.juries import Mark


class DecisionBasis(models.Model):
    """What one line of a decision rests on: the frozen line (its results, the mentor's opinion), or a juror's mark.

    The database refuses UPDATE and DELETE.
    """

    line = models.ForeignKey(DecisionLine, on_delete=models.PROTECT, related_name="bases")
    state = models.ForeignKey(LineState, on_delete=models.PROTECT, null=True, related_name="decision_bases")
    mark = models.ForeignKey(Mark, on_delete=models.PROTECT, null=True, related_name="decision_bases")

    class Meta:
        verbose_name = _("base d’une décision")
        verbose_name_plural = _("bases d’une décision")
        ordering = ["line", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__isnull=False, mark__isnull=True) | Q(state__isnull=True, mark__isnull=False),
                name="decision_basis_is_one",
            ),
            models.UniqueConstraint(fields=["line", "state"], name="decision_basis_state_once"),
            models.UniqueConstraint(fields=["line", "mark"], name="decision_basis_mark_once"),
        ]

    def __str__(self) -> str:
        return f"{self.line_id}"


class DecisionNames(models.Model):
    """The names that a report of the decision bears, as they were when it was made: nobody's later change counts.

    ``jurors`` are those whose sealed ballots it rests on, the president first. The database refuses UPDATE and
    DELETE.
    """

    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, primary_key=True, related_name="names")
    candidate = models.TextField()
    certification = models.TextField()
    rncp_code = models.TextField(blank=True)
    edition = models.TextField()
    session = models.TextField()
    bloc = models.TextField(blank=True)
    assessment = models.TextField()
    president = models.TextField()
    jurors = ArrayField(models.TextField())
    mentor = models.TextField(blank=True)

    class Meta:
        verbose_name = _("noms lors d’une décision")
        verbose_name_plural = _("noms lors d’une décision")

    def __str__(self) -> str:
        return f"{self.decision_id}"
