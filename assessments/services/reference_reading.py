"""The reading of reference data sets by a worker, in the sandbox: claim, settle, sweep. Safe to deliver twice."""

from __future__ import annotations

import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from assessments.dispatch import READ_REFERENCE, ring
from assessments.domain.runs import MAX_ATTEMPTS, may_retry
from assessments.models import ReferenceVersion
from assessments.models.references import ReadingState
from assessments.services import storage
from evaluator import profile
from evaluator.errors import EngineFault, SubmissionFault


def lease() -> timedelta:
    """How long a reader may take, and how long a ring may stay unanswered before the next."""
    return timedelta(seconds=max(settings.RUN_LEASE_SECONDS, 90))


def read(*, version_id: int) -> None:
    """Read a received table, and keep what is in it, or why it cannot serve."""
    row = _claim(version_id)
    if row is None:
        return
    try:
        with storage.local_path(row.storage_key) as path:
            _require_whole(path, row.sha256)
            found = profile.profile(path, row.form)
    except SubmissionFault as fault:
        _settle(row, ReadingState.REFUSED, fault={"code": fault.code, "params": fault.params})
    except (EngineFault, OSError) as fault:
        code = fault.code if isinstance(fault, EngineFault) else "engine.storage"
        params = fault.params if isinstance(fault, EngineFault) else {"kind": type(fault).__name__}
        state = ReadingState.READING if may_retry(row.attempts) else ReadingState.STUCK
        _settle(row, state, fault={"code": code, "params": params})
    else:
        _settle(row, ReadingState.READY, profile=found, fault={})


def _require_whole(path: Path, sha256: str) -> None:
    """Raises OSError: what storage has lost, or kept half of, is our fault."""
    with path.open("rb") as stream:
        if storage.sha256_of(stream) != sha256:
            raise OSError("not the file that was received")


def _claim(version_id: int) -> ReferenceVersion | None:
    """Take the reading if no one does it: each claim is an attempt."""
    now = timezone.now()
    free = Q(lease_token__isnull=True) | Q(lease_expires_at__lt=now)
    waiting = ReferenceVersion.objects.filter(
        free, pk=version_id, state=ReadingState.READING, attempts__lt=MAX_ATTEMPTS
    )
    claimed = waiting.update(lease_token=uuid.uuid4(), lease_expires_at=now + lease(), attempts=F("attempts") + 1)
    return ReferenceVersion.objects.get(pk=version_id) if claimed else None


def _settle(row: ReferenceVersion, state: ReadingState, **fields: Any) -> None:
    again = timezone.now() + lease() if state == ReadingState.READING else None
    held = ReferenceVersion.objects.filter(pk=row.pk, state=ReadingState.READING, lease_token=row.lease_token)
    held.update(state=state, lease_token=None, lease_expires_at=again, **fields)


def sweep() -> int:
    """Ring again for readings whose lease has run out; those out of attempts are stuck. Returns how many rang."""
    overdue = ReferenceVersion.objects.filter(state=ReadingState.READING, lease_expires_at__lt=timezone.now())
    overdue.filter(attempts__gte=MAX_ATTEMPTS).update(state=ReadingState.STUCK, lease_token=None, lease_expires_at=None)
    keys = list(overdue.values_list("pk", flat=True)[:500])
    for key in keys:
        with transaction.atomic():
            overdue.filter(pk=key).update(lease_token=None, lease_expires_at=timezone.now() + lease())
            ring(READ_REFERENCE, key)
    return len(keys)
