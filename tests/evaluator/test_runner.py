"""From a bundle to results: order, causes, faults of one check that leave the others alone, facts kept."""

from __future__ import annotations

import json
import pickle
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assessments import samples
from evaluator import checks, judging, messages, runner
from evaluator import facts as static
from evaluator.checks.base import Check
from evaluator.errors import EngineFault, SubmissionFault
from evaluator.facts.base import FileEntry, Workspace
from evaluator.facts.dynamic import DYNAMIC
from evaluator.facts.outside import OUTSIDE
from evaluator.limits import MB
from evaluator.parameters import complete_params
from evaluator.registry import Registry
from evaluator.results import Cause, EvidenceKind, Finding, Message, Outcome, Result
from evaluator.runner import CheckRequest, FolderStore
from evaluator.sandbox.runner import Sandbox
from evaluator.store import Pictures, fact_key, keep_with_pictures, restore
from tests.evaluator.builders import fitted
from tests.evaluator.sandboxed import Payload

pytestmark = pytest.mark.usefixtures("warm_engine")

SAMPLES = Path(samples.__file__).parent / "trees"
MLMODEL = "mlflow_version: 2.9.0\nflavors:\n  sklearn:\n    pickled_model: model.pkl\n    sklearn_version: 1.2.2\n"


def project(folder: Path, files: dict[str, bytes | str]) -> Path:
    root = folder / "project"
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def run(source: Path, *codes: str, **options: Any) -> dict[str, Result]:
    with runner.evaluate(source, [CheckRequest(code) for code in codes], **options) as report:
        return {result.check: result for result in report.results}


@pytest.fixture
def crashing(monkeypatch: pytest.MonkeyPatch) -> str:
    """A check with a defect of ours, first in the catalogue."""

    def crash(facts: Any, params: Any) -> Finding:
        raise KeyError("defect")

    check = Check("defect.check", 1, "defect", {"fr": "Défaut", "en": "Defect"}, ("files",), crash)
    registry = Registry([(check.code, check), *checks.REGISTRY.items()])
    for module in (judging, runner):
        monkeypatch.setattr(module, "REGISTRY", registry)
    return check.code


def test_results_come_as_they_are_and_stand_in_the_order_asked(tmp_path: Path) -> None:
    heard: list[str] = []
    phases: list[str] = []
    root = project(tmp_path, {"a.py": "import matplotlib.pyplot as plt\nplt.pie([1, 2])\n"})
    requests = [CheckRequest("model.loads"), CheckRequest("chart.pie")]
    with runner.evaluate(
        root, requests, on_result=lambda result: heard.append(result.check), on_phase=phases.append
    ) as report:
        assert [result.check for result in report.results] == ["model.loads", "chart.pie"]
        folder = report.own_folder
        assert folder is not None
        assert folder.exists()
    assert heard == ["chart.pie", "model.loads"]  # what answers at once comes first
    assert phases == ["unpack", "facts", "model_load"]
    assert not folder.exists()


def test_a_defect_of_ours_is_ours_and_stops_nothing(tmp_path: Path, crashing: str) -> None:
    results = run(project(tmp_path, {"a.py": "x = 1"}), crashing, "chart.pie", "no.such.check")
    assert (results[crashing].finding.outcome, results[crashing].finding.cause) == (Outcome.ERROR, Cause.PLATFORM)
    assert results["chart.pie"].finding.outcome is Outcome.NOT_MET
    assert results["no.such.check"].finding.message.code == "engine.check_unknown"


def test_wrong_parameters_are_ours(tmp_path: Path) -> None:
    root = project(tmp_path, {"a.py": "x = 1"})
    with runner.evaluate(root, [CheckRequest("model.metric", {"threshold": "high"})]) as report:
        finding = report.results[0].finding
    assert (finding.cause, finding.message.code) == (Cause.PLATFORM, "engine.parameters_invalid")


def test_defaults_are_completed() -> None:
    params = complete_params(checks.REGISTRY["model.metric"], {"threshold": 0.7})
    assert params == {"reference": None, "threshold": 0.7, "tolerance": 0.01, "beats_dummy": True, "metric": None}


def test_nothing_to_run_is_undecided(tmp_path: Path) -> None:
    results = run(project(tmp_path, {"README.md": "# Rien"}), "model.loads", "model.metric", "api.responds")
    assert {result.finding.outcome for result in results.values()} == {Outcome.UNDECIDED}


