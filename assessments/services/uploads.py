"""A file on its way in: start, append by pieces, discard. What is done with it then: ``services.inspections``."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments import policies
from assessments.dispatch import INSPECT, ring
from assessments.domain.leases import AWAITED
from assessments.models import Upload, User, Work
from assessments.models.works import UploadState
from assessments.services import leases
from assessments.services.errors import Denied, Refused

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
            leases.make_due(row, AWAITED)
            ring(INSPECT, row.pk)
        row.save()
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
