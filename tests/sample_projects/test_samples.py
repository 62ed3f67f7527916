"""The two sample projects are what they say they are, and are built the same every time."""

from __future__ import annotations

import filecmp
import json
import re
import subprocess
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pypdfium2
import pytest

from assessments.samples import build as samples

MAXIMUM_BYTES = 1_500_000
PAGES = {"good": 2, "flawed": 5}
RUNTIME_LOCK = samples.ROOT.parents[1] / "evaluator" / "runtimes" / "default" / "requirements.txt"

SCORE = """
import sys, tomllib, warnings
warnings.simplefilter("ignore")
import joblib, pandas
from sklearn.metrics import accuracy_score, roc_auc_score
declared = tomllib.load(open("jalon.toml", "rb"))
model = joblib.load(declared["model"]["path"])
rows = pandas.read_csv(declared["metric"]["data"])
truth, features = rows[declared["metric"]["target"]], rows[model.feature_names_in_]
if declared["metric"]["name"] == "roc_auc":
    print(roc_auc_score(truth, model.predict_proba(features)[:, 1]))
else:
    print(accuracy_score(truth, model.predict(features)))
"""

ASK_GOOD = """
from fastapi.testclient import TestClient
from api.main import app
client = TestClient(app)
known = client.get("/clients/1005/prediction")
print(known.status_code, known.json()["client_id"], 0 <= known.json()["probabilite"] <= 1)
print(client.get("/clients/9999/prediction").status_code, client.get("/clients/abc/prediction").status_code)
"""

ASK_FLAWED = """
import warnings
warnings.simplefilter("ignore")
from fastapi.testclient import TestClient
from api.app import app
client = TestClient(app)
wine = {"alcool": 13.7, "acide_malique": 1.9, "cendres": 2.4, "alcalinite": 17, "magnesium": 105}
print(client.post("/predict", json=[wine]).json())
print([route.path for route in app.routes if "{" in route.path])
"""


