"""The journal: who did what, when; append-only, numbered without gaps and hash-chained."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assessments.models.people import User


class JournalEntry(models.Model):
    """One act. ``hash`` is sha256 over the previous hash and this row's content (``services.journal``).

    ``number`` counts from 1 without gaps, which the key does not: a transaction that fails takes its key with it.
    ``version`` is that of what the hash covers. ``payload["seal"]`` is the digest of what the act left behind in
    other tables (``services.seals``).
    """

    number = models.BigIntegerField(unique=True)
    version = models.PositiveSmallIntegerField(default=2)
    at = models.DateTimeField()
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    verb = models.CharField(max_length=60)
    object_type = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    payload = models.JSONField(default=dict, blank=True)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        verbose_name = _("ligne du journal")
        verbose_name_plural = _("journal")
        ordering = ["number"]
        indexes = [models.Index(fields=["object_type", "object_id"], name="journal_object_idx")]
        constraints = [
            models.UniqueConstraint(fields=["previous_hash"], name="journal_chain_unbranched"),
            models.CheckConstraint(condition=Q(number__gte=1), name="journal_counts_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb}"
