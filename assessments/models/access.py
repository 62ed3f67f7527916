"""Ways in: the tokens of the API, and the log of who came in, was refused, or took something away."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.domain.access import Scope
from assessments.domain.texts import LABEL
from assessments.models.people import User


class ApiToken(models.Model):
    """What a tool of somebody's shows instead of a password. Only the digest of the key is kept.

    ``hint`` is how the key begins, to tell several apart; ``exchanged`` says that it was given for a password.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=LABEL)
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=12, blank=True)
    scopes = ArrayField(models.CharField(max_length=20))
    exchanged = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("jeton d’accès")
        verbose_name_plural = _("jetons d’accès")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(scopes__contained_by=[scope.value for scope in Scope], scopes__len__gt=0),
                name="api_token_scopes_known",
            ),
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("created_at")), name="api_token_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AccessEvent(models.Model):
    """One access. Rows are added, never changed, and removed only once their time is over (``services.access``).

    ``kind`` is an ``AccessKind``. ``claimed`` stands for an address that no account has: a digest under the
    platform's key, by which tries at one name are seen to be the same without the name being kept.
    """

    at = models.DateTimeField()
    kind = models.CharField(max_length=30)
    person = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    claimed = models.CharField(max_length=16, blank=True)
    address = models.GenericIPAddressField(null=True, blank=True)
    agent = models.CharField(max_length=200, blank=True)
    details = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("accès")
        verbose_name_plural = _("accès")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["-at"], name="access_at_idx"),
            models.Index(fields=["person", "-at"], name="access_person_idx"),
            models.Index(fields=["kind", "-at"], name="access_kind_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.kind}"
