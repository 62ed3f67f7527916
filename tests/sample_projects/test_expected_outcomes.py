"""What the engine answers about the two sample projects, evaluated in the sandbox from their archives.

The places are 0-based cells and 1-based lines, as in ``evaluator.results.Evidence``.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from assessments.samples import build as samples
from evaluator import runner
from evaluator.results import Evidence, EvidenceKind, Outcome, Result

MET, NOT_MET = Outcome.MET, Outcome.NOT_MET
PARAMETERS = {"document.page_limit": {"max_pages": 2}}


@dataclass(frozen=True)
class Place:
    """Where the first evidence of a check must point."""

    path: str
    cell: int | None = None


EXPLORATION = "notebooks/1_exploration.ipynb"
MODELLING = "notebooks/2_modelisation.ipynb"
WINES = "notebooks/projet_vins.ipynb"
NOTE = "note_methodologique.pdf"

GOOD: dict[str, tuple[Outcome, Place | None]] = {
    "chart.boxplot": (MET, Place(EXPLORATION, 17)),
    "chart.barplot": (MET, Place(EXPLORATION, 18)),
    "chart.pie": (MET, Place(EXPLORATION, 12)),
    "chart.histogram": (MET, Place(EXPLORATION, 13)),
    "chart.scatter": (MET, Place(EXPLORATION, 19)),
    "data.missing_values": (MET, Place(EXPLORATION, 5)),
    "model.dummy_baseline": (MET, Place(MODELLING, 4)),
    "model.linear": (MET, Place(MODELLING, 6)),
    "model.nonlinear": (MET, Place(MODELLING, 6)),
    "model.train_test_split": (MET, Place(MODELLING, 2)),
    "model.cross_validation": (MET, Place(MODELLING, 6)),
    "model.serialized": (MET, Place("model/pipeline.joblib")),
    "model.passport": (MET, Place("model/pipeline.joblib")),
    "model.loads": (MET, Place("model/pipeline.joblib")),
    "model.metric": (MET, None),
    "api.code": (MET, Place("api/main.py")),
    "api.predicts_by_id": (MET, Place("api/main.py")),
    "api.responds": (MET, None),
    "dashboard.code": (MET, Place("dashboard/app.py")),
    "dashboard.starts": (MET, Place("dashboard/app.py")),
    "dashboard.interactive_charts": (MET, Place("dashboard/app.py")),
    "document.page_limit": (MET, Place(NOTE)),
    "repository.versions": (MET, None),
    "repository.requirements_pinned": (MET, Place("requirements.txt")),
    "repository.readme": (MET, Place("README.md")),
}

FLAWED: dict[str, tuple[Outcome, Place | None]] = {
    "chart.boxplot": (MET, Place(WINES, 9)),
    "chart.barplot": (MET, Place(WINES, 6)),
    "chart.pie": (NOT_MET, None),
    "chart.histogram": (MET, Place(WINES, 7)),
    "chart.scatter": (MET, Place(WINES, 10)),
    "data.missing_values": (MET, Place(WINES, 3)),
    "model.dummy_baseline": (NOT_MET, None),
    "model.linear": (MET, Place(WINES, 13)),
    "model.nonlinear": (MET, Place(WINES, 15)),
    "model.train_test_split": (MET, Place(WINES, 2)),
    "model.cross_validation": (MET, Place(WINES, 15)),
    "model.serialized": (MET, Place("model/modele.pkl")),
    "model.passport": (NOT_MET, Place("model/modele.pkl")),
    "model.loads": (MET, Place("model/modele.pkl")),
    "model.metric": (MET, None),
    "api.code": (MET, Place("api/app.py")),
    "api.predicts_by_id": (NOT_MET, None),
    "api.responds": (NOT_MET, None),
    "dashboard.code": (MET, Place("dashboard/streamlit_app.py")),
    "dashboard.starts": (MET, Place("dashboard/streamlit_app.py")),
    "dashboard.interactive_charts": (MET, Place("dashboard/streamlit_app.py")),
    "document.page_limit": (NOT_MET, Place(NOTE)),
    "repository.versions": (MET, None),
    "repository.requirements_pinned": (NOT_MET, Place("requirements.txt")),
    "repository.readme": (MET, Place("README.md")),
}

EXPECTED = {"good": GOOD, "flawed": FLAWED}
CASES = [(name, code) for name, expected in EXPECTED.items() for code in expected]


@pytest.fixture(scope="module")
def reports(built: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, runner.Report]:
    """One evaluation of each sample, from the archive that a candidate would upload."""
    found = {}
    for name, expected in EXPECTED.items():
        folder = tmp_path_factory.mktemp(name)
        archive = samples.archive(built[name], folder / f"{name}.zip")
        requests = [runner.CheckRequest(code, PARAMETERS.get(code, {})) for code in expected]
        found[name] = runner.evaluate(archive, requests, workdir=tmp_path_factory.mktemp(f"{name}-work"))
    return found


def result_of(reports: dict[str, runner.Report], name: str, code: str) -> Result:
    return next(result for result in reports[name].results if result.check == code)


def first_evidence(reports: dict[str, runner.Report], name: str, code: str) -> Evidence:
    return result_of(reports, name, code).finding.evidence[0]


@pytest.mark.parametrize(("name", "code"), CASES)
def test_outcome(name: str, code: str, reports: dict[str, runner.Report]) -> None:
    finding = result_of(reports, name, code).finding
    assert finding.outcome is EXPECTED[name][code][0], finding.message


@pytest.mark.parametrize(("name", "code"), [case for case in CASES if EXPECTED[case[0]][case[1]][1]])
def test_first_evidence_points_at_the_right_place(name: str, code: str, reports: dict[str, runner.Report]) -> None:
    evidence = first_evidence(reports, name, code)
    assert Place(evidence.path, evidence.cell) == EXPECTED[name][code][1]


@pytest.mark.parametrize("kind", ["boxplot", "barplot", "pie", "histogram", "scatter"])
def test_a_chart_is_shown_with_its_code_and_its_figure(kind: str, reports: dict[str, runner.Report]) -> None:
    evidence = result_of(reports, "good", f"chart.{kind}").finding.evidence
    figures = [item for item in evidence if item.attachment]
    assert figures, evidence
    assert figures[0].attachment in reports["good"].attachments
    assert figures[0].cell == first_evidence(reports, "good", f"chart.{kind}").cell


def test_the_note_is_shown_page_by_page(reports: dict[str, runner.Report]) -> None:
    evidence = first_evidence(reports, "flawed", "document.page_limit")
    assert evidence.kind is EvidenceKind.PAGE
    assert evidence.page in range(1, 6)


def test_the_exchange_with_the_api_is_kept(reports: dict[str, runner.Report]) -> None:
    exchanges = [
        item for item in result_of(reports, "good", "api.responds").finding.evidence if item.kind is EvidenceKind.HTTP
    ]
    assert exchanges[0].detail["response"]["status"] == 200
    assert '"client_id":1005' in str(exchanges[0].detail["response"]["body"]).replace(" ", "")
    assert {item.detail["response"]["status"] for item in exchanges[1:]} <= {404, 422}
