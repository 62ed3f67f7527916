"""Notebooks run from end to end, in the sandbox."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evaluator.results import Finding
from evaluator.runner import CheckRequest, evaluate

from .builders import write

pytestmark = pytest.mark.usefixtures("warm_engine")


def notebook(*sources: str) -> str:
    cells = [
        {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": [], "source": source}
        for source in sources
    ]
    text = {"cell_type": "markdown", "metadata": {}, "source": "# Analyse"}
    return json.dumps({"cells": [text, *cells], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def run(folder: Path, files: dict[str, str], **params: Any) -> Finding:
    with evaluate(write(folder / "project", files), [CheckRequest("notebook.executes", params)]) as report:
        return report.results[0].finding


def test_a_notebook_that_reads_its_data_and_writes_beside_it_is_met(tmp_path: Path) -> None:
    files = {
        "data/a.csv": "a,b\n1,2\n3,4\n",
        "notebooks/analyse.ipynb": notebook(
            "%matplotlib inline\nimport pandas as pd\nimport matplotlib.pyplot as plt",
            "df = pd.read_csv('../data/a.csv')\ndf.to_csv('../data/a.csv')\ndf.to_csv('copie.csv')",
            "df.plot()\nplt.show()\n!ls",
            "",
        ),
    }
    finding = run(tmp_path, files)
    assert finding.outcome.value == "met", finding.message
    assert finding.evidence[0].path == "notebooks/analyse.ipynb"


@pytest.mark.parametrize(
    ("source", "outcome", "code"),
    [
        ("1 / 0", "not_met", "not_met"),
        ("def (", "not_met", "not_met"),
        ("raise SystemExit(0)", "not_met", "not_met"),
        ("open('absent.csv')", "undecided", "undecided_data"),
        ("import urllib.request\nurllib.request.urlopen('http://example.org')", "undecided", "undecided_network"),
        ("import no_such_library", "undecided", "undecided_library"),
        ("import outils\noutils.absent()", "not_met", "not_met"),
        ("import os\nos._exit(0)", "undecided", "undecided_dead"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "undecided", "undecided_dead"),
    ],
)
def test_why_a_notebook_stops(source: str, outcome: str, code: str, tmp_path: Path) -> None:
    files = {"a.ipynb": notebook("x = 1", source, "y = 2"), "outils.py": "def present():\n    return 1\n"}
    finding = run(tmp_path, files)
    assert (finding.outcome.value, finding.message.code) == (outcome, f"notebook.executes.{code}"), finding.message
    if outcome == "not_met":
        assert finding.evidence[0].cell == 2


def test_the_notebook_asked_for_is_judged_alone(tmp_path: Path) -> None:
    files = {"brouillon.ipynb": notebook("1 / 0"), "final.ipynb": notebook("1 + 1")}
    assert run(tmp_path, files, notebook="final*").outcome.value == "met"
    assert run(tmp_path / "again", files).outcome.value == "not_met"


def test_no_notebook_is_undecided(tmp_path: Path) -> None:
    assert run(tmp_path, {"a.py": "x = 1\n"}).message.code == "notebook.executes.undecided_none"


def test_code_cannot_reach_who_tells_how_it_went(tmp_path: Path) -> None:
    """The parent of the cells can be neither read nor traced; killing it is no success either."""
    kill = "import os, signal, time\nos.kill(os.getppid(), signal.SIGKILL)\ntime.sleep(5)"
    finding = run(tmp_path, {"a.ipynb": notebook(kill)})
    assert finding.outcome.value in {"error", "undecided"}
    peek = "import os\nopen(f'/proc/{os.getppid()}/mem', 'rb')"
    assert run(tmp_path / "again", {"a.ipynb": notebook(peek)}).outcome.value == "not_met"
