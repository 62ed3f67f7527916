"""What becomes of a run when the engine, the storage or our own code fails."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.storage import default_storage

from assessments import dispatch, tasks
from assessments.models import EvaluationRun, SubmissionSketch
from assessments.services import evaluation, similarity, storage
from evaluator import messages, runner
from evaluator.errors import EngineFault, SubmissionFault
from evaluator.results import Message
from evaluator.sandbox import confinement
from evaluator.similarity import Sketch
from tests import factories
from tests.evaluator.similar import STUDY, notebook

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> EvaluationRun:
    """A queued run whose bundle is stored."""
    run: EvaluationRun = factories.submitted(factories.world()).runs.get()
    storage.keep_bytes(run.submission.bundle.storage_key, b"not an archive at all")
    return run


def raising(error: Exception) -> Callable[..., Any]:
    def evaluate(*args: Any, **kwargs: Any) -> Any:
        raise error

    return evaluate


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (SubmissionFault("bundle.ratio"), "failed", "bundle.ratio"),
        (EngineFault("sandbox.unavailable", reason="x"), "queued", "sandbox.unavailable"),
        (OSError("disk"), "queued", "engine.storage"),
        (ValueError("defect"), "queued", "engine.crashed"),
    ],
)
def test_each_fault_ends_named_and_on_the_right_account(
    run: EvaluationRun, monkeypatch: pytest.MonkeyPatch, error: Exception, status: str, code: str
) -> None:
    monkeypatch.setattr(runner, "evaluate", raising(error))
    evaluation.serve()
    run.refresh_from_db()
    assert (run.status, run.fault_code) == (status, code)
    for lang in ("fr", "en"):
        assert code not in messages.render(Message(run.fault_code, run.fault_params), lang)


def test_a_bundle_that_is_none_is_the_candidates_fault_at_once(run: EvaluationRun) -> None:
    evaluation.serve()
    run.refresh_from_db()
    assert (run.status, run.fault_code, run.attempts) == ("failed", "bundle.not_an_archive", 1)


def test_without_a_sandbox_nothing_runs_and_the_fault_is_ours(
    run: EvaluationRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confinement, "command", lambda *_, **__: ["/nowhere/bwrap"])
    evaluation.serve()
    run.refresh_from_db()
    assert (run.status, run.fault_code) == ("queued", "sandbox.unavailable")
    assert not run.results.exists()


def test_a_run_reads_its_bundle_for_comparison(run: EvaluationRun, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("etude.ipynb", notebook(STUDY))
    default_storage.delete(run.submission.bundle.storage_key)
    storage.keep_bytes(run.submission.bundle.storage_key, stream.getvalue())
    rung: list[tuple[str, int]] = []
    monkeypatch.setattr(similarity, "ring", lambda task, key: rung.append((task, key)))
    evaluation.serve()
    sketch = SubmissionSketch.objects.get(submission=run.submission)
    assert rung == [(dispatch.COMPARE, sketch.pk)]
    kept = Sketch.from_bytes(bytes(sketch.code), bytes(sketch.text))
    assert (len(kept.code) > 50, len(kept.text)) == (True, 0)
    tasks.compare(sketch.pk)
    sketch.refresh_from_db()
    assert (sketch.compared_at is not None, sketch.due_at) == (True, None)
    assert not run.results.filter(check_code="repository.similarity").exists()
