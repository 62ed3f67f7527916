"""Archives by content: kept once whoever brings them, erased when no upload and no submission names them."""

from __future__ import annotations

from pathlib import Path

from django.core.files.storage import default_storage
from django.db import transaction

from assessments.models import Bundle, Submission, Upload
from assessments.services import locking, storage


def hold(sha256: str) -> None:
    """Until the transaction ends nobody else keeps or erases this content."""
    locking.hold(locking.Lock.CONTENT, int(sha256[:8], 16))


def keep(bundle: Bundle, path: Path) -> None:
    """Store the file and its row, where they are not yet, in the caller's transaction, which goes on to name them."""
    hold(bundle.sha256)
    storage.keep_file(bundle.storage_key, path)
    Bundle.objects.bulk_create([bundle], ignore_conflicts=True)


def named_among(digests: set[str]) -> set[str]:
    """Those that an upload or a submission names."""
    return {
        digest
        for model in (Upload, Submission)
        for digest in model.objects.filter(bundle__in=digests).values_list("bundle_id", flat=True)
    }


@transaction.atomic
def erase(*, sha256: str) -> bool:
    """Erase a content that nothing names, its row and its file; False, and nothing done, where something does.

    The file goes before the transaction ends, under the lock that whoever brings the same content waits for: they
    find neither file nor row, and store both anew. A row without a file that a crash leaves is named by nothing.
    """
    hold(sha256)
    if named_among({sha256}):
        return False
    Bundle.objects.filter(pk=sha256).delete()
    default_storage.delete(Bundle(sha256=sha256).storage_key)
    return True
