"""What is written on the day for oneself: a juror's notes, the president's rulings while they are being typed.

None of it is shown to anybody else, none of it is decided, none of it is sealed; the decision erases all of it.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.domain import texts
from assessments.models.juries import Ballot, Slot
from assessments.models.lengths import at_most
from assessments.models.lines import OnLine, once_per_line
from assessments.models.people import User
from assessments.models.versions import Versioned


class MarkNote(OnLine, Versioned):
    """A juror's private note on a line, and whether it is to be looked at again. For that juror alone."""

    ballot = models.ForeignKey(Ballot, on_delete=models.CASCADE, related_name="notes")
    flagged = models.BooleanField(_("à revoir"), default=False)
    text = models.TextField(_("note pour soi"), blank=True)

    class Meta:
        verbose_name = _("note d’un juré pour lui-même")
        constraints = [*once_per_line("mark_note", "ballot"), at_most("text", texts.REMARK, "mark_note_length")]

    def __str__(self) -> str:
        return f"{self.ballot_id} · {self.line_key}"


class RulingDraft(OnLine, Versioned):
    """The level and the reason that the president has typed for a line, before deciding. For the president alone."""

    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="ruling_drafts")
    level = models.CharField(max_length=20, blank=True)
    comment = models.TextField(blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("brouillon d’un niveau retenu")
        verbose_name_plural = _("brouillons des niveaux retenus")
        constraints = [
            *once_per_line("ruling_draft", "slot"),
            at_most("comment", texts.REMARK, "ruling_draft_comment_length"),
        ]

    def __str__(self) -> str:
        return f"{self.slot_id} · {self.line_key}: {self.level}"


class MotiveDraft(Versioned):
    """The reasons of the decision, while the president writes them."""

    slot = models.OneToOneField(Slot, on_delete=models.CASCADE, related_name="motive_draft")
    motive = models.TextField(_("motivation"), blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("brouillon d’une motivation")
        verbose_name_plural = _("brouillons des motivations")
        constraints = [at_most("motive", texts.COMMENT, "motive_draft_length")]

    def __str__(self) -> str:
        return str(self.slot_id)
