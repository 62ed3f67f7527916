"""A file on its way in: start, append by pieces, inspect in the sandbox, discard."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments import policies
from assessments.dispatch import INSPECT, ring
from assessments.domain.runs import inspection_seconds, may_retry
from assessments.models import Bundle, Upload, User, Work
from assessments.models.works import UploadState
from assessments.services import journal, storage
from assessments.services.errors import Denied, Refused
from evaluator import runner
from evaluator.errors import EngineFault, SubmissionFault

PIECE_BYTES = 8 * 1024 * 1024


def part_path(upload: Upload) -> Path:
    """Where the pieces of an upload are gathered, on the web machines' own (or shared) disk."""
    folder = Path(settings.FILE_UPLOAD_TEMP_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{upload.pk}.part"


@transaction.atomic
def start(*, actor: User, work: Work, file_name: str, size: int) -> Upload:
    """Open an upload of ``size`` bytes; an earlier one not yet submitted is dropped.

    Raises Denied, Refused("upload.empty"), Refused("upload.too_large").
    """
    if not policies.can_deposit(actor, work, timezone.now()):
        raise Denied
    if size <= 0:
        raise Refused("upload.empty", _("Le fichier « %(name)s » est vide."), name=file_name)
    limit = settings.UPLOAD_MAX_BYTES
    if size > limit:
        raise Refused(
            "upload.too_large",
            _("Le fichier « %(name)s » dépasse la limite de %(limit)d Mo. Retirez-en les données volumineuses."),
            name=file_name,
            limit=limit // (1024 * 1024),
        )
    for earlier in Upload.objects.filter(work=work, state=UploadState.RECEIVING):
        _drop(earlier)
    return Upload.objects.create(work=work, file_name=Path(file_name.replace("\\", "/")).name[:255], size=size)


def append(*, upload: Upload, offset: int, pieces: Iterable[bytes]) -> Upload:
    """Write ``pieces`` at ``offset``; the last byte starts the inspection. Returns the refreshed upload.

    The row is locked while a piece is written, so that two tabs cannot interleave. Raises
    Refused("upload.offset") when the offset is not the one expected (the client asks for it and goes on), and
    Refused("upload.overflow") when more comes than was announced.
    """
    with transaction.atomic():
        row = Upload.objects.select_for_update().get(pk=upload.pk)
        if row.state != UploadState.RECEIVING or row.offset != offset:
            raise Refused(
                "upload.offset",
                _("L’envoi a repris ailleurs : position attendue %(offset)d."),
                offset=row.offset,
            )
        row.offset = _write(part_path(row), offset, row.size, pieces)
        if row.offset == row.size:
            row.state = UploadState.INSPECTING
            row.lease_expires_at = timezone.now() + timedelta(seconds=settings.RUN_LEASE_SECONDS)
            ring(INSPECT, row.pk)
        row.save(update_fields=["offset", "state", "lease_expires_at"])
    return row


def _write(path: Path, offset: int, size: int, pieces: Iterable[bytes]) -> int:
    """Write at ``offset`` and return the new one; what a broken earlier piece left beyond it is cut off."""
    path.touch(exist_ok=True)
    with path.open("r+b") as part:
        part.truncate(offset)
        part.seek(offset)
        for piece in pieces:
            offset += len(piece)
            if offset > size:
                raise Refused("upload.overflow", _("Le fichier reçu est plus long qu’annoncé : recommencez l’envoi."))
            part.write(piece)
    return offset


@transaction.atomic
def discard(*, actor: User, upload: Upload) -> None:
    """Drop an upload that was not submitted; a bundle that a submission holds stays. Raises Denied."""
    if not policies.can_deposit(actor, upload.work, timezone.now()):
        raise Denied
    _drop(upload)


def _drop(upload: Upload) -> None:
    path = part_path(upload)
    Upload.objects.filter(pk=upload.pk).delete()
    transaction.on_commit(lambda: path.unlink(missing_ok=True))


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
