"""What became of passages: absences, excuses, adjournments. Append-only."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assessments.domain import texts
from assessments.models.juries import Slot, SlotState
from assessments.models.lengths import at_most
from assessments.models.people import User


class PassageOutcome(models.Model):
    """What was said of a passage that led to no decision. The database refuses UPDATE and DELETE.

    ``proof`` names the paper that was shown, and where it is kept: never what it says of anybody's health.
    """

    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="outcomes")
    state = models.CharField(_("issue"), max_length=10, choices=SlotState.choices[1:])
    reason = models.TextField(_("motif"), blank=True)
    proof = models.CharField(_("référence du justificatif"), max_length=200, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("issue d’un passage")
        verbose_name_plural = _("issues des passages")
        ordering = ["slot", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["slot", "state"], name="passage_outcome_once"),
            models.CheckConstraint(
                condition=Q(state__in=[state for state in SlotState.values if state != SlotState.DUE]),
                name="passage_outcome_known",
            ),
            at_most("reason", texts.REMARK, "passage_reason_length"),
        ]

    def __str__(self) -> str:
        return f"{self.slot_id}: {self.state}"
