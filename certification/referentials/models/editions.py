"""Certifications and the editions of their référentiels."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, ClassVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import F, OuterRef, Q
from django.db.models.functions import JSONObject
from django.utils.translation import gettext_lazy as _

from certification.referentials.models.base import among


class Certification(models.Model):
    """A title registered by a certifying body; what is frozen of it stands in its editions."""

    code = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=300)
    certifier = models.CharField(max_length=300, blank=True, default="")
    rncp_code = models.CharField(max_length=30, blank=True, default="")
    level = models.PositiveSmallIntegerField(null=True, blank=True, help_text="CNCP level, 1 to 8, if known.")
    metadata = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ("code",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(level__isnull=True) | Q(level__range=(1, 8)), name="certification_level_1_to_8"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ReferentialQuerySet(models.QuerySet["Referential"]):
    """Which editions, and how much of them at once."""

    def published(self) -> ReferentialQuerySet:
        """Editions in force."""
        return self.filter(status=Referential.Status.PUBLISHED)

    def of(self, code: str, edition: str | None = None) -> ReferentialQuerySet:
        """Editions of the certification `code`, the newest first; only `edition` when it is given."""
        found = self.filter(certification__code=code)
        if edition is not None:
            found = found.filter(edition=edition)
        return found.order_by("-pk")

    def with_content(self) -> ReferentialQuerySet:
        """Editions with everything they are made of, in one query: the rows of each table as JSON objects.

        `Referential.rows_of` gives them back.
        """
        rows = {f"{name}_read": _rows_as_json(name) for name in Referential.CONTENT}
        return self.select_related("certification").annotate(**rows)


def _rows_as_json(name: str) -> ArraySubquery:
    table: Any = Referential._meta.get_field(name).related_model
    columns = {column.attname: F(column.attname) for column in table._meta.concrete_fields}
    mine = table._default_manager.filter(referential=OuterRef("pk")).order_by()
    return ArraySubquery(mine.annotate(as_json=JSONObject(**columns)).values("as_json"))


class EditionStatus(models.TextChoices):
    """Where an edition stands."""

    DRAFT = "draft", _("brouillon")
    PUBLISHED = "published", _("publié")
    ARCHIVED = "archived", _("archivé")


class Referential(models.Model):
    """One edition of a certification's référentiels; nothing of it changes once published."""

    Status = EditionStatus

    CONTENT: ClassVar[tuple[str, ...]] = (
        "optiongroup_rows",
        "bloc_rows",
        "activity_rows",
        "task_rows",
        "competency_rows",
        "criterion_rows",
        "criterionitem_rows",
        "criterioncheck_rows",
        "criterioncover_rows",
        "assessment_rows",
        "assessmentpart_rows",
        "assessmentcompetency_rows",
        "assessmentactivity_rows",
        "deliverable_rows",
    )

    certification = models.ForeignKey(Certification, on_delete=models.PROTECT, related_name="editions")
    edition = models.CharField(max_length=60)
    title = models.CharField(max_length=300)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    content_hash = models.CharField(max_length=64, help_text="SHA-256 of the canonical tree.")
    metadata = models.JSONField(default=dict, blank=True)
    award_rule = models.JSONField(default=dict, blank=True)
    scale = models.JSONField(default=list, blank=True, help_text="[{code, label: {fr, en}, acquired}]")
    notes = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager[Any]] = ReferentialQuerySet.as_manager()

    class Meta:
        ordering = ("certification", "pk")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["certification", "edition"], name="referential_edition_unique"),
            among("referential_status_known", "status", EditionStatus),
            models.CheckConstraint(
                condition=Q(status="draft", published_at__isnull=True)
                | (~Q(status="draft") & Q(published_at__isnull=False) & ~Q(content_hash="")),
                name="referential_published_is_dated_and_hashed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.edition})"

    @property
    def is_whole(self) -> bool:
        """Whether it comes from `with_content`."""
        return f"{self.CONTENT[0]}_read" in self.__dict__

    def rows_of(self, name: str) -> list[Any]:
        """The rows of a table of CONTENT, by their columns: of an edition that is whole."""
        return [SimpleNamespace(**row) for row in self.__dict__[f"{name}_read"]]

    @property
    def is_frozen(self) -> bool:
        """Whether the edition is published or archived."""
        return self.status != self.Status.DRAFT
