"""The inspection of received files by a worker, in the sandbox: claim, settle, sweep. Safe to deliver twice."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from assessments.dispatch import INSPECT, ring
from assessments.domain.runs import inspection_seconds, may_retry
from assessments.models import Bundle, Upload
from assessments.models.works import UploadState
from assessments.services import journal, storage
from assessments.services.uploads import part_path
from evaluator import runner
from evaluator.errors import EngineFault, SubmissionFault


def inspect(*, upload_id: int) -> None:
    """Look into a received file in the sandbox and accept or refuse it. Safe to deliver twice.

    A fault of the platform leaves the upload waiting for the sweeper, and after the last attempt *stuck*: the
    file is kept and an administrator is told; the candidate loses nothing.
    """
    upload = _claim(upload_id)
    if upload is None:
        return
    path = part_path(upload)
    try:
        with path.open("rb") as stream:
            sha256 = storage.sha256_of(stream)
        inspection = runner.inspect(path)
    except SubmissionFault as fault:
        _settle(upload, UploadState.REFUSED, fault_code=fault.code, fault_params=fault.params)
        path.unlink(missing_ok=True)
        return
    except (EngineFault, OSError) as fault:
        code = fault.code if isinstance(fault, EngineFault) else "engine.storage"
        state = UploadState.INSPECTING if may_retry(upload.attempts) else UploadState.STUCK
        _settle(upload, state, fault_code=code, fault_params=getattr(fault, "params", {}))
        return
    bundle = Bundle(sha256=sha256, size=upload.size, files=inspection.files, recognised=inspection.recognised)
    storage.keep_file(bundle.storage_key, path)
    with transaction.atomic():
        Bundle.objects.bulk_create([bundle], ignore_conflicts=True)
        _settle(upload, UploadState.ACCEPTED, bundle=bundle)
        journal.record(None, "upload.accepted", upload, sha256=sha256)
    path.unlink(missing_ok=True)


def _claim(upload_id: int) -> Upload | None:
    now = timezone.now()
    free = Q(claimed=False) | Q(lease_expires_at__lt=now)
    claimed = Upload.objects.filter(free, pk=upload_id, state=UploadState.INSPECTING).update(
        claimed=True,
        attempts=F("attempts") + 1,
        lease_expires_at=now + timedelta(seconds=inspection_seconds(settings.RUN_LEASE_SECONDS)),
    )
    return Upload.objects.select_related("work").get(pk=upload_id) if claimed else None


def _settle(upload: Upload, state: UploadState, **fields: object) -> None:
    retry_at = timezone.now() + timedelta(seconds=settings.RUN_LEASE_SECONDS)
    Upload.objects.filter(pk=upload.pk, state=UploadState.INSPECTING).update(
        state=state,
        claimed=False,
        lease_expires_at=retry_at if state == UploadState.INSPECTING else None,
        **fields,
    )


def sweep() -> int:
    """Ring again for inspections whose lease has run out; return how many."""
    now = timezone.now()
    waiting = Upload.objects.filter(state=UploadState.INSPECTING, lease_expires_at__lt=now)
    keys = list(waiting.values_list("pk", flat=True)[:500])
    for key in keys:
        with transaction.atomic():
            waiting.filter(pk=key).update(
                claimed=False, lease_expires_at=now + timedelta(seconds=settings.RUN_LEASE_SECONDS)
            )
            ring(INSPECT, key)
    return len(keys)
