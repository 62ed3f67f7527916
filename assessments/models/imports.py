"""A référentiel on its way in: the file received, its reading by a worker, the corrections of a person."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assessments.models.leases import Leased, due_index, lease_constraints
from assessments.models.people import User


class ImportState(models.TextChoices):
    READING = "reading", _("lecture en cours")
    READY = "ready", _("à vérifier")
    REFUSED = "refused", _("refusé")
    STUCK = "stuck", _("lecture impossible pour l’instant")


class ReferentialImportQuerySet(models.QuerySet["ReferentialImport"]):
    def visible_to(self, user: User) -> ReferentialImportQuerySet:
        """An import is the business of whoever brought the file, until it is a draft."""
        return self.filter(owner=user) if user.is_administrator else self.none()


class ReferentialImport(Leased):
    """One file being imported. The file and what was understood of it lie in storage, under ``folder``.

    ``fault`` is what is wrong with the file; ``version`` grows each time what was understood is written anew.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="referential_imports")
    file_name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10)
    fiche = models.CharField(max_length=20, blank=True)
    size = models.BigIntegerField()
    state = models.CharField(max_length=8, choices=ImportState.choices, default=ImportState.READING)
    version = models.PositiveIntegerField(default=0)
    bytes_read = models.BigIntegerField(default=0)
    bytes_total = models.BigIntegerField(default=0)
    fiches_seen = models.PositiveIntegerField(default=0)
    fault = models.JSONField(default=dict, blank=True, help_text="Why it was refused, as ImportRefused.as_json.")
    created_at = models.DateTimeField(auto_now_add=True)
    touched_at = models.DateTimeField(auto_now=True)

    objects = ReferentialImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import de référentiel")
        verbose_name_plural = _("imports de référentiels")
        ordering = ["-created_at", "-pk"]
        indexes = [due_index("import")]
        constraints = [
            *lease_constraints("import"),
            models.CheckConstraint(condition=Q(state__in=ImportState.values), name="import_state_known"),
            models.CheckConstraint(
                condition=~Q(state=ImportState.READING) | Q(due_at__isnull=False), name="import_reading_is_due"
            ),
            models.CheckConstraint(
                condition=~Q(state=ImportState.READY) | Q(version__gt=0), name="import_ready_has_content"
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def folder(self) -> str:
        return f"imports/{self.key}"

    @property
    def source_key(self) -> str:
        """Where the file lies in storage, as it was received."""
        return f"{self.folder}/source"

    def content_key(self, version: int) -> str:
        """Where what was understood lies in storage, at one version."""
        return f"{self.folder}/{version}.json"
