"""A file on its way in: start, append by pieces, discard. What is done with it then: ``services.inspections``."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments import policies
from assessments.dispatch import INSPECT, ring
from assessments.domain.deadlines import counts, in_time
from assessments.domain.leases import AWAITED
from assessments.models import Upload, User, Work
from assessments.models.works import UploadState
from assessments.services import deposits, journal, leases, quotas, receiving
from assessments.services.errors import Denied, Refused, conflicts_refused
from assessments.services.locking import wait_for_locks
from certification import space

PATIENCE = 15
"""Seconds that a last piece waits for the journal: sent again, it might be late by our fault."""


def part_path(upload: Upload) -> Path:
    """Where the pieces of an upload are gathered, on the web machines' own (or shared) disk."""
    return receiving.folder() / f"{upload.pk}.part"


@transaction.atomic
def start(*, actor: User, work: Work, file_name: str, size: int, received_at: datetime | None = None) -> Upload:
    """Open an upload of ``size`` bytes; an earlier one not yet received whole is dropped.

    ``received_at`` is the moment of the last byte where the file has come already. Raises Denied,
    Refused("deposit.state"), ("deposit.too_late"), ("upload.empty"), ("upload.too_large"), Busy, those of
    ``quotas.require_room``, and OSError(ENOSPC) where the disk has no room for it.
    """
    work = deposits.held_work(work.pk)
    deposits.require(actor=actor, work=work, received_at=received_at)
    _require_size(file_name, size)
    drop(Upload.objects.filter(work=work, state=UploadState.RECEIVING))
    quotas.require_room(person=actor, size=size)
    space.require_space(size if received_at else 2 * size)  # as it is kept, and as it comes where it has not come yet
    name = Path(file_name.replace("\\", "/")).name[:255]
    upload = Upload.objects.create(work=work, file_name=name, size=size)
    quotas.begin(upload, person=actor)
    return upload


def _require_size(file_name: str, size: int) -> None:
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


def resume_at(upload: Upload) -> int:
    """Where the next piece starts: what the row says, or less where the disk has lost what was written last."""
    if upload.state != UploadState.RECEIVING or upload.offset == 0:
        return upload.offset
    try:
        return min(upload.offset, part_path(upload).stat().st_size)
    except FileNotFoundError:
        return 0


def append(*, upload: Upload, offset: int, pieces: Iterable[bytes], received_at: datetime | None = None) -> Upload:
    """Write ``pieces`` at ``offset``; the last byte starts the inspection. Returns the refreshed upload.

    What comes is received whole into a file of its own; then only is the row locked, without waiting for it, so that
    two tabs cannot interleave and no lock lasts as long as somebody's connection. ``received_at`` is the moment of
    the last byte of ``pieces`` where the web server has told it. Raises Refused("upload.offset") when the offset is
    not the one expected (the client asks for it and goes on), ("upload.overflow") when more comes than was announced,
    ("upload.too_many"), ("upload.slow"), ("upload.gone"), Busy, and what ``deposits.require_open`` raises.
    """
    _require_offset(upload, offset)
    deposits.require_open(work=upload.work, now=received_at)
    most, person_id = upload.size - offset, upload.work.enrolment.candidate_id
    with receiving.received(pieces, most=most, person_id=person_id) as piece:
        if offset and offset + piece.stat().st_size == upload.size:
            with suppress(FileNotFoundError):  # dropped meanwhile, which is told once the row is asked for
                receiving.make_lasting(part_path(upload))  # before any row is held: what is left then is a piece
        return _join(upload, offset, piece, received_at or timezone.now())


def take(*, upload: Upload, file: File[Any], received_at: datetime | None = None) -> Upload:
    """Take a whole file that a form brought; what it may raise is what ``append`` may."""
    with receiving.taken(file, person_id=upload.work.enrolment.candidate_id) as whole:
        receiving.make_lasting(whole)
        return _join(upload, 0, whole, received_at or timezone.now())


@transaction.atomic
def _join(upload: Upload, offset: int, piece: Path, moment: datetime) -> Upload:
    wait_for_locks(PATIENCE)
    row = deposits.held_upload(upload.pk)
    _require_offset(row, offset)
    deposits.require_open(work=row.work, now=moment)
    length = piece.stat().st_size
    row.offset = receiving.join(piece, part_path(row), offset=offset)
    if row.offset == row.size:
        _received_whole(row, moment)
    row.save()
    quotas.count(row, size=length, at=moment)
    return row


def _require_offset(upload: Upload, offset: int) -> None:
    expected = resume_at(upload)
    if upload.state != UploadState.RECEIVING or offset != expected:
        raise Refused("upload.offset", _("L’envoi a repris ailleurs : position attendue %(offset)d."), offset=expected)


def _received_whole(row: Upload, moment: datetime) -> None:
    """What the deadline is judged on is written down with the deadline of that moment."""
    receiving.make_lasting(part_path(row))
    row.state, row.received_at = UploadState.INSPECTING, moment
    leases.make_due(row, AWAITED)
    enrolment = row.work.enrolment
    deadline = enrolment.session.deposit_deadline
    journal.record(
        enrolment.candidate, "upload.received", row,
        work=row.work_id, size=row.size, received_at=moment.isoformat(), deadline=deadline.isoformat(),
    )  # fmt: skip
    ring(INSPECT, row.pk)


@transaction.atomic
def discard(*, actor: User, upload: Upload) -> None:
    """Drop an upload that was not submitted; a bundle that a submission holds stays.

    Raises Denied; Refused("upload.last") after the deadline for the one file that may still be submitted; Busy;
    ("upload.gone").
    """
    if not policies.is_depositor(actor, upload.work):
        raise Denied
    row = deposits.held_upload(upload.pk)
    if _is_last_chance(row):
        raise Refused(
            "upload.last",
            _("La date limite est passée : cette archive, reçue à temps, ne pourrait plus être remplacée. Elle reste."),
        )
    journal.record(actor, "upload.discarded", row, work=row.work_id, sha256=row.bundle_id or "")
    drop(Upload.objects.filter(pk=row.pk))


def _is_last_chance(upload: Upload) -> bool:
    deadline = upload.work.enrolment.session.deposit_deadline
    passed = not in_time(deadline, received_at=None, now=timezone.now())
    return passed and deposits.awaits_version(upload.work) and counts(upload, deadline)


def drop(uploads: QuerySet[Upload], *, skip_held: bool = False) -> list[Upload]:
    """Forget these, in the caller's transaction, and what lies there of them; which they were. Raises Busy."""
    free = uploads.select_for_update(of=("self",), nowait=not skip_held, skip_locked=skip_held)
    with conflicts_refused():
        rows = list(free.order_by("pk"))
    for row in rows:
        transaction.on_commit(partial(part_path(row).unlink, missing_ok=True))
    Upload.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return rows
