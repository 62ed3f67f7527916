"""The reading of imports by a worker, and the purge of old ones. Safe to deliver twice.

When a worker dies the file, still in storage, is read from its start by the next one. Whoever throws an import away
deletes its row: the reader notices and stops.
"""

from __future__ import annotations

import json
import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from assessments.dispatch import READ_IMPORT
from assessments.domain.leases import AWAITED
from assessments.models import ReferentialImport
from assessments.models.imports import ImportState
from assessments.services import leases, storage
from assessments.services.leases import Kind, LeaseLost
from certification.referentials import importers
from certification.referentials.importers.base import Imported, ImportRefused, named_after

FOLDER = "imports"


KIND = Kind(
    model=ReferentialImport,
    task=READ_IMPORT,
    policy=AWAITED,
    waiting={"state": ImportState.READING},
    held={},
    dead=lambda row: {"state": ImportState.STUCK, "touched_at": Now()},
)


def read(*, import_id: int) -> None:
    """Read a received file in a bounded child, and keep what was understood, or why nothing was."""
    row = leases.claim(KIND, import_id)
    if row is None:
        return
    with leases.hold(KIND, row):
        try:
            with storage.local_path(row.source_key) as path:
                found = _read(row, path)
        except ImportRefused as refused:
            _settle(row, ImportState.REFUSED, fault=refused.as_json())
        else:
            _keep(row, named_after(found, row.file_name))


def _read(row: ReferentialImport, path: Path) -> Imported:
    def told(read: int, total: int, seen: int) -> None:
        if not leases.held(KIND, row).update(bytes_read=read, bytes_total=total, fiches_seen=seen):
            raise LeaseLost

    path.stat()  # a file that storage has lost is our fault, not that of what it holds
    return importers.read(row.kind, path, {"fiche": row.fiche} if row.fiche else {}, told)


@transaction.atomic
def _keep(row: ReferentialImport, imported: Imported) -> None:
    """The content first, then the row that names it."""
    if not leases.held(KIND, row).select_for_update().exists():
        raise LeaseLost
    write_content(row, row.version + 1, imported)
    _settle(row, ImportState.READY, version=row.version + 1)
    drop_later(row.content_key(row.version))


def _settle(row: ReferentialImport, state: ImportState, **fields: Any) -> None:
    leases.settle(KIND, row, state=state, touched_at=Now(), **fields)


def purge() -> int:
    """Forget imports that nobody has touched for IMPORT_DAYS, and files that no import knows. Returns how many."""
    before = timezone.now() - timedelta(days=settings.IMPORT_DAYS)
    left = list(ReferentialImport.objects.filter(touched_at__lt=before).exclude(state=ImportState.READING))
    for row in left:
        with transaction.atomic():
            forget(row)
    return len(left) + sum(_purged(name, before) for name in _folders())


def _folders() -> list[str]:
    try:
        return default_storage.listdir(FOLDER)[0]
    except FileNotFoundError:  # nothing was ever imported
        return []


def _purged(name: str, before: datetime) -> bool:
    """Drop a folder that no row names, as a web process killed between the file and the row leaves one."""
    folder = f"{FOLDER}/{name}"
    if _is_key(name) and ReferentialImport.objects.filter(key=name).exists():
        return False
    files = [f"{folder}/{each}" for each in default_storage.listdir(folder)[1]]
    if any(default_storage.get_modified_time(each) >= before for each in files):
        return False
    _drop(*files, folder)
    return True


def _is_key(name: str) -> bool:
    try:
        return bool(uuid.UUID(name))
    except ValueError:
        return False


def forget(row: ReferentialImport) -> None:
    """Delete the row, and its files once the transaction commits."""
    ReferentialImport.objects.filter(pk=row.pk).delete()
    drop_later(row.source_key, row.content_key(row.version), row.content_key(row.version + 1), row.folder)


def write_content(row: ReferentialImport, version: int, imported: Imported) -> None:
    """Write what was understood; what an interrupted attempt left under the same name is replaced."""
    name = row.content_key(version)
    default_storage.delete(name)
    default_storage.save(name, ContentFile(json.dumps(imported.as_json(), ensure_ascii=False).encode()))


def drop_later(*names: str) -> None:
    """Delete files, then the folders that are empty without them, once the transaction commits."""
    transaction.on_commit(lambda: _drop(*names))


def _drop(*names: str) -> None:
    for name in names:
        try:
            default_storage.delete(name)
        except OSError:  # a folder that something is still written in: a later purge takes it
            continue