def test_an_archive_and_its_facts_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = tmp_path / "work.zip"
    with zipfile.ZipFile(archive, "w") as target:
        target.writestr("a.py", "import matplotlib.pyplot as plt\nplt.pie([1, 2])\n")
    store = FolderStore(tmp_path / "store")
    first = run(archive, "chart.pie", fact_store=store)["chart.pie"]
    monkeypatch.setattr(Sandbox, "run", lambda *_: pytest.fail("the facts were read again"))
    second = run(archive, "chart.pie", fact_store=store)["chart.pie"]
    assert second.finding == first.finding
    assert first.finding.outcome is Outcome.MET


def test_a_broken_archive_is_the_candidates(tmp_path: Path) -> None:
    archive = tmp_path / "work.zip"
    archive.write_bytes(b"PK\x03\x04 and nothing more")
    with pytest.raises(SubmissionFault) as caught:
        run(archive, "chart.pie")
    assert "sans libellé" not in messages.render(caught.value.message, "fr")


def test_without_a_runtime_nothing_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JALON_RUNTIMES_DIR", str(tmp_path / "none"))
    with pytest.raises(EngineFault, match=r"runtime\.missing"):
        run(project(tmp_path, {"a.py": "x = 1"}), "chart.pie")


def test_inspection_recognises_the_parts() -> None:
    inspection = runner.inspect(SAMPLES / "good")
    counts = {kind: found["count"] for kind, found in inspection.recognised.items()}
    assert counts["notebooks"] == 2
    assert (counts["models"], counts["api"], counts["dashboard"], counts["pdf"], counts["readme"]) == (1, 1, 1, 1, 1)
    assert inspection.files > 10


def test_the_sample_model_is_loaded_scored_and_served() -> None:
    results = run(SAMPLES / "good", "model.loads", "model.metric", "api.responds")
    assert {result.finding.outcome for result in results.values()} == {Outcome.MET}
    metric = results["model.metric"].finding.evidence[0]
    assert metric.kind is EvidenceKind.METRIC
    assert metric.detail["value"] == pytest.approx(0.998, abs=0.01)
    exchanges = [item.detail["response"]["status"] for item in results["api.responds"].finding.evidence]
    assert exchanges == [200, 404, 422]


def test_a_claim_that_is_not_found_again_is_not_met(tmp_path: Path) -> None:
    root = tmp_path / "good"
    shutil.copytree(SAMPLES / "good", root)
    declaration = root / "jalon.toml"
    declaration.write_text(declaration.read_text().replace("0.998", "0.7"))
    finding = run(root, "model.metric")["model.metric"].finding
    assert finding.outcome is Outcome.NOT_MET
    assert "la valeur annoncée n’est pas retrouvée (0,7 ± 0,01)" in messages.render(finding.message, "fr")
    assert "the claimed value is not found again (0.7 ± 0.01)" in messages.render(finding.message, "en")


def test_the_model_never_sees_the_truth(tmp_path: Path) -> None:
    """A model that looks for the data set, under any name, finds it empty."""
    root = project(
        tmp_path,
        {
            "spy.py": "import os\nclass Spy:\n    def predict(self, X):\n"
            "        sizes = [os.path.getsize('/bundle/' + n) for n in ('test.csv', 'copy.csv')]\n"
            "        sizes.append(os.path.getsize('test.csv'))\n"
            "        raise RuntimeError(str(sizes))\n",
            "test.csv": "a,y\n1,0\n2,1\n3,0\n",
            "copy.csv": "a,y\n1,0\n2,1\n3,0\n",
            "jalon.toml": '[model]\npath = "m.pkl"\n[metric]\ndata = "test.csv"\ntarget = "y"\n',
            "m.pkl": b"cspy\nSpy\n)R.",
        },
    )
    finding = run(root, "model.metric")["model.metric"].finding
    assert finding.outcome is Outcome.NOT_MET
    assert finding.message.params["message"] == "[0, 0, 0]"


def test_limits_are_the_candidates_and_named(tmp_path: Path) -> None:
    root = project(
        tmp_path,
        {
            "jalon.toml": '[model]\npath = "m.pkl"\n',
            "m.pkl": pickle.dumps(Payload("import time; time.sleep(60)")),
        },
    )
    limits = runner.Limits(job=replace(runner.Limits().job, wall_seconds=3.0))
    finding = run(root, "model.loads", limits=limits)["model.loads"].finding
    assert (finding.outcome, finding.cause) == (Outcome.ERROR, Cause.CANDIDATE)
    assert finding.message == Message("sandbox.timeout", {"seconds": 3.0})


