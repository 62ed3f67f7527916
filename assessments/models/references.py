"""Reference data sets: tables of the certifier that works are measured on, and that only administrators see."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from assessments.models.leases import Leased, due_index, lease_constraints
from assessments.models.people import User
from assessments.models.sessions import Session


class ReferenceDatasetQuerySet(models.QuerySet["ReferenceDataset"]):
    def visible_to(self, user: User) -> ReferenceDatasetQuerySet:
        """Administrators alone: whoever else knows the truth could give it away."""
        return self if user.is_administrator else self.none()


class ReferenceDataset(models.Model):
    """What a session gives under the ``name`` that criteria use; ``title`` is what results say of it."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="reference_datasets")
    name = models.CharField(_("nom"), max_length=60)
    title = models.CharField(_("titre"), max_length=120)

    objects = ReferenceDatasetQuerySet.as_manager()

    class Meta:
        verbose_name = _("jeu de données de référence")
        verbose_name_plural = _("jeux de données de référence")
        ordering = ["session", "name"]
        constraints = [
            models.UniqueConstraint(fields=["session", "name"], name="reference_name_unique"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(title=""), name="reference_named"),
        ]

    def __str__(self) -> str:
        return self.title


class ReadingState(models.TextChoices):
    READING = "reading", _("lecture en cours")
    READY = "ready", _("à vérifier")
    IN_FORCE = "in_force", _("en service")
    REFUSED = "refused", _("refusé")
    STUCK = "stuck", _("lecture impossible pour l’instant")


class ReferenceVersionQuerySet(models.QuerySet["ReferenceVersion"]):
    def visible_to(self, user: User) -> ReferenceVersionQuerySet:
        return self if user.is_administrator else self.none()

    def current(self) -> ReferenceVersionQuerySet:
        """Of each data set the version that evaluations use."""
        later = ReferenceVersion.objects.filter(
            dataset=models.OuterRef("dataset"), state=ReadingState.IN_FORCE, number__gt=models.OuterRef("number")
        )
        return self.filter(~models.Exists(later), state=ReadingState.IN_FORCE)


class ReferenceVersion(Leased):
    """One file of a data set, by content, and how it is read.

    ``profile`` is what a worker saw of it (see ``evaluator.inside.references.profile``); ``features`` are the columns
    that a model may see, none for all but the two others. The database refuses any change once it is in force; a
    later version takes its place.
    """

    dataset = models.ForeignKey(ReferenceDataset, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=ReadingState.choices, default=ReadingState.READING)
    file_name = models.CharField(max_length=200)
    form = models.CharField(max_length=7)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    target = models.CharField(_("cible"), max_length=200, blank=True)
    identifier = models.CharField(_("identifiant"), max_length=200, blank=True)
    features = models.JSONField(default=list, blank=True)
    profile = models.JSONField(default=dict, blank=True)
    received_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField(auto_now_add=True)
    in_force_at = models.DateTimeField(null=True, blank=True)

    objects = ReferenceVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version d’un jeu de données")
        verbose_name_plural = _("versions de jeux de données")
        ordering = ["dataset", "-number"]
        indexes = [due_index("reference")]
        constraints = [
            *lease_constraints("reference"),
            models.UniqueConstraint(fields=["dataset", "number"], name="reference_version_unique"),
            models.CheckConstraint(condition=Q(number__gte=1), name="reference_number_positive"),
            models.CheckConstraint(condition=Q(state__in=ReadingState.values), name="reference_state_known"),
            models.CheckConstraint(condition=Q(form__in=["csv", "parquet"]), name="reference_form_known"),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="reference_digest"),
            models.CheckConstraint(
                condition=~Q(state=ReadingState.READING) | Q(due_at__isnull=False), name="reference_reading_is_due"
            ),
            models.CheckConstraint(
                condition=~Q(state=ReadingState.IN_FORCE) | (~Q(target="") & Q(in_force_at__isnull=False)),
                name="reference_in_force_has_target",
            ),
            models.CheckConstraint(
                condition=Q(identifier="") | ~Q(identifier=F("target")), name="reference_identifier_not_target"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dataset} {self.number}"

    @property
    def storage_key(self) -> str:
        return f"references/{self.sha256[:2]}/{self.sha256}.{self.form}"
