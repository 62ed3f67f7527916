"""Automatic evaluation: the database is the ledger, the broker only a bell."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assessments.models.leases import Leased, due_index, lease_constraints
from assessments.models.people import User
from assessments.models.probes import Probe
from assessments.models.references import ReferenceVersion
from assessments.models.works import Submission


class RunStatus(models.TextChoices):
    QUEUED = "queued", _("en attente")
    RUNNING = "running", _("en cours")
    DONE = "done", _("terminée")
    FAILED = "failed", _("dépôt impossible à évaluer")
    DEAD = "dead", _("abandonnée de notre fait")


ACTIVE = [RunStatus.QUEUED, RunStatus.RUNNING]


class EvaluationRunQuerySet(models.QuerySet["EvaluationRun"]):
    def visible_to(self, user: User) -> EvaluationRunQuerySet:
        return self.filter(submission__in=Submission.objects.visible_to(user).values("pk"))


class EvaluationRun(Leased):
    """One evaluation of one submission.

    ``requested`` is the snapshot of what was asked: ``[{"check", "params", "params_digest"}]``.
    """

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="runs")
    status = models.CharField(max_length=8, choices=RunStatus.choices, default=RunStatus.QUEUED)
    requested = models.JSONField(default=list)
    phase = models.CharField(max_length=80, blank=True)
    engine_version = models.CharField(max_length=20, blank=True)
    runtime_digest = models.CharField(max_length=64, blank=True)
    facts_key = models.CharField(max_length=200, blank=True)
    queued_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = EvaluationRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("évaluation automatique")
        verbose_name_plural = _("évaluations automatiques")
        ordering = ["-queued_at", "-pk"]
        indexes = [due_index("run"), models.Index(fields=["started_at"], name="run_started_idx")]
        constraints = [
            *lease_constraints("run"),
            models.UniqueConstraint(
                fields=["submission"], condition=Q(status__in=ACTIVE), name="run_one_active_per_submission"
            ),
            models.CheckConstraint(condition=Q(status__in=RunStatus.values), name="run_status_known"),
            models.CheckConstraint(
                condition=~Q(status=RunStatus.RUNNING) | Q(lease_token__isnull=False), name="run_running_has_lease"
            ),
            models.CheckConstraint(condition=~Q(status__in=ACTIVE) | Q(due_at__isnull=False), name="run_active_is_due"),
        ]

    def __str__(self) -> str:
        return f"{self.submission} · {self.status}"


class CheckResult(models.Model):
    """What one check answered: once for a submission, version, parameters, runtime, probe and reference.

    ``probe`` is the call to a declared address that gave the result, outside of any run; ``run`` is then the run
    that asked for the check. ``reference`` is the certifier's table that it was measured on.
    """

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="results")
    run = models.ForeignKey(EvaluationRun, on_delete=models.PROTECT, related_name="results")
    check_code = models.CharField(max_length=80)
    check_version = models.PositiveSmallIntegerField()
    params = models.JSONField(default=dict, blank=True)
    params_digest = models.CharField(max_length=64)
    runtime_digest = models.CharField(max_length=64)
    probe = models.ForeignKey(Probe, on_delete=models.PROTECT, null=True, blank=True, related_name="results")
    reference = models.ForeignKey(
        ReferenceVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="results"
    )
    outcome = models.CharField(max_length=10)
    cause = models.CharField(max_length=10, blank=True)
    message_code = models.CharField(max_length=120)
    message_params = models.JSONField(default=dict, blank=True)
    evidence = models.JSONField(default=list, blank=True)
    seconds = models.FloatField(_("durée en secondes"))
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("résultat")
        ordering = ["check_code", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "submission",
                    "check_code",
                    "check_version",
                    "params_digest",
                    "runtime_digest",
                    "probe",
                    "reference",
                ],
                nulls_distinct=False,
                name="check_result_unique",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["met", "not_met", "undecided", "error"]),
                name="check_result_outcome_known",
            ),
            models.CheckConstraint(
                condition=Q(outcome="error", cause__in=["candidate", "platform"]) | (~Q(outcome="error") & Q(cause="")),
                name="check_result_error_has_cause",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.check_code}: {self.outcome}"
