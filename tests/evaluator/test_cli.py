"""``python -m evaluator`` as people and programs use it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from evaluator import cli, messages
from evaluator.checks import MODULES, REGISTRY
from evaluator.cli import checking
from evaluator.cli.references import naming, references_of
from evaluator.cli.terminal import WrongUsage
from evaluator.errors import EngineFault
from evaluator.grid import rows_of
from evaluator.results import Message
from evaluator.runner import CheckRequest
from tests.evaluator.builders import write
from tests.evaluator.similar import STUDY, notebook, renamed

ROOT = Path(cli.__file__).parents[2]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    root.mkdir()
    (root / "a.py").write_text("import matplotlib.pyplot as plt\nplt.pie([1, 2])\n")
    return root


def test_check_prints_json_alone(project: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "evaluator",
        "check",
        str(project),
        "--checks",
        "chart.pie,chart.boxplot",
        "--json",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    document = json.loads(done.stdout)
    assert set(document) == {"engine", "bundle", "runtime", "results"}
    assert set(document["bundle"]) == {"sha256", "files", "bytes"}
    pie, boxplot = document["results"]
    assert (pie["check"], pie["outcome"], pie["cause"]) == ("chart.pie", "met", None)
    assert {"path", "cell", "line", "end_line", "excerpt", "sha256", "kind", "output", "page"} <= set(
        pie["evidence"][0]
    )
    assert (pie["evidence"][0]["path"], pie["evidence"][0]["line"]) == ("a.py", 2)
    assert boxplot["outcome"] == "not_met"
    assert pie["summary"].endswith(".")


def test_a_project_is_compared_with_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folders = {"mine": STUDY, "copy": renamed(STUDY), "given": STUDY[:5]}
    for name, cells in folders.items():
        write(tmp_path / name, {"etude.ipynb": notebook(cells)})
    compare = ["check", str(tmp_path / "mine"), "--checks", "repository.similarity", "--json"]
    compare += ["--against", str(tmp_path / "copy"), "--store", str(tmp_path / "store")]
    assert cli.main(compare) == 0
    (whole,) = json.loads(capsys.readouterr().out)["results"]
    assert (whole["outcome"], whole["message"]["params"]["share"]) == ("undecided", 100)
    assert whole["evidence"][0]["detail"]["work"] == "copy"
    assert cli.main([*compare, "--given", str(tmp_path / "given")]) == 0
    (less,) = json.loads(capsys.readouterr().out)["results"]
    assert less["message"]["params"]["common"] > 50
    assert {item["cell"] for item in less["evidence"]} == {5, 6}


def test_check_reads_well_too(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", str(project), "--checks", "chart.pie", "--lang", "en"]) == 0
    shown = capsys.readouterr().out
    assert "✓ chart.pie" in shown
    assert "a.py line 2" in shown
    assert shown.strip().endswith("1 met")


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "{project}", "--checks", "no.such"],
        ["check", "/nowhere/at/all"],
        ["check", "{project}", "--against", "/nowhere/at/all"],
        ["check", "{project}", "--params", "{"],
        ["check", "{project}", "--params", "[1]"],
        ["explain", "no.such"],
        ["check", "{project}", "--bloc", "5"],
        ["check", "{project}", "--referential", "no-such"],
        ["check", "{project}", "--referential", "oc-data-scientist", "--bloc", "no-such"],
    ],
)
def test_wrong_usage_is_2(project: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([argument.replace("{project}", str(project)) for argument in arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err


def test_the_checks_of_a_bloc() -> None:
    rows = rows_of("oc-data-scientist", None)
    requests = checking._each_once(rows)
    assert len({(request.code, json.dumps(dict(request.params))) for request in requests}) == len(requests)
    assert {request.code for request in requests} <= set(REGISTRY)
    assert 0 < len(rows_of("oc-data-scientist", "5")) < len(rows)
    assert all(row.bloc and row.text and row.requests for row in rows)
    limit = [request for request in requests if request.code == "document.page_limit"]
    assert all(request.params["max_pages"] in (1, 2) for request in limit)


def test_a_fault_of_ours_is_1_and_says_so(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise EngineFault("sandbox.unavailable", reason="no bwrap")

    monkeypatch.setattr(checking, "evaluate", refuse)
    assert cli.main(["check", str(project), "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert (document["error"]["cause"], document["error"]["code"]) == ("platform", "sandbox.unavailable")


def test_a_broken_archive_is_told_in_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    archive = tmp_path / "work.zip"
    archive.write_bytes(b"not an archive")
    assert cli.main(["check", str(archive), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["error"]["cause"] == "candidate"
    assert document["results"] == []


def test_a_page_holds_the_evidence_and_runs_nothing(project: Path, tmp_path: Path) -> None:
    (project / "b.py").write_text(
        "import matplotlib.pyplot as plt\nplt.hist([1])  # <script>alert(1)</script> \x1b[31m\n"
    )
    target = tmp_path / "report.html"
    arguments = ["check", str(project), "--checks", "chart.pie,chart.histogram,chart.boxplot", "--html", str(target)]
    assert cli.main([*arguments, "--lang", "en"]) == 0
    text = target.read_text()
    assert "default-src 'none'" in text
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert "\x1b" not in text
    assert "a.py line 2" in text
    assert "<li>✓ 2 met</li><li>✗ 1 not met</li>" in text


def test_a_page_follows_the_criteria(project: Path, tmp_path: Path) -> None:
    target = tmp_path / "report.html"
    arguments = ["check", str(project), "--referential", "oc-data-scientist", "--bloc", "1", "--no-build"]
    assert cli.main([*arguments, "--html", str(target)]) == 0
    text = target.read_text()
    assert "<h2>1 · " in text
    assert "Les distributions observées sont correctement caractérisées." in text


def test_a_page_that_cannot_be_written_is_wrong_usage(project: Path, tmp_path: Path) -> None:
    target = tmp_path / "nowhere" / "report.html"
    assert cli.main(["check", str(project), "--checks", "chart.pie", "--html", str(target)]) == 2


def test_progress_goes_to_the_error_output(project: Path) -> None:
    command = [sys.executable, "-m", "evaluator", "check", str(project), "--checks", "chart.pie", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    json.loads(done.stdout)
    assert "0/1  lecture des notebooks" in done.stderr


def test_without_a_choice_only_the_checks_that_need_no_parameter_run(project: Path) -> None:
    named = {request.code for request in checking._named("", {}, {})}
    assert "chart.pie" in named
    assert "document.sections" not in named
    assert "document.sections" in {
        request.code for request in checking._named("", {"document.sections": {"topics": []}}, {})
    }


def test_the_environments_are_listed_and_pruned(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JALON_RUNTIMES_DIR", str(tmp_path))
    folder = tmp_path / "wishes"
    folder.mkdir()
    build = {"requirements": ["numpy==1.0"], "state": "failed", "code": "runtime.unresolved", "reason": "no wheel",
             "runtime": "", "bytes": 0, "seconds": 1.0, "at": 1.0, "log": "", "format": 2}  # fmt: skip
    (folder / "a.json").write_text(json.dumps(build))
    assert cli.main(["runtimes", "list", "--lang", "en"]) == 0
    assert "cannot be installed here: no wheel" in capsys.readouterr().out
    assert cli.main(["runtimes", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["requirements"] == ["numpy==1.0"]
    assert cli.main(["runtimes", "prune", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"removed": []}


def test_the_catalogue(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["checks", "--json"]) == 0
    assert [row["check"] for row in json.loads(capsys.readouterr().out)] == list(REGISTRY)
    assert cli.main(["checks"]) == 0
    assert all(code in capsys.readouterr().out for code in ["model.loads"])


@pytest.mark.parametrize("code", list(REGISTRY))
def test_every_check_explains_itself(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["explain", code, "--json"]) == 0
    row = json.loads(capsys.readouterr().out)
    assert row["title"]["fr"]
    assert row["title"]["en"]


def test_selftest_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["selftest", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["level"] in {"full", "degraded"}


def test_the_runtime_is_built_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["runtimes", "build", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["built"] is False


def test_every_message_is_worded_in_both_languages() -> None:
    for module in MODULES:
        for code, wording in module.MESSAGES.items():
            assert set(wording) == {"fr", "en"}, code
            assert messages.CATALOGUE[code] is wording


def as_parameter(code: str, **params: object) -> dict[str, object]:
    return {"code": code, "params": params}


@pytest.mark.parametrize(
    ("message", "lang", "expected"),
    [
        (Message("sandbox.memory", {"limit": 2 * 1024**3}), "fr", "2 Go"),
        (Message("sandbox.memory", {"limit": 1536 * 1024**2}), "fr", "1,5 Go"),
        (Message("sandbox.disk", {"limit": 900}), "en", "900 bytes"),
        (Message("sandbox.timeout", {"seconds": 2.5}), "fr", "2,5 s"),
        (Message("sandbox.timeout", {"seconds": 2.5}), "en-gb", "2.5 s"),
        (Message("sandbox.killed", {}), "fr", "…"),
        (Message("no.such.code", {}), "en", "no.such.code"),
        (Message("repository.versions.not_met", {"count": 1}), "fr", "que 1\u00a0version\u00a0;"),
        (Message("repository.versions.not_met", {"count": 0}), "fr", "que 0\u00a0version\u00a0;"),
        (Message("repository.versions.not_met", {"count": 0}), "en", "only 0\u00a0versions;"),
        (Message("repository.versions.not_met", {"count": 2}), "fr", "que 2\u00a0versions\u00a0;"),
        (Message("repository.versions.not_met", {}), "fr", "que …\u00a0;"),
        (Message("app.start_failed", {"reason": {"code": [], "params": 3}}), "fr", "{'code': [], 'params': 3}"),
        (
            Message("model.metric.met", {"reasons": [as_parameter("model.metric.constant_held", value=0.5)]}),
            "fr",
            "mieux qu’un modèle constant (0,5000).",
        ),
        (Message("candidate.exception", {"type": "A", "message": "un : deux"}), "fr", "A\u00a0: un : deux"),
        (Message("candidate.exception", {"type": "{0.__class__}", "message": "x"}), "en", "{0.__class__}"),
        (
            Message("model.loads.undecided_dangerous", {"path": "m", "names": ["os.system", "exec"]}),
            "de",
            "os.system, exec",
        ),
    ],
)
def test_sentences(message: Message, lang: str, expected: str) -> None:
    assert expected in messages.render(message, lang)


# Reference data sets


def test_a_table_given_from_the_shell_serves_the_checks_that_name_none(tmp_path: Path) -> None:
    table = tmp_path / "a:b.csv"
    table.write_text("id,x,y\n1,2,3\n")
    held = references_of([f"clients={table}:y:id", f"autres={tmp_path}/a:b.csv:y"])
    assert [(name, item.target, item.identifier) for name, item in held.items()] == [
        ("clients", "y", "id"),
        ("autres", "y", ""),
    ]
    asked = [
        CheckRequest("predictions.metric"),
        CheckRequest("model.metric", {"reference": "x"}),
        CheckRequest("api.code"),
    ]
    only = {"clients": held["clients"]}
    assert [request.params.get("reference") for request in naming(asked, only)] == ["clients", "x", None]
    assert [request.params.get("reference") for request in naming(asked, held)] == [None, "x", None]
    assert "predictions.metric" in {request.code for request in checking._named("", {}, only)}


@pytest.mark.parametrize("option", ["clients", "clients=", "clients=nowhere.csv", "clients=nowhere.csv:y", "=a.csv:y"])
def test_a_table_that_is_not_one_is_wrong_usage(option: str) -> None:
    with pytest.raises(WrongUsage):
        references_of([option])
