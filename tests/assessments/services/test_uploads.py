"""Receiving: judged at the last byte, without a lock while bytes come, and refused by name."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.db import connection, transaction
from django.utils import timezone

from assessments.models import JournalEntry, Session, Submission, Upload, Work
from assessments.models.works import UploadState
from assessments.services import inspections, receiving, submissions, uploads
from assessments.services.errors import Denied, Refused
from tests import factories
from tests.factories import World
from tests.web.test_candidate import zipped

CONTENT = zipped(README__md="# Projet")


@pytest.fixture
def world(db: None) -> World:
    return factories.world()


def started(world: World, size: int = len(CONTENT)) -> Upload:
    return uploads.start(actor=world.candidate, work=world.work, file_name="projet.zip", size=size)


def received(world: World) -> Upload:
    return uploads.append(upload=started(world), offset=0, pieces=[CONTENT])


def close_deposits(world: World, *, ago: timedelta = timedelta(minutes=1)) -> None:
    Session.objects.filter(pk=world.session.pk).update(deposit_deadline=timezone.now() - ago)
    world.work.enrolment.session.refresh_from_db()


def code_of(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.code


def fresh(upload: Upload) -> Upload:
    return Upload.objects.get(pk=upload.pk)


# The deadline


def test_what_came_whole_before_the_deadline_is_submitted_after_it(world: World) -> None:
    upload = received(world)
    Upload.objects.update(received_at=timezone.now() - timedelta(hours=1))
    close_deposits(world)
    inspections.serve()
    submission = submissions.submit(actor=world.candidate, upload=fresh(upload))
    assert submission.number == 1
    told = JournalEntry.objects.get(verb="work.submit").payload
    assert told["received_at"] < told["deadline"]


def test_a_fault_of_ours_does_not_make_a_file_late(world: World) -> None:
    upload = received(world)
    early = timezone.now() - timedelta(hours=1)
    Upload.objects.update(received_at=early, state=UploadState.STUCK, due_at=None, fault_code="sandbox.unavailable")
    close_deposits(world)
    inspections.retry(actor=world.administrator, upload=fresh(upload))
    inspections.serve()
    assert fresh(upload).received_at == early
    assert submissions.submit(actor=world.candidate, upload=fresh(upload)).number == 1


def test_what_came_whole_after_the_deadline_is_not_submitted(world: World) -> None:
    upload = received(world)
    inspections.serve()
    close_deposits(world)
    assert code_of(lambda: submissions.submit(actor=world.candidate, upload=fresh(upload))) == "deposit.too_late"
    assert not Submission.objects.exists()


def test_a_last_piece_after_the_deadline_is_refused_by_name(world: World) -> None:
    upload = uploads.append(upload=started(world), offset=0, pieces=[CONTENT[:10]])
    close_deposits(world)
    late = fresh(upload)
    assert code_of(lambda: uploads.append(upload=late, offset=10, pieces=[CONTENT[10:]])) == "deposit.too_late"
    assert fresh(upload).state == UploadState.RECEIVING


def test_the_moment_that_the_web_server_tells_is_the_one_judged(world: World) -> None:
    upload = started(world)
    close_deposits(world)
    moment = timezone.now() - timedelta(hours=1)
    received = uploads.append(upload=fresh(upload), offset=0, pieces=[CONTENT], received_at=moment)
    assert (received.state, received.received_at) == (UploadState.INSPECTING, moment)
    assert JournalEntry.objects.get(verb="upload.received").payload["received_at"] == moment.isoformat()


def test_the_one_file_that_still_counts_is_not_thrown_away_after_the_deadline(world: World) -> None:
    upload = received(world)
    Upload.objects.update(received_at=timezone.now() - timedelta(hours=1))
    close_deposits(world)
    assert code_of(lambda: uploads.discard(actor=world.candidate, upload=fresh(upload))) == "upload.last"
    Upload.objects.update(state=UploadState.REFUSED)
    uploads.discard(actor=world.candidate, upload=fresh(upload))
    assert not Upload.objects.exists()


def test_a_work_that_awaits_no_version_says_so(world: World) -> None:
    upload = started(world)
    Work.objects.filter(pk=world.work.pk).update(state="in_review")
    assert code_of(lambda: started(world)) == "deposit.state"
    assert code_of(lambda: uploads.append(upload=fresh(upload), offset=0, pieces=[CONTENT])) == "deposit.state"


def test_nobody_else_deposits(world: World) -> None:
    for somebody in (world.mentor, world.administrator, factories.world().candidate):
        with pytest.raises(Denied):
            uploads.start(actor=somebody, work=world.work, file_name="projet.zip", size=3)
        with pytest.raises(Denied):
            uploads.discard(actor=somebody, upload=started(world))


# Bytes


def test_a_whole_file_of_a_form_is_not_copied(world: World, tmp_path: Any) -> None:
    file = TemporaryUploadedFile("projet.zip", "application/zip", len(CONTENT), None)
    file.write(CONTENT)
    file.seek(0)
    upload = uploads.take(upload=started(world), file=file)
    assert uploads.part_path(upload).samefile(file.temporary_file_path())
    file.close()
    assert uploads.part_path(upload).read_bytes() == CONTENT


def test_a_small_file_of_a_form_is_written(world: World) -> None:
    upload = uploads.take(upload=started(world), file=SimpleUploadedFile("projet.zip", CONTENT))
    assert uploads.part_path(upload).read_bytes() == CONTENT


def test_what_the_disk_has_lost_is_asked_for_again_and_is_nobodys_fault(world: World) -> None:
    upload = uploads.append(upload=started(world), offset=0, pieces=[CONTENT[:20]])
    with uploads.part_path(upload).open("r+b") as part:
        part.truncate(5)
    with pytest.raises(Refused) as refused:
        uploads.append(upload=fresh(upload), offset=20, pieces=[CONTENT[20:]])
    assert refused.value.params == {"offset": 5}
    uploads.append(upload=fresh(upload), offset=5, pieces=[CONTENT[5:]])
    assert uploads.part_path(upload).read_bytes() == CONTENT


def test_a_refused_piece_leaves_nothing(world: World) -> None:
    upload = started(world, size=3)
    assert code_of(lambda: uploads.append(upload=upload, offset=0, pieces=[b"abcd"])) == "upload.overflow"
    assert list(receiving.folder().glob("*.piece")) == []
    assert fresh(upload).offset == 0


def test_pieces_of_one_person_on_the_way_are_bounded(world: World) -> None:
    upload = started(world)
    for number in range(receiving.AT_ONCE):
        (receiving.folder() / f"{world.candidate.pk}-{number:016x}.piece").touch()
    try:
        assert code_of(lambda: uploads.append(upload=upload, offset=0, pieces=[CONTENT])) == "upload.too_many"
        other = factories.world()
        assert uploads.append(upload=started(other), offset=0, pieces=[CONTENT]).state == UploadState.INSPECTING
    finally:
        for path in receiving.folder().glob("*.piece"):
            path.unlink()


def test_a_connection_that_is_too_slow_is_given_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(0, 10_000, 60))
    monkeypatch.setattr("assessments.services.receiving.time.monotonic", lambda: next(clock))
    pieces = (bytes([byte]) for byte in CONTENT)
    assert code_of(lambda: uploads.append(upload=started(world), offset=0, pieces=pieces)) == "upload.slow"


# Locks


@pytest.fixture
def elsewhere(transactional_db: None) -> Iterator[Callable[[Callable[[], Any]], None]]:
    """Have rows locked on another connection until the test ends."""
    threads: list[threading.Thread] = []
    over = threading.Event()

    def hold(lock: Callable[[], Any]) -> None:
        held = threading.Event()

        def keep() -> None:
            try:
                with transaction.atomic():
                    lock()
                    held.set()
                    over.wait(60)
            finally:
                connection.close()

        threads.append(threading.Thread(target=keep))
        threads[-1].start()
        assert held.wait(30)

    yield hold
    over.set()
    for thread in threads:
        thread.join()


def test_a_version_takes_the_place_of_every_other_upload_of_its_work(world: World) -> None:
    accepted = received(world)
    inspections.serve()
    begun = started(world)
    uploads.append(upload=begun, offset=0, pieces=[CONTENT[:4]])
    submissions.submit(actor=world.candidate, upload=fresh(accepted))
    assert not Upload.objects.filter(work=world.work).exists()
    assert JournalEntry.objects.get(verb="upload.discarded").object_id == begun.pk


@pytest.mark.django_db(transaction=True)
def test_what_lay_of_them_is_erased(world: World) -> None:
    accepted = received(world)
    inspections.serve()
    begun = started(world)
    uploads.append(upload=begun, offset=0, pieces=[CONTENT[:4]])
    submissions.submit(actor=world.candidate, upload=fresh(accepted))
    assert not uploads.part_path(begun).exists()


def test_a_last_piece_whose_upload_was_dropped_meanwhile_is_told_so(world: World) -> None:
    upload = uploads.append(upload=started(world), offset=0, pieces=[CONTENT[:4]])

    def last() -> Iterator[bytes]:
        uploads.discard(actor=world.candidate, upload=upload)
        uploads.part_path(upload).unlink(missing_ok=True)  # as at the end of the transaction
        yield CONTENT[4:]

    assert code_of(lambda: uploads.append(upload=upload, offset=4, pieces=last())) == "upload.gone"


@pytest.mark.django_db(transaction=True)
def test_no_row_is_locked_while_bytes_come(world: World) -> None:
    upload = started(world)
    seen: list[object] = []

    def slowly() -> Iterator[bytes]:
        yield CONTENT[:10]
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
        yield CONTENT[10:]

    def look() -> None:
        try:
            with transaction.atomic():
                seen.append(Upload.objects.select_for_update(nowait=True).get(pk=upload.pk).offset)
                seen.append(Work.objects.select_for_update(nowait=True).get(pk=world.work.pk).pk)
        finally:
            connection.close()

    uploads.append(upload=upload, offset=0, pieces=slowly())
    assert seen == [0, world.work.pk]


@pytest.mark.django_db(transaction=True)
def test_a_held_upload_is_told_at_once(world: World, elsewhere: Callable[..., None]) -> None:
    upload = started(world)
    elsewhere(lambda: Upload.objects.select_for_update().get(pk=upload.pk))
    assert code_of(lambda: uploads.append(upload=upload, offset=0, pieces=[CONTENT])) == "outage.busy"
    assert code_of(lambda: uploads.discard(actor=world.candidate, upload=upload)) == "outage.busy"
    assert code_of(lambda: submissions.submit(actor=world.candidate, upload=upload)) == "outage.busy"
    assert code_of(lambda: started(world)) == "outage.busy"


@pytest.mark.django_db(transaction=True)
def test_a_held_work_is_told_at_once(world: World, elsewhere: Callable[..., None]) -> None:
    upload = received(world)
    elsewhere(lambda: Work.objects.select_for_update().get(pk=world.work.pk))
    assert code_of(lambda: started(world)) == "outage.busy"
    assert code_of(lambda: submissions.submit(actor=world.candidate, upload=upload)) == "outage.busy"