def test_a_limit_is_not_remembered_as_a_fact(tmp_path: Path) -> None:
    files = {"jalon.toml": '[model]\npath = "m.pkl"\n', "m.pkl": pickle.dumps(Payload("import time; time.sleep(3)"))}
    root = project(tmp_path, files)
    store = FolderStore(tmp_path / "store")
    short = runner.Limits(job=replace(runner.Limits().job, wall_seconds=2.0))
    first = run(root, "model.loads", fact_store=store, limits=short)["model.loads"].finding
    assert first.message.code == "sandbox.timeout"
    second = run(root, "model.loads", fact_store=store)["model.loads"].finding
    assert second.message.code != "sandbox.timeout"


def test_a_model_that_runs_commands_proves_nothing_by_loading(tmp_path: Path) -> None:
    """Even when it forges the very answer of an honest model."""
    forged = {
        "class": "sklearn.pipeline.Pipeline", "held_in": "", "estimator": True, "steps": [], "methods": ["predict"],
        "features": None, "n_features": 3, "classes": None, "libraries": {}, "warnings": [], "seconds": 0.1,
        "prediction": None,
    }  # fmt: skip
    code = f"import os; os.write(4, {json.dumps({'value': forged}).encode()!r}); os._exit(0)"
    root = project(tmp_path, {"jalon.toml": '[model]\npath = "m.pkl"\n', "m.pkl": pickle.dumps(Payload(code))})
    finding = run(root, "model.loads")["model.loads"].finding
    assert (finding.outcome, finding.message.code) == (Outcome.UNDECIDED, "model.loads.undecided_dangerous")
    # An MLflow folder around it hides nothing, declared or not.
    folder = {"jalon.toml": '[model]\npath = "m/m.pkl"\n', "m/m.pkl": pickle.dumps(Payload(code)), "m/MLmodel": MLMODEL}
    finding = run(project(tmp_path / "folder", folder), "model.loads")["model.loads"].finding
    assert (finding.outcome, finding.message.code) == (Outcome.UNDECIDED, "model.loads.undecided_dangerous")


def test_the_model_of_an_mlflow_folder_is_loaded(tmp_path: Path) -> None:
    root = project(tmp_path, {"m/MLmodel": MLMODEL, "m/model.pkl": pickle.dumps(fitted())})
    finding = run(root, "model.loads")["model.loads"].finding
    assert (finding.outcome, finding.evidence[0].path) == (Outcome.MET, "m/model.pkl")


API = """
from flask import Flask, jsonify
app = Flask(__name__)
clients = {"7": 0.25}

@app.route("/predict/<client_id>")
def predict(client_id):
    return jsonify(score=clients[client_id]) if FALLBACK in (0, client_id) or client_id in clients else ("no", 404)
"""


@pytest.mark.parametrize(("fallback", "outcome"), [("None", Outcome.MET), ("0", Outcome.NOT_MET)])
def test_a_flask_api_with_an_identifier_of_its_own_table(tmp_path: Path, fallback: str, outcome: Outcome) -> None:
    root = project(
        tmp_path,
        {"api/app.py": API.replace("FALLBACK", fallback), "clients.csv": "client_id;age\n7;40\n"},
    )
    finding = run(root, "api.responds")["api.responds"].finding
    assert finding.outcome is outcome
    assert finding.evidence[0].detail["request"]["url"].startswith("/predict/")
    if outcome is Outcome.NOT_MET:
        assert finding.message.params["status"] == 500


def test_an_api_kept_in_a_folder_starts_from_there(tmp_path: Path) -> None:
    """Its imports and its files are named from the folder that it is started in, not from the root."""
    source = "from service.store import opened\nopened('service/known.txt')\n" + API.replace("FALLBACK", "None")
    files = {
        "deploy/online-part/service/main.py": source,
        "deploy/online-part/service/store.py": "def opened(name):\n    return open(name).read()\n",
        "deploy/online-part/service/known.txt": "7",
        "clients.csv": "client_id;age\n7;40\n",
    }
    finding = run(project(tmp_path, files), "api.responds")["api.responds"].finding
    assert finding.outcome is Outcome.MET, finding.message


