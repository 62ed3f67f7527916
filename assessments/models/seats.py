"""What happens to the seats of a jury: who presides, who declared what, a passage opened before its hour."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from assessments.domain import texts
from assessments.models.juries import Juror, Sitting, Slot
from assessments.models.lengths import at_most
from assessments.models.people import User


class PresidencyQuerySet(models.QuerySet["Presidency"]):
    def current(self) -> PresidencyQuerySet:
        return self.filter(followed_by__isnull=True)


class Presidency(models.Model):
    """Who presides since the jury was composed: the whole sitting, or one passage that its president cannot hear.

    Append-only. ``after`` is the one that it follows, so that two people never name a president each.
    """

    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="presidencies")
    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="presidencies", null=True, blank=True)
    juror = models.ForeignKey(Juror, on_delete=models.PROTECT, related_name="presidencies")
    after = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="followed_by")
    reason = models.TextField(_("motif"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = PresidencyQuerySet.as_manager()

    class Meta:
        verbose_name = _("présidence")
        ordering = ["sitting", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["sitting", "slot"],
                condition=Q(after__isnull=True),
                name="presidency_one_first",
                nulls_distinct=False,
            ),
            at_most("reason", texts.REMARK, "presidency_reason_length"),
        ]

    def __str__(self) -> str:
        return f"{self.sitting} · {self.juror}"


def chair(*, sitting: Any, slot: Any = None) -> Coalesce:
    """The key of the juror who presides, for a query: ``sitting`` and ``slot`` are keys or references outwards.

    Named for the passage, else for the sitting, else when the jury was composed.
    """
    named = Presidency.objects.current().filter(sitting=sitting)
    steps = [named.filter(slot=slot)] if slot is not None else []
    found = [Subquery(rows.values("juror")[:1]) for rows in (*steps, named.filter(slot__isnull=True))]
    composed = Juror.objects.filter(sitting=sitting, presides=True)
    return Coalesce(*found, Subquery(composed.values("pk")[:1]), output_field=models.BigIntegerField())


class Declaration(models.Model):
    """A member's word of independence for the sitting, before their first ballot. Frozen."""

    juror = models.OneToOneField(Juror, on_delete=models.PROTECT, related_name="declaration")
    text_version = models.PositiveSmallIntegerField()
    signed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("déclaration d’indépendance")
        verbose_name_plural = _("déclarations d’indépendance")

    def __str__(self) -> str:
        return str(self.juror)


class DeclaredLink(models.Model):
    """A link to a candidate that a member declared, of any kind: it bars them from judging that person. Frozen."""

    declaration = models.ForeignKey(Declaration, on_delete=models.PROTECT, related_name="links")
    candidate = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("lien déclaré")
        verbose_name_plural = _("liens déclarés")
        constraints = [models.UniqueConstraint(fields=["declaration", "candidate"], name="declared_link_unique")]

    def __str__(self) -> str:
        return f"{self.declaration} · {self.candidate}"


class EarlyOpening(models.Model):
    """A passage that its president let be sealed before its hour, and why. Frozen."""

    slot = models.OneToOneField(Slot, on_delete=models.PROTECT, related_name="early_opening")
    reason = models.TextField(_("motif"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("passage avancé")
        verbose_name_plural = _("passages avancés")
        constraints = [at_most("reason", texts.REMARK, "early_opening_reason_length")]

    def __str__(self) -> str:
        return str(self.slot)
