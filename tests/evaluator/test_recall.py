"""A check over what an evaluation left in the store answers as the evaluation did, and nothing is run for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from assessments.samples import build
from evaluator import runner
from evaluator.facts.outside import OUTSIDE
from evaluator.recall import NotStored, Recall
from evaluator.runner import CheckRequest, FolderStore
from evaluator.runtimes import choice
from evaluator.sandbox.runner import Sandbox

REQUESTS = [
    CheckRequest("repository.readme"),
    CheckRequest("chart.pie"),
    CheckRequest("model.passport"),
    CheckRequest("model.loads"),
    CheckRequest("model.metric", {"metric": "accuracy", "threshold": 0.1}),
    CheckRequest("api.reachable"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("recall")


@pytest.fixture(scope="module")
def report(folder: Path) -> runner.Report:
    archive = build.archive(build.tree("good"), folder / "work.zip")
    with runner.evaluate(archive, REQUESTS, fact_store=FolderStore(folder / "store")) as report:
        return report


def recall(folder: Path, report: runner.Report) -> Recall:
    return Recall(FolderStore(folder / "store"), report.bundle_sha256, report.runtime)


def test_stored_facts_give_the_same_findings(
    folder: Path, report: runner.Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Sandbox, "run", lambda *_: pytest.fail("something was run"))
    stored = recall(folder, report)
    for request, result in zip(REQUESTS, report.results, strict=True):
        facts = stored.facts_for(request.code, request.params, OUTSIDE)
        assert runner.judge(request, facts).finding == result.finding, request.code


def test_a_fact_of_another_extractor_bundle_or_parameter_is_not_guessed(folder: Path, report: runner.Report) -> None:
    store = FolderStore(folder / "store")
    with pytest.raises(NotStored, match="model_files"):
        Recall(store, "0" * 64, report.runtime).facts_for("model.passport", {}, OUTSIDE)
    with pytest.raises(NotStored, match="documents"):  # what no check asked for was not read
        recall(folder, report).facts_for("document.page_limit", {}, OUTSIDE)
    with pytest.raises(NotStored, match="code"):
        Recall(store, report.bundle_sha256, "0" * 64).facts_for("chart.pie", {}, OUTSIDE)
    with pytest.raises(NotStored, match="model_metric"):
        recall(folder, report).facts_for("model.metric", {"metric": "f1", "threshold": 0.1}, OUTSIDE)


def test_an_environment_that_would_be_built_first_is_not_guessed(
    folder: Path, report: runner.Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one that an evaluation would then choose is another than the one that the facts come from."""
    monkeypatch.setattr(choice, "is_met", lambda *_: False)
    monkeypatch.setenv("JALON_RUNTIME_BUILD_SECONDS", "60")
    with pytest.raises(NotStored, match="model_load"):
        recall(folder, report).facts_for("model.loads", {}, OUTSIDE)