def test_an_api_whose_schema_cannot_be_described_is_still_asked(tmp_path: Path) -> None:
    source = """
from fastapi import FastAPI, HTTPException
app = FastAPI()
def openapi(): raise ValueError("no schema")
app.openapi = openapi
@app.get("/predict/{client_id}")
def predict(client_id: str):
    if client_id != "7":
        raise HTTPException(404)
    return {"score": 0.2}
"""
    root = project(tmp_path, {"main.py": source, "clients.csv": "client_id;age\n7;40\n"})
    finding = run(root, "api.responds")["api.responds"].finding
    assert finding.outcome is Outcome.MET, finding.message


def test_an_api_that_does_not_start_says_why(tmp_path: Path) -> None:
    root = project(
        tmp_path,
        {"app.py": "from flask import Flask\napp = Flask(__name__)\nraise ValueError('no key\\n  see the manual')\n"},
    )
    finding = run(root, "api.responds")["api.responds"].finding
    assert finding.outcome is Outcome.NOT_MET
    assert "ValueError: no key" in messages.render(finding.message, "en")


def test_pictures_are_stored_with_their_facts(tmp_path: Path) -> None:
    picture = tmp_path / "a"
    picture.write_bytes(b"data")
    digest = "3a6eb0790f39ac87c94f3856b2dd2c5d110e6811602261a9a923d3bb23adc8b7"
    store = FolderStore(tmp_path / "facts")
    keep_with_pictures(store, "k", {"x": 1}, {digest: picture})
    assert restore(store, "k") == ({"x": 1}, [digest])
    target = tmp_path / "out"
    target.mkdir()
    pictures = Pictures(store, target)
    pictures.promise([digest])
    assert (list(pictures), list(target.iterdir())) == ([digest], [])
    assert pictures[digest] == target / digest
    assert pictures[digest].read_bytes() == b"data"
    assert pictures.get("other") is None


def test_a_fact_whose_pictures_are_lost_is_read_again(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    store.put("k", {"facts": {"x": 1}, "pictures": ["0" * 64]})
    assert restore(store, "k") is None
    store.put("old", {"facts": {"x": 1}, "pictures": {"0" * 64: "ZGF0YQ=="}})
    assert restore(store, "old") is None


def test_a_picture_with_other_bytes_is_refused(tmp_path: Path) -> None:
    store = FolderStore(tmp_path / "facts")
    picture = tmp_path / "a"
    picture.write_bytes(b"data")
    keep_with_pictures(store, "k", {}, {"0" * 64: picture})
    pictures = Pictures(store, tmp_path)
    pictures.promise(["0" * 64])
    with pytest.raises(EngineFault, match="facts_invalid"):
        pictures["0" * 64]


def test_keys_depend_on_everything() -> None:
    keys = {
        fact_key("a", "n", 1),
        fact_key("b", "n", 1),
        fact_key("a", "m", 1),
        fact_key("a", "n", 2),
        fact_key("a", "n", 1, "r"),
        fact_key("a", "n", 1, "r", {"p": 1}),
    }
    assert len(keys) == 6


def test_a_workspace_follows_no_link(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("x")
    root = tmp_path / "root"
    root.mkdir()
    (root / "link").symlink_to(secret)
    (root / "dir").symlink_to(tmp_path)
    (root / "big").write_bytes(b"x" * 11)
    workspace = Workspace(root, (FileEntry("big", 11, ""),))
    for path in ("link", "dir/secret", "../secret", "/etc/hostname", ""):
        with pytest.raises(SubmissionFault, match=r"file\.forbidden"):
            workspace.read_bytes(path)
    with pytest.raises(SubmissionFault, match=r"file\.too_large"):
        workspace.read_bytes("big", limit=10)
    assert len(workspace.read_bytes("big", limit=MB)) == 11


def test_checks_read_facts_that_somebody_extracts() -> None:
    known = {"files", *static.BY_NAME, *DYNAMIC, *OUTSIDE}
    assert {name for check in checks.REGISTRY.values() for name in check.facts} <= known
    assert set(DYNAMIC) == checks._DYNAMIC


def test_a_registry_refuses_twice() -> None:
    with pytest.raises(ValueError, match="registered twice"):
        Registry([("a", 1), ("a", 2)])
