"""What no row names: archives withdrawn, halves of files, temporary files of killed processes. Erased after a while.

Evidence and documents are never looked at: nothing of them is withdrawn.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from stat import S_ISREG

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from assessments.models import Bundle, Upload
from assessments.models.works import UploadState
from assessments.services import bundles, quotas, receiving, uploads

logger = logging.getLogger(__name__)

FOLDER = "bundles"
_PARTIAL = re.compile(r"\.[0-9a-f]{16}\.partial$")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_PART = re.compile(r"(\d+)\.part")
_HAS_PART = (UploadState.RECEIVING, UploadState.INSPECTING, UploadState.STUCK)


@dataclass(frozen=True, slots=True)
class Orphan:
    """``kind`` is bundle, row (a bundle without a file), partial, upload, part or temporary."""

    kind: str
    name: str
    size: int


def collect(*, dry_run: bool = False) -> list[Orphan]:
    """Erase what no row has named for the time of grace; return what was, or with ``dry_run`` would be, erased."""
    before = timezone.now() - timedelta(hours=settings.ORPHAN_HOURS)
    found = [*_abandoned(), *_in_storage("", before), *_rows(before), *_temporary(before)]
    if dry_run:
        return found
    erased = [orphan for orphan in found if _ERASE[orphan.kind](orphan)]
    quotas.forget_old()
    for orphan in erased:
        logger.info("erased the %s %s of %d bytes, which no row names", orphan.kind, orphan.name, orphan.size)
    return erased


def _abandoned() -> Iterator[Orphan]:
    """Uploads that nobody came back to finish."""
    before = timezone.now() - timedelta(days=settings.UPLOAD_DAYS)
    silent = Q(intake__isnull=True) | Q(intake__at__lt=before)
    rows = Upload.objects.filter(silent, state=UploadState.RECEIVING, created_at__lt=before)
    return (Orphan("upload", str(row.pk), row.offset) for row in rows)


def _in_storage(folder: str, before: datetime) -> Iterator[Orphan]:
    """Halves of files anywhere in storage, and archives by content that nothing names."""
    try:
        folders, names = default_storage.listdir(folder)
    except FileNotFoundError:  # nothing has been stored yet, or another collection was faster
        return
    for each in folders:
        yield from _in_storage(str(PurePosixPath(folder, each)), before)
    digests = {name for name in names if _SHA256.fullmatch(name)} if folder.startswith(FOLDER) else set()
    unnamed = digests - bundles.named_among(digests) if digests else set()
    for name in names:
        path = str(PurePosixPath(folder, name))
        if (name in unnamed or _PARTIAL.search(name)) and (size := _old(path, before)) is not None:
            yield Orphan("bundle" if name in unnamed else "partial", path, size)


def _old(path: str, before: datetime) -> int | None:
    """The size of a stored file last written before then; None for others, and for one that has gone."""
    try:
        return default_storage.size(path) if default_storage.get_modified_time(path) < before else None
    except FileNotFoundError:
        return None


def _rows(before: datetime) -> Iterator[Orphan]:
    """Rows of archives whose file a killed collection has erased already."""
    rows = Bundle.objects.filter(created_at__lt=before, uploads__isnull=True, submissions__isnull=True)
    return (Orphan("row", row.sha256, 0) for row in rows if not default_storage.exists(row.storage_key))


def _temporary(before: datetime) -> Iterator[Orphan]:
    """What lies where files are received: parts of uploads that are no more, and what killed processes left."""
    parts = {str(pk) for pk in Upload.objects.filter(state__in=_HAS_PART).values_list("pk", flat=True)}
    for path in receiving.folder().iterdir():
        named = _PART.fullmatch(path.name)
        if named and named[1] in parts:
            continue
        with suppress(FileNotFoundError):  # it has arrived meanwhile
            state = path.stat()
            if S_ISREG(state.st_mode) and state.st_mtime < before.timestamp():
                yield Orphan("part" if named else "temporary", path.name, state.st_size)


def _erase_bundle(orphan: Orphan) -> bool:
    return bundles.erase(sha256=PurePosixPath(orphan.name).name)


def _erase_stored(orphan: Orphan) -> bool:
    default_storage.delete(orphan.name)
    return True


def _erase_upload(orphan: Orphan) -> bool:
    with transaction.atomic():
        abandoned = Upload.objects.filter(pk=orphan.name, state=UploadState.RECEIVING)
        return bool(uploads.drop(abandoned, skip_held=True))


def _erase_temporary(orphan: Orphan) -> bool:
    (receiving.folder() / Path(orphan.name).name).unlink(missing_ok=True)
    return True


_ERASE = {
    "bundle": _erase_bundle,
    "row": _erase_bundle,
    "partial": _erase_stored,
    "upload": _erase_upload,
    "part": _erase_temporary,
    "temporary": _erase_temporary,
}
