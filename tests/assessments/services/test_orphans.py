"""What no row names is erased after the time of grace, and nothing else; the same content may come meanwhile."""

from __future__ import annotations

import io
import os
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.utils import InternalError
from django.utils import timezone

from assessments.models import Bundle, EvidenceFile, Upload
from assessments.services import bundles, inspections, orphans, receiving, submissions, uploads
from tests import factories
from tests.factories import World
from tests.web.test_candidate import zipped
from tests.workers import until


@pytest.fixture
def world(transactional_db: None, settings: Any) -> World:
    for orphan in orphans.collect():
        assert orphan
    return factories.world()


pytestmark = pytest.mark.django_db(transaction=True)


def aged(*paths: Path) -> None:
    """As if they had been written two days ago."""
    long_ago = time.time() - 48 * 3600
    for path in paths:
        os.utime(path, (long_ago, long_ago))


def stored(key: str) -> Path:
    return Path(default_storage.path(key))


def accepted(world: World, content: bytes) -> Upload:
    upload = uploads.start(actor=world.candidate, work=world.work, file_name="projet.zip", size=len(content))
    uploads.append(upload=upload, offset=0, pieces=[content])
    inspections.serve()
    upload = Upload.objects.get(pk=upload.pk)
    assert upload.bundle is not None
    aged(stored(upload.bundle.storage_key))
    return upload


def kinds(found: list[orphans.Orphan]) -> list[str]:
    return sorted(orphan.kind for orphan in found)


def test_a_withdrawn_archive_is_erased_and_a_named_one_stays(world: World) -> None:
    kept = accepted(world, zipped(a__md=str(timezone.now())))
    submissions.submit(actor=world.candidate, upload=kept)
    other = factories.world()
    waiting = accepted(other, zipped(b__md=str(timezone.now())))
    third = factories.world()
    gone = accepted(third, zipped(c__md=str(timezone.now())))
    uploads.discard(actor=third.candidate, upload=gone)
    assert kinds(orphans.collect(dry_run=True)) == ["bundle"]
    assert stored(gone.bundle.storage_key).exists()
    assert kinds(orphans.collect()) == ["bundle"]
    assert not stored(gone.bundle.storage_key).exists()
    assert not Bundle.objects.filter(pk=gone.bundle_id).exists()
    for upload in (kept, waiting):
        assert stored(upload.bundle.storage_key).exists()
    assert orphans.collect() == []


def test_the_database_refuses_to_lose_an_archive_that_is_named(world: World) -> None:
    submission = factories.submitted(world)
    with pytest.raises((IntegrityError, InternalError)), connection.cursor() as cursor:
        cursor.execute("DELETE FROM assessments_bundle WHERE sha256 = %s", [submission.bundle_id])
    with pytest.raises((IntegrityError, InternalError)), connection.cursor() as cursor:
        cursor.execute("UPDATE assessments_bundle SET size = 1 WHERE sha256 = %s", [submission.bundle_id])
    assert not bundles.erase(sha256=submission.bundle_id)


def test_the_same_content_that_comes_back_during_its_erasure_is_stored_anew(world: World) -> None:
    content = zipped(a__md=str(timezone.now()))
    upload = accepted(world, content)
    uploads.discard(actor=world.candidate, upload=upload)
    again = uploads.start(actor=world.candidate, work=world.work, file_name="projet.zip", size=len(content))
    uploads.append(upload=again, offset=0, pieces=[content])

    def inspect() -> None:
        try:
            inspections.serve()
        finally:
            connection.close()

    inspecting = threading.Thread(target=inspect)
    with transaction.atomic():
        bundles.hold(str(upload.bundle_id))
        inspecting.start()
        until(_somebody_waits, "the inspection waits for the erasure")
        assert bundles.erase(sha256=str(upload.bundle_id))
    inspecting.join()
    found = Upload.objects.get(pk=again.pk)
    assert found.state == "accepted"
    assert found.bundle is not None
    assert stored(found.bundle.storage_key).read_bytes() == content


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
        )
        return bool(cursor.fetchone()[0])


def test_halves_and_temporary_files_go_and_parts_of_uploads_stay(world: World) -> None:
    upload = uploads.start(actor=world.candidate, work=world.work, file_name="projet.zip", size=10)
    uploads.append(upload=upload, offset=0, pieces=[b"abc"])
    half = stored(default_storage.save("bundles/ab/" + "ab" * 32 + ".0123456789abcdef.partial", ContentFile(b"x")))
    lost = receiving.folder() / "999999999.part"
    temporary, young = receiving.folder() / "1-aa.piece", receiving.folder() / "tmpyoung.upload"
    for path in (lost, temporary, young):
        path.write_bytes(b"x")
    aged(half, lost, temporary, uploads.part_path(upload))
    assert kinds(orphans.collect()) == ["part", "partial", "temporary"]
    assert uploads.part_path(upload).exists()
    assert young.exists()
    young.unlink()


def test_an_upload_that_nobody_finishes_is_thrown_away(world: World, settings: Any) -> None:
    upload = uploads.start(actor=world.candidate, work=world.work, file_name="projet.zip", size=10)
    uploads.append(upload=upload, offset=0, pieces=[b"abc"])
    assert orphans.collect() == []
    long_ago = timezone.now() - timedelta(days=settings.UPLOAD_DAYS + 1)
    Upload.objects.update(created_at=long_ago)
    upload.intake.__class__.objects.update(at=long_ago)
    assert kinds(orphans.collect()) == ["upload"]
    assert not uploads.part_path(upload).exists()


def test_evidence_is_never_looked_at(world: World) -> None:
    picture = EvidenceFile.objects.create(
        submission=factories.submitted(world), sha256="ab" * 32, media_type="image/png"
    )
    for key in (picture.storage_key, "evidence/cd/" + "cd" * 32, "documents/cd/" + "cd" * 32):
        if not default_storage.exists(key):
            default_storage.save(key, ContentFile(b"x"))
        aged(stored(key))
    assert orphans.collect() == []


def test_the_command_says_what_it_would_erase(world: World) -> None:
    upload = accepted(world, zipped(a__md=str(timezone.now())))
    uploads.discard(actor=world.candidate, upload=upload)
    out = io.StringIO()
    call_command("collect", "--dry-run", stdout=out)
    assert str(upload.bundle_id) in out.getvalue()
    assert "1 à effacer" in out.getvalue()
    assert stored(upload.bundle.storage_key).exists()
