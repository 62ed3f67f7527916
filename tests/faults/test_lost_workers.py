"""Workers and brokers die without warning: no submission is lost, no result is doubled, every run ends once."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.core.files.storage import default_storage

from assessments.models import CheckResult, EvaluationRun, JournalEntry, Submission, Upload
from assessments.models.runs import ACTIVE, RunStatus
from assessments.models.works import UploadState
from assessments.services import leased, storage, submissions, uploads
from tests import factories
from tests.factories import World
from tests.faults.conftest import LEASE, Broker
from tests.workers import Worker, until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(settings: Any, transactional_db: None) -> World:
    settings.RUN_LEASE_SECONDS = LEASE
    # Facts remembered from an earlier test would make a run too short to be killed.
    shutil.rmtree(default_storage.path("facts"), ignore_errors=True)
    return factories.world()


def sent(world: World, archive: Path) -> Upload:
    upload = uploads.start(actor=world.candidate, work=world.work, file_name="p.zip", size=archive.stat().st_size)
    with archive.open("rb") as stream:
        return uploads.append(upload=upload, offset=0, pieces=iter(lambda: stream.read(storage.PIECE), b""))


def accepted(world: World, archive: Path) -> Submission:
    upload = sent(world, archive)
    until(lambda: swept(Upload.objects.get(pk=upload.pk).state == UploadState.ACCEPTED), "the inspection")
    return submissions.submit(actor=world.candidate, upload=upload)


def swept(done: bool) -> bool:
    """What the clock does every ten seconds, here as often as we look."""
    if not done:
        leased.sweep_all()
    return done


def ended(submission: Submission) -> EvaluationRun:
    run = submission.runs.get()
    until(lambda: swept(EvaluationRun.objects.get(pk=run.pk).status not in ACTIVE), "the run's end")
    run.refresh_from_db()
    assert (run.status, run.fault_code) == (RunStatus.DONE, "")
    return run


def results_are_whole(submission: Submission) -> None:
    assert sorted(submission.results.values_list("check_code", "outcome")) == [
        ("chart.boxplot", "met"),
        ("chart.pie", "met"),
        ("data.missing_values", "met"),
    ]
    assert JournalEntry.objects.filter(verb="run.done").count() == 1


def test_a_killed_worker_loses_nothing(world: World, worker: Worker, good_archive: Path) -> None:
    worker.start()
    submission = accepted(world, good_archive)
    until(lambda: EvaluationRun.objects.filter(status=RunStatus.RUNNING).exists(), "a running run")
    worker.kill()
    run = submission.runs.get()
    assert run.status == RunStatus.RUNNING
    worker.start()
    run = ended(submission)
    assert run.attempts == 2
    results_are_whole(submission)


def test_a_worker_killed_with_results_stored_doubles_none(world: World, worker: Worker, good_archive: Path) -> None:
    worker.start()
    submission = accepted(world, good_archive)
    until(lambda: CheckResult.objects.exists(), "a first result")
    worker.kill()
    first = set(CheckResult.objects.values_list("pk", flat=True))
    worker.start()
    ended(submission)
    results_are_whole(submission)
    assert first <= set(CheckResult.objects.values_list("pk", flat=True))


def test_a_worker_killed_while_inspecting_loses_no_upload(world: World, worker: Worker, good_archive: Path) -> None:
    worker.start()
    upload = sent(world, good_archive)
    until(lambda: Upload.objects.get(pk=upload.pk).attempts == 1, "an inspection begun")
    worker.kill()
    worker.start()
    until(lambda: swept(Upload.objects.get(pk=upload.pk).state == UploadState.ACCEPTED), "the inspection")


def test_the_same_task_delivered_many_times_runs_once(world: World, worker: Worker, good_archive: Path) -> None:
    worker.start()
    submission = accepted(world, good_archive)
    for _ in range(5):
        current_app.send_task("assessments.evaluate", args=[submission.runs.get().pk], queue="untrusted")
    assert ended(submission).attempts == 1
    results_are_whole(submission)


def test_a_killed_broker_loses_nothing(world: World, broker: Broker, worker: Worker, good_archive: Path) -> None:
    worker.start()
    submission = accepted(world, good_archive)
    until(lambda: EvaluationRun.objects.filter(status=RunStatus.RUNNING).exists(), "a running run")
    broker.kill()
    broker.start()
    run = ended(submission)
    assert run.attempts == 1
    results_are_whole(submission)


def test_what_is_submitted_while_the_broker_is_down_is_evaluated_later(
    world: World, broker: Broker, worker: Worker, good_archive: Path
) -> None:
    worker.start()
    upload = sent(world, good_archive)
    until(lambda: swept(Upload.objects.get(pk=upload.pk).state == UploadState.ACCEPTED), "the inspection")
    broker.kill()
    submission = submissions.submit(actor=world.candidate, upload=upload)
    assert submission.runs.get().status == RunStatus.QUEUED
    broker.start()
    ended(submission)
    results_are_whole(submission)
