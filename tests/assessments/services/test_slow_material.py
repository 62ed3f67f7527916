"""Material that takes longer to read than there is time: the candidate is told, and nothing of it is our fault."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from typing import Any

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.core.files.storage import default_storage

from assessments import tasks
from assessments.domain.digests import digest
from assessments.domain.durations import EVALUATION, INSPECTION
from assessments.models import EvaluationRun, Upload
from assessments.models.works import UploadState
from assessments.services import evaluation, inspections, runs, storage, uploads
from evaluator import messages, runner
from evaluator.results import Message
from tests import factories
from tests.evaluator.builders import notebook_slow, pdf_slow

pytestmark = pytest.mark.django_db(transaction=True)

_LONGEST_RUN = 900  # seconds that one check takes at most: an environment built, five notebooks executed


@pytest.fixture(scope="module")
def slow() -> bytes:
    """An archive whose document and notebook take minutes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("note_lente.pdf", pdf_slow())
        archive.writestr("lent.ipynb", notebook_slow())
    return stream.getvalue()


@pytest.fixture
def run(slow: bytes, monkeypatch: pytest.MonkeyPatch) -> EvaluationRun:
    checks = {"document.page_limit": {"max_pages": 2}, "notebook.outputs": {}}
    wanted = [{"check": code, "params": params, "params_digest": digest(params)} for code, params in checks.items()]
    monkeypatch.setattr(runs, "requested_for", lambda submission: wanted)
    run: EvaluationRun = factories.submitted(factories.world()).runs.get()
    default_storage.delete(run.submission.bundle.storage_key)
    storage.keep_bytes(run.submission.bundle.storage_key, slow)
    return run


def test_an_evaluation_ends_done_and_names_the_files(run: EvaluationRun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluation, "EVALUATION", replace(EVALUATION, reading=2))
    evaluation.serve()
    run.refresh_from_db()
    assert (run.status, run.fault_code, run.attempts) == ("done", "", 1)
    results = {row.check_code: row for row in run.results.all()}
    assert {row.outcome for row in results.values()} == {"undecided"}
    for code, name in (("document.page_limit", "note_lente.pdf"), ("notebook.outputs", "lent.ipynb")):
        assert name in messages.render(Message(results[code].message_code, results[code].message_params))


def test_an_inspection_of_it_accepts_it(slow: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspections, "INSPECTION", replace(INSPECTION, reading=2))
    world = factories.world()
    upload = uploads.start(actor=world.candidate, work=world.work, file_name="projet.zip", size=len(slow))
    uploads.append(upload=upload, offset=0, pieces=[slow])
    inspections.serve()
    upload = Upload.objects.get(pk=upload.pk)
    assert (upload.state, upload.fault_code) == (UploadState.ACCEPTED, "")
    assert upload.bundle is not None
    assert upload.bundle.recognised["pdf"]["paths"] == ["note_lente.pdf"]


def test_an_archive_that_unpacks_too_slowly_is_refused_by_name(slow: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspections, "INSPECTION", replace(INSPECTION, reading=0.001))
    world = factories.world()
    upload = uploads.start(actor=world.candidate, work=world.work, file_name="projet.zip", size=len(slow))
    uploads.append(upload=upload, offset=0, pieces=[slow])
    inspections.serve()
    upload = Upload.objects.get(pk=upload.pk)
    assert (upload.state, upload.fault_code) == (UploadState.REFUSED, "bundle.too_slow")


def test_reading_leaves_a_task_time_for_the_rest() -> None:
    assert (tasks.evaluate.soft_time_limit, tasks.inspect_upload.soft_time_limit) == (EVALUATION.soft, INSPECTION.soft)
    assert EVALUATION.reading + _LONGEST_RUN < EVALUATION.soft < EVALUATION.hard
    assert INSPECTION.reading < INSPECTION.soft / 1.5 < INSPECTION.hard


def test_a_task_out_of_time_is_named_as_such_whatever_it_was_doing(
    run: EvaluationRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*args: Any, **kwargs: Any) -> Any:
        raise SoftTimeLimitExceeded

    monkeypatch.setattr(runner.OpenedBundle, "require", lambda *_: None)
    monkeypatch.setattr(runner.OpenedBundle, "fact", interrupted)  # within a check
    evaluation.serve()
    run.refresh_from_db()
    assert (run.status, run.fault_code) == ("queued", "engine.too_long")
    assert not run.results.exists()
    for lang in ("fr", "en"):
        assert "engine." not in messages.render(Message(run.fault_code, run.fault_params), lang)
