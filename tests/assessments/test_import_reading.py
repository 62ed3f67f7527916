"""The reading of imports: a row as the ledger, a task that may be delivered twice, a worker that may die."""

from __future__ import annotations

import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.utils import timezone

from assessments import tasks
from assessments.models import ReferentialImport
from assessments.models.imports import ImportState
from assessments.services import import_reading, imports, leases
from assessments.services.errors import Denied, Refused
from assessments.services.sweeping import sweep
from certification.referentials import importers
from tests import factories
from tests.factories import World
from tests.referentials import large_flux, office

TABLE = "Bloc\tCompétence\tCritère\n1 – Dire\tC1 – Lire\tTout est lu\n"
TWO = office.bloc("1", "Lire", "Lire\nDire")


@pytest.fixture
def world(db: None) -> World:
    return factories.world()


def received(world: World, content: bytes = TABLE.encode(), name: str = "a.tsv", fiche: str = "") -> ReferentialImport:
    return imports.receive(actor=world.administrator, file=ContentFile(content), file_name=name, fiche=fiche)


def again(row: ReferentialImport) -> ReferentialImport:
    return ReferentialImport.objects.get(pk=row.pk)


def late(row: ReferentialImport) -> None:
    ReferentialImport.objects.filter(pk=row.pk).update(lease_expires_at=timezone.now() - timedelta(seconds=1))


def test_a_file_is_read_once_however_often_the_task_comes(world: World) -> None:
    row = received(world)
    import_reading.read(import_id=row.pk)
    import_reading.read(import_id=row.pk)
    row = again(row)
    assert (row.state, row.version, row.attempts, row.lease_token) == (ImportState.READY, 1, 1, None)
    assert imports.pending_of(row).imported.tree["blocs"][0]["title"] == "Dire"


def test_one_at_a_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    row = received(world)
    reads: list[int] = []

    def read(*args: Any) -> Any:
        reads.append(1)
        import_reading.read(import_id=row.pk)  # delivered a second time meanwhile
        return original(*args)

    original = importers.read
    monkeypatch.setattr(importers, "read", read)
    import_reading.read(import_id=row.pk)
    assert (len(reads), again(row).state) == (1, ImportState.READY)


def test_a_dead_worker_is_replaced_and_three_deaths_are_enough(world: World) -> None:
    row = received(world)
    for attempt in (1, 2, 3):
        claimed = leases.claim(import_reading.KIND, row.pk)
        assert claimed is not None
        assert claimed.attempts == attempt
        assert leases.claim(import_reading.KIND, row.pk) is None
        late(row)
        assert sweep(import_reading.KIND) == (1 if attempt < 3 else 0)
    assert again(row).state == ImportState.STUCK
    imports.reread(actor=world.administrator, key=row.key, fiche="")
    import_reading.read(import_id=row.pk)
    assert again(row).state == ImportState.READY


def test_a_worker_that_lost_its_lease_writes_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    row = received(world)
    original = importers.read

    def read(*args: Any) -> Any:
        found = original(*args)
        ReferentialImport.objects.filter(pk=row.pk).update(lease_token=uuid.uuid4())
        return found

    monkeypatch.setattr(importers, "read", read)
    import_reading.read(import_id=row.pk)
    assert (again(row).state, again(row).version) == (ImportState.READING, 0)


def test_progress_is_told_and_an_import_thrown_away_stops_its_reader(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importers, "TELL_SECONDS", 0.02)
    path = tmp_path / "flux.xml"
    large_flux.write(path, 30_000_000)
    with path.open("rb") as stream:
        row = imports.receive(actor=world.administrator, file=File(stream), file_name="flux.xml", fiche="RNCP99")
    seen: list[int] = []
    original = leases.held

    def held(kind: Any, row: ReferentialImport) -> Any:
        seen.append(again(row).bytes_read if ReferentialImport.objects.filter(pk=row.pk).exists() else -1)
        if len(seen) == 4:
            imports.discard(actor=world.administrator, key=row.key)
        return original(kind, row)

    monkeypatch.setattr(leases, "held", held)
    import_reading.read(import_id=row.pk)
    assert len(seen) == 4  # the fourth time nothing was held any more, and the child was ended
    assert seen == sorted(seen)
    assert not ReferentialImport.objects.exists()


def test_another_fiche_of_the_same_file(world: World, tmp_path: Path) -> None:
    path = office.flux(tmp_path / "f.xml", office.fiche("RNCP1", TWO), office.fiche("RNCP2", TWO))
    row = received(world, path.read_bytes(), "f.xml", fiche="RNCP3")
    import_reading.read(import_id=row.pk)
    row = again(row)
    assert (row.state, row.fault["message"]["code"]) == (ImportState.REFUSED, "read.no_such_fiche")
    imports.reread(actor=world.administrator, key=row.key, fiche="RNCP2")
    import_reading.read(import_id=row.pk)
    assert imports.pending_of(again(row)).imported.tree["code"] == "rncp2"


def test_a_file_that_storage_has_lost_is_our_fault(world: World) -> None:
    row = received(world)
    default_storage.delete(row.source_key)
    for _ in range(3):
        import_reading.read(import_id=row.pk)
        ReferentialImport.objects.filter(pk=row.pk, due_at__isnull=False).update(due_at=timezone.now())
    assert (again(row).state, again(row).fault_code) == (ImportState.STUCK, "engine.storage")


def test_only_administrators_and_each_their_own(world: World) -> None:
    with pytest.raises(Denied):
        imports.receive(actor=world.candidate, file=ContentFile(b"x"), file_name="a.csv")
    row = received(world)
    with pytest.raises(Refused):
        imports.reread(actor=world.administrator, key=row.key, fiche="")  # being read
    assert not ReferentialImport.objects.visible_to(world.candidate).exists()


def test_what_is_abandoned_is_purged(world: World, settings: Any, django_capture_on_commit_callbacks: Any) -> None:
    settings.IMPORT_DAYS = 2
    old, recent, reading = (received(world) for _ in range(3))
    for row in (old, recent):
        import_reading.read(import_id=row.pk)
    long_ago = timezone.now() - timedelta(days=3)
    ReferentialImport.objects.exclude(pk=recent.pk).update(touched_at=long_ago)
    with django_capture_on_commit_callbacks(execute=True):
        tasks.purge_imports()
    assert set(ReferentialImport.objects.values_list("pk", flat=True)) == {recent.pk, reading.pk}
    assert not default_storage.exists(old.folder)
    assert default_storage.exists(recent.source_key)


def test_files_that_no_import_knows_are_purged_once_old(world: World, settings: Any) -> None:
    row = received(world)
    stray = f"imports/{uuid.uuid4()}"
    default_storage.save(f"{stray}/source", ContentFile(b"x"))
    default_storage.save("imports/7/3f.json", ContentFile(b"{}"))
    import_reading.purge()
    assert default_storage.exists(f"{stray}/source")
    settings.IMPORT_DAYS = -1  # everything is older than tomorrow; what is being read is left alone
    import_reading.purge()
    assert not default_storage.exists(stray)
    assert not default_storage.exists("imports/7")
    assert default_storage.exists(row.source_key)
