"""What every row has that waits for a worker: ``services.leases`` writes these columns, and nobody else."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Leased(models.Model):
    """A row to serve from ``due_at`` on (None: nothing is to be done); a worker holds it while its lease lasts.

    ``lease_token`` tells one holder from another, so that one that lost its lease cannot write any more; the holder
    pushes ``lease_expires_at`` forward by its heartbeat. ``attempts`` counts the claims since it came to be due, of
    which the last was at ``started_at``; ``fault_code`` is why the last one failed. ``ring_at`` is when the bell is
    rung next if nobody comes, ``rings`` how often it was since anybody came.
    """

    due_at = models.DateTimeField(null=True, blank=True)
    ring_at = models.DateTimeField(null=True, blank=True)
    rings = models.PositiveSmallIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_token = models.UUIDField(null=True, blank=True)
    lease_expires_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    fault_code = models.CharField(max_length=80, blank=True)
    fault_params = models.JSONField(default=dict, blank=True)

    class Meta:
        abstract = True


def due_index(prefix: str) -> models.Index:
    return models.Index(fields=["due_at"], name=f"{prefix}_due_idx", condition=Q(due_at__isnull=False))


def lease_constraints(prefix: str) -> list[models.BaseConstraint]:
    """What is held has a token, an expiry and something due; what is due is rung for; the rest has none of these."""
    free = Q(lease_token__isnull=True, lease_expires_at__isnull=True)
    held = Q(lease_token__isnull=False, lease_expires_at__isnull=False, due_at__isnull=False)
    return [
        models.CheckConstraint(condition=free | held, name=f"{prefix}_lease_whole"),
        models.CheckConstraint(
            condition=Q(due_at__isnull=True) | Q(ring_at__isnull=False), name=f"{prefix}_due_is_rung"
        ),
    ]
