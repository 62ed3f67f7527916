"""Declared public addresses, and every call made to them. What was seen is never edited."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from assessments.models.leases import Leased, due_index, lease_constraints
from assessments.models.people import User
from assessments.models.works import Submission


class AddressKind(models.TextChoices):
    API = "api", _("API")
    DASHBOARD = "dashboard", _("tableau de bord")


class ProbedAddressQuerySet(models.QuerySet["ProbedAddress"]):
    def visible_to(self, user: User) -> ProbedAddressQuerySet:
        return self.filter(submission__in=Submission.objects.visible_to(user).values("pk"))


class ProbedAddress(Leased):
    """A public address that a submission declares, and when it is called next.

    ``declared_in`` is the file of the bundle that holds it; ``due_at`` is empty once nothing is called any more.
    """

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="addresses")
    kind = models.CharField(max_length=10, choices=AddressKind.choices)
    url = models.CharField(_("adresse"), max_length=1000)
    declared_in = models.CharField(max_length=1024)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField(null=True, blank=True)

    objects = ProbedAddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("adresse déclarée")
        verbose_name_plural = _("adresses déclarées")
        ordering = ["submission", "kind"]
        indexes = [due_index("probed_address")]
        constraints = [
            *lease_constraints("probed_address"),
            models.UniqueConstraint(fields=["submission", "kind"], name="probed_address_unique"),
            models.CheckConstraint(condition=Q(kind__in=AddressKind.values), name="probed_address_kind_known"),
        ]

    def __str__(self) -> str:
        return self.url


class Occasion(models.TextChoices):
    PERIODIC = "periodic", _("périodique")
    ASKED = "asked", _("à la demande")


class Probe(models.Model):
    """One call and what it says. The database refuses UPDATE and DELETE; one call at most answers one ``due_at``."""

    address = models.ForeignKey(ProbedAddress, on_delete=models.PROTECT, related_name="probes")
    due_at = models.DateTimeField()
    at = models.DateTimeField()
    occasion = models.CharField(max_length=8, choices=Occasion.choices)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="probes")
    standing = models.CharField(max_length=7)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    seconds = models.FloatField()
    failure_code = models.CharField(max_length=80, blank=True)
    failure_params = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("sonde")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(F("address"), F("at").desc(), name="probe_latest_idx"),
            models.Index(fields=["asked_by", "at"], name="probe_asked_idx", condition=Q(asked_by__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["address", "due_at"], name="probe_once_per_due"),
            models.CheckConstraint(
                condition=Q(standing__in=["up", "down", "unknown", "ours"]), name="probe_standing_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.address_id}: {self.standing}"


class ProbeExchange(models.Model):
    """The whole exchange of a probe, as the prober told it; removed once it is old and no longer the latest."""

    probe = models.OneToOneField(Probe, on_delete=models.PROTECT, primary_key=True, related_name="exchange")
    content = models.JSONField()

    class Meta:
        verbose_name = _("échange")

    def __str__(self) -> str:
        return str(self.probe_id)