def run(python: Path, folder: Path, code: str) -> str:
    """What ``code`` prints, run by the candidates' Python at the root of a sample."""
    done = subprocess.run([python, "-B", "-c", code], cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def notebooks(name: str) -> list[Path]:
    return sorted((samples.tree(name) / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("name", samples.NAMES)
def test_a_sample_stays_small(name: str, built: dict[str, Path], tmp_path: Path) -> None:
    assert sum(path.stat().st_size for path in built[name].rglob("*") if path.is_file()) < MAXIMUM_BYTES
    assert samples.archive(built[name], tmp_path / "a.zip").stat().st_size < MAXIMUM_BYTES


@pytest.mark.parametrize("name", samples.NAMES)
def test_building_twice_gives_the_same_bytes(name: str, built: dict[str, Path], tmp_path: Path) -> None:
    again = samples.build(name, tmp_path / "again")
    files = sorted(path.relative_to(again) for path in again.rglob("*") if path.is_file())
    assert files == sorted(path.relative_to(built[name]) for path in built[name].rglob("*") if path.is_file())
    different = filecmp.cmpfiles(again, built[name], [str(path) for path in files], shallow=False)[1:]
    assert different == ([], [])
    for write in (samples.archive, samples.archive_tar_gz):
        first, second = write(built[name], tmp_path / "first"), write(again, tmp_path / "second")
        assert first.read_bytes() == second.read_bytes()


def test_archives_hold_the_tree_and_its_history(built: dict[str, Path], tmp_path: Path) -> None:
    with zipfile.ZipFile(samples.archive(built["good"], tmp_path / "good.zip")) as bundle:
        names = set(bundle.namelist())
    with tarfile.open(samples.archive_tar_gz(built["good"], tmp_path / "good.tar.gz")) as bundle:
        assert {member.name for member in bundle} == names
    assert {".git/HEAD", "jalon.toml", "model/pipeline.joblib", "notebooks/1_exploration.ipynb"} <= names
    assert not [name for name in names if name.startswith(("_make", "_history")) or name.endswith(".html")]


@pytest.mark.parametrize(("name", "commits"), [("good", 5), ("flawed", 4)])
def test_history_is_whole_and_clean(name: str, commits: int, built: dict[str, Path]) -> None:
    def git(*arguments: str) -> str:
        # Without --no-optional-locks, status would refresh the index of the repository that other tests compare.
        command = ["git", "--no-optional-locks", "-C", str(built[name]), *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    assert git("fsck", "--strict") == ""
    assert git("status", "--porcelain") == ""
    assert len(git("log", "--format=%H").split()) == commits
    assert set(git("log", "--format=%an <%ae>").splitlines()) == {"Candidate Démo <candidate@demo.jalon.test>"}


def test_history_keeps_earlier_versions(built: dict[str, Path]) -> None:
    command = ["git", "-C", str(built["good"]), "log", "--format=%s", "--", "requirements.txt"]
    assert len(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()) == 3


def test_build_refuses_a_folder_in_use_and_an_unknown_name(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("kept", encoding="utf-8")
    with pytest.raises(samples.SampleError, match="not empty"):
        samples.build("good", tmp_path)
    with pytest.raises(samples.SampleError, match="good, flawed"):
        samples.build("excellent", tmp_path / "new")


def test_build_names_git_when_it_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert samples.main([str(tmp_path / "out")]) == 1
    assert capsys.readouterr().err == "git is not installed: it makes the history of the sample projects.\n"


def test_build_refuses_a_file_that_no_commit_brings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "root"
    tree = root / "trees" / "good"
    tree.mkdir(parents=True)
    (tree / "README.md").write_text("# Projet\n", encoding="utf-8")
    (tree / "forgotten.txt").write_text("?", encoding="utf-8")
    (root / "history.toml").write_text(
        '[good]\nauthor = "A <a@demo.jalon.test>"\n[[good.commits]]\nsubject = "s"\n'
        'date = "2026-01-01T00:00:00+00:00"\npaths = ["README.md"]\n',
        encoding="utf-8",
    )
    monkeypatch.setattr(samples, "ROOT", root)
    with pytest.raises(samples.SampleError, match=r"forgotten\.txt"):
        samples.build("good", tmp_path / "out")


@pytest.mark.parametrize("name", samples.NAMES)
def test_notebooks_were_executed_in_order_without_error(name: str) -> None:
    assert notebooks(name)
    for path in notebooks(name):
        code = [cell for cell in json.loads(path.read_text("utf-8"))["cells"] if cell["cell_type"] == "code"]
        assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
        outputs = [output for cell in code for output in cell["outputs"]]
        assert not [output for output in outputs if output["output_type"] == "error"]
        assert [output for output in outputs if "image/png" in output.get("data", {})]


@pytest.mark.parametrize("name", samples.NAMES)
def test_note_has_the_pages_it_must_have(name: str) -> None:
    document = pypdfium2.PdfDocument(samples.tree(name) / "note_methodologique.pdf")
    try:
        assert len(document) == PAGES[name]
        text = " ".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()
    assert "Interprétabilité" in text or "interprétabilité" in text
    assert "Limites et améliorations possibles" in text


@pytest.mark.parametrize("name", samples.NAMES)
def test_model_loads_in_the_runtime_and_reaches_the_claimed_value(
    name: str, built: dict[str, Path], runtime_python: Path
) -> None:
    claimed = tomllib.loads((built[name] / "jalon.toml").read_text(encoding="utf-8"))["metric"]["claimed"]
    assert float(run(runtime_python, built[name], SCORE)) == pytest.approx(claimed, abs=0.005)


def test_good_api_answers_by_identifier(built: dict[str, Path], runtime_python: Path) -> None:
    assert run(runtime_python, built["good"], ASK_GOOD).splitlines() == ["200 1005 True", "404 422"]


def test_flawed_api_answers_but_knows_no_identifier(built: dict[str, Path], runtime_python: Path) -> None:
    assert run(runtime_python, built["flawed"], ASK_FLAWED).splitlines() == ["{'cultivars': [0]}", "[]"]


def test_good_pins_the_versions_of_the_runtime() -> None:
    pattern = re.compile(r"^([\w.-]+)==(\S+)$", re.MULTILINE)
    runtime = dict(pattern.findall(RUNTIME_LOCK.read_text(encoding="utf-8").replace(" \\\n", "\n")))
    lines = (samples.tree("good") / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pinned = dict(pattern.findall("\n".join(lines)))
    assert len(pinned) == len(lines)
    outside = {"pytest", "streamlit"}  # the dashboard and the tests are not run in the sandbox
    assert {name: runtime.get(name) for name in pinned.keys() - outside} == {
        name: version for name, version in pinned.items() if name not in outside
    }


def test_flawed_model_was_saved_with_another_library_than_it_pins() -> None:
    saved = (samples.tree("flawed") / "model" / "modele.pkl").read_bytes()
    assert b"1.6.1" in saved
    assert "scikit-learn==1.5.2" in (samples.tree("flawed") / "requirements.txt").read_text(encoding="utf-8")


def test_readmes_name_what_is_there() -> None:
    for name in samples.NAMES:
        readme = (samples.tree(name) / "README.md").read_text(encoding="utf-8")
        folders = re.findall(r"`(\w+/)`", readme)
        assert folders
        assert [folder for folder in folders if not (samples.tree(name) / folder).is_dir()] == []
