"""What brings its worker down each time, or fails each time, ends by name, and nobody else waits for it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from assessments import dispatch, tasks
from assessments.domain.leases import AWAITED, PRINTED, WORKER_LOST
from assessments.models import Decision, Document, JournalEntry, PrintOrder, Upload
from assessments.models.printing import PrintState
from assessments.models.works import UploadState
from assessments.reports import evaluation_report
from assessments.services import decisions, inspections, leased, printing, storage, uploads
from assessments.services.sweeping import sweep
from tests import factories
from tests.faults.conftest import LEASE
from tests.workers import Worker, until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def short_leases(settings: Any) -> None:
    settings.RUN_LEASE_SECONDS = LEASE


def children(pid: int) -> list[int]:
    return [int(child) for each in Path(f"/proc/{pid}/task").glob("*/children") for child in each.read_text().split()]


def kill_pool(worker: Worker) -> None:
    """As the kernel ends the process that has taken the most memory; the worker starts another one."""
    assert worker.process is not None
    for child in children(worker.process.pid):
        os.kill(child, signal.SIGKILL)


def test_an_archive_that_brings_its_worker_down_each_time_ends_stuck(worker: Worker, good_archive: Path) -> None:
    world = factories.world()
    worker.start()
    upload = uploads.start(actor=world.candidate, work=world.work, file_name="p.zip", size=good_archive.stat().st_size)
    with good_archive.open("rb") as stream:
        uploads.append(upload=upload, offset=0, pieces=iter(lambda: stream.read(storage.PIECE), b""))

    def taken(attempt: int) -> Callable[[], bool]:
        def look() -> bool:
            leased.sweep_all()
            return Upload.objects.filter(pk=upload.pk, attempts=attempt, lease_token__isnull=False).exists()

        return look

    for attempt in range(1, AWAITED.attempts + 1):
        until(taken(attempt), f"attempt {attempt}", patience=30)
        kill_pool(worker)
    until(lambda: bool(leased.sweep_all()) or Upload.objects.filter(pk=upload.pk, state="stuck").exists(), "the end")
    upload.refresh_from_db()
    assert (upload.state, upload.attempts, upload.fault_code) == (UploadState.STUCK, 3, WORKER_LOST)
    assert uploads.part_path(upload).stat().st_size == upload.size  # kept: it is no fault of the candidate's

    inspections.retry(actor=world.administrator, upload=upload)
    until(lambda: Upload.objects.get(pk=upload.pk).state == UploadState.ACCEPTED, "the inspection started again")


def decided() -> Decision:
    world = factories.world()
    return decisions.decide(actor=world.president, slot=factories.marked(world), rulings={})


def moved_on(order: PrintOrder) -> None:
    """As if the wait for the next attempt were over."""
    past = timezone.now() - timedelta(hours=1)
    PrintOrder.objects.filter(pk=order.pk, due_at__isnull=False).update(due_at=past, ring_at=past)


def test_a_report_that_always_fails_is_given_up_and_the_others_are_printed(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    poison, *others = [decided().print_orders.get() for _ in range(3)]
    rung: list[tuple[str, int]] = []
    monkeypatch.setattr(dispatch, "ring", lambda task, key: rung.append((task, key)))
    monkeypatch.setattr(evaluation_report, "report_of", lambda decision: Told(decision, poison.decision_id))
    monkeypatch.setattr(evaluation_report, "report_from", lambda content: SimpleNamespace(number=content.decode()))
    monkeypatch.setattr(evaluation_report, "render_pdf", lambda report, code: b"%PDF")
    for order in (others[1], others[0], poison):
        moved_on(order)
    PrintOrder.objects.filter(pk=poison.pk).update(due_at=timezone.now() - timedelta(days=1))
    assert sweep(printing.KIND) == 3
    assert [key for _task, key in rung] == [poison.pk, *sorted((each.pk for each in others), key=_due)]

    delays = []
    for attempt in range(1, PRINTED.attempts + 1):
        for _task, key in rung[-3:]:
            tasks.issue_report(key)
        poison.refresh_from_db()
        assert (poison.attempts, poison.fault_code) == (attempt, "engine.crashed")
        assert sweep(printing.KIND) == 0  # nothing is rung for before its time
        if poison.due_at is not None:
            delays.append(round((poison.due_at - timezone.now()).total_seconds()))
            moved_on(poison)
            assert sweep(printing.KIND) == 1
    assert delays == [30, 150, 750, 3600]
    assert (poison.state, poison.due_at) == (PrintState.DEAD, None)
    assert JournalEntry.objects.filter(verb="document.abandoned", object_id=poison.pk).count() == 1
    assert set(Document.objects.values_list("decision", flat=True)) == {each.decision_id for each in others}
    assert "crashed" in caplog.text

    monkeypatch.setattr(evaluation_report, "report_of", lambda decision: Told(decision, None))
    printing.retry(actor=factories.world().administrator, order=poison)
    tasks.issue_report(poison.pk)
    assert Document.objects.filter(decision=poison.decision_id).count() == 1


def _due(key: int) -> Any:
    return PrintOrder.objects.get(pk=key).due_at


class Told:
    """What ``documents.issue`` reads of a report; the poison has none."""

    def __init__(self, decision: Decision, poison: int | None) -> None:
        if decision.pk == poison:
            raise ValueError("no font draws this")
        self.number = f"RE-2026-{decision.pk:06d}"

    @property
    def content(self) -> bytes:
        return self.number.encode()
