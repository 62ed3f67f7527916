"""The passport: what stands in a model file, told without loading it, and never by an exception."""

from __future__ import annotations

import io
import json
import os
import pickle
import pickletools
import subprocess
import zipfile
import zlib
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
import sklearn
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_iris
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from evaluator.checks.model_files import CHECKS
from evaluator.facts.model_files import extract
from evaluator.facts.models.known import judged
from evaluator.facts.models.pickles import read_pickle
from evaluator.facts.models.source import Source, opened

from .builders import ProjectModel, fitted, workspace, write

VERSION = sklearn.__version__
COMPRESSIONS = [0, 3, ("gzip", 3), ("bz2", 3), ("xz", 3), ("lzma", 3)]
RUN = {check.code: check.run for check in CHECKS}


@pytest.fixture(scope="module")
def forest() -> Any:
    features, _ = load_iris(return_X_y=True)
    labels = np.array(["a", "b", "c"], dtype=object)[load_iris().target]
    return make_pipeline(StandardScaler(), RandomForestClassifier(5)).fit(features, labels)


@pytest.mark.parametrize("protocol", [2, 4, pickle.HIGHEST_PROTOCOL])
def test_several_pickles_of_one_pickler_share_their_memo(tmp_path: Path, protocol: int) -> None:
    """``pickler.dump(one); pickler.dump(other)``: the second names what the first remembered."""
    features, labels = load_iris(return_X_y=True)
    scaler = StandardScaler().fit(features)
    stream = io.BytesIO()
    pickler = pickle.Pickler(stream, protocol)
    for held in ({"scaler": scaler}, LogisticRegression(max_iter=500).fit(features, labels), [scaler, labels]):
        pickler.dump(held)
    passport = passport_of(tmp_path, stream.getvalue())
    assert passport["error"] is None
    assert "LogisticRegression" in str(passport["estimators"])


def test_several_pickles_of_their_own_are_read_one_by_one(tmp_path: Path) -> None:
    model = LogisticRegression(max_iter=500).fit(*load_iris(return_X_y=True))
    data = b"".join(pickle.dumps(held) for held in ({"a": "a", "b": "a"}, model, StandardScaler()))
    passport = passport_of(tmp_path, data)
    assert passport["error"] is None
    assert "LogisticRegression" in str(passport["estimators"])


class Runs:
    """Runs a command when it is loaded."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self.call = (function, arguments)

    def __reduce__(self) -> Any:
        return self.call


def passport_of(folder: Path, data: bytes, name: str = "model.pkl") -> dict[str, Any]:
    write(folder, {name: data})
    return extract(workspace(folder))[name]


@pytest.mark.parametrize("compression", COMPRESSIONS, ids=str)
def test_joblib_with_raw_arrays_is_read_to_its_end(compression: Any, forest: Any, tmp_path: Path) -> None:
    joblib.dump({"model": forest, "columns": ["x", "y"]}, tmp_path / "modele", compress=compression)
    passport = extract(workspace(tmp_path))["modele"]
    assert passport["error"] is None
    assert passport["format"] == "joblib"
    assert passport["estimators"] == ["sklearn.pipeline.Pipeline"]
    assert "sklearn.ensemble._forest.RandomForestClassifier" in passport["classes"]
    assert passport["libraries"] == {"scikit-learn": VERSION}
    assert not passport["dangerous"]
    assert not passport["unknown"]


@pytest.mark.parametrize("protocol", range(6))
def test_every_protocol(protocol: int, forest: Any, tmp_path: Path) -> None:
    passport = passport_of(tmp_path, pickle.dumps([forest], protocol))
    assert passport["error"] is None
    assert passport["estimators"] == ["sklearn.pipeline.Pipeline"]
    assert passport["libraries"] == {"scikit-learn": VERSION}
    assert passport["protocol"] == (protocol if protocol > 1 else 0)


def test_joblib_inside_an_old_scikit_learn(forest: Any, tmp_path: Path) -> None:
    joblib.dump(forest, tmp_path / "new", protocol=2)
    data = (tmp_path / "new").read_bytes().replace(b"cjoblib.numpy_pickle", b"csklearn.externals.joblib.numpy_pickle")
    passport = passport_of(tmp_path, data)
    assert (passport["error"], passport["estimators"]) == (None, ["sklearn.pipeline.Pipeline"])


def test_imports_are_those_that_loading_would_make(forest: Any) -> None:
    data = pickle.dumps(forest, 2)
    named = [argument for opcode, argument, _ in pickletools.genops(data) if opcode.name == "GLOBAL"]
    reading = read_pickle(Source(io.BytesIO(data)))
    assert [f"{found.module} {found.name}" for found in reading.imports] == list(dict.fromkeys(named))


def test_the_content_counts_and_not_the_extension(tmp_path: Path) -> None:
    files = {"modele.txt": pickle.dumps(fitted()), "sans_extension": pickle.dumps(fitted()), "notes.txt": "bonjour"}
    found = extract(workspace(write(tmp_path, files)))
    assert sorted(found) == ["modele.txt", "sans_extension"]
    assert all(passport["estimator"] for passport in found.values())


@pytest.mark.parametrize(
    ("thing", "expected"),
    [
        (LogisticRegression(), True),
        ({"m": {"inner": [LogisticRegression()]}}, True),
        (GridSearchCV(LogisticRegression(), {"C": [1]}), True),
        (make_pipeline(StandardScaler(), LogisticRegression()), True),
        (GradientBoostingClassifier(), True),
        (make_pipeline(StandardScaler(), OneHotEncoder()), False),
        (StandardScaler(), False),
        ({"threshold": 0.4}, False),
        (np.arange(10), False),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_an_estimator(thing: Any, expected: bool, tmp_path: Path) -> None:
    assert passport_of(tmp_path, pickle.dumps(thing))["estimator"] is expected


@pytest.mark.parametrize(
    ("function", "arguments", "name"),
    [
        (os.system, ("true",), "posix.system"),
        (subprocess.check_output, (["true"],), "subprocess.check_output"),
        (eval, ("1",), "builtins.eval"),
        (exec, ("1",), "builtins.exec"),
    ],
)
def test_dangerous_imports_are_named(function: Any, arguments: Any, name: str, tmp_path: Path) -> None:
    passport = passport_of(tmp_path, pickle.dumps({"model": fitted(), "trap": Runs(function, *arguments)}))
    assert passport["dangerous"] == [name]
    facts = {"model_files": {"model.pkl": passport}, "dependencies": {"files": [], "main": None}}
    finding = RUN["model.passport"](facts, {})
    assert (finding.outcome.value, finding.message.params["names"]) == ("not_met", [name])


def test_a_hidden_import_is_dangerous() -> None:
    computed = b"\x80\x04cbuiltins\nstr\n\x8c\x02os\x85R\x8c\x06system\x93."
    reading = read_pickle(Source(io.BytesIO(computed)))
    assert judged(*((last := list(reading.imports)[-1]).module, last.name)) == "dangerous"


@pytest.mark.parametrize(
    ("module", "name", "verdict"),
    [
        ("numpy", "os.system", "dangerous"),
        ("joblib", "load", "dangerous"),
        ("numpy.testing._private.utils", "runstring", "dangerous"),
        ("src.features", "Cleaner", "unknown"),
        ("builtins", "getattr", "unknown"),
        ("sklearn.svm._classes", "SVC", "safe"),
        ("copy_reg", "_reconstructor", "safe"),
        ("scipy.signal", "trace", "safe"),
    ],
)
def test_verdicts_on_imports(module: str, name: str, verdict: str) -> None:
    assert judged(module, name) == verdict


def test_classes_of_the_project_are_unknown_and_undecided(tmp_path: Path) -> None:
    passport = passport_of(tmp_path, pickle.dumps(ProjectModel()))
    assert passport["unknown"] == ["tests.evaluator.builders.ProjectModel"]
    assert RUN["model.serialized"]({"model_files": {"model.pkl": passport}}, {}).outcome.value == "undecided"


@pytest.mark.parametrize(
    ("inside", "declared", "outcome"),
    [
        ("1.9.1", "==1.9.1", "met"),
        ("1.9.1", "==1.9.0", "met"),
        ("1.9.1", ">=1.5,<2", "met"),
        ("1.9.1", "==1.5.2", "not_met"),
        ("1.9.1", "~=1.5.0", "not_met"),
        ("1.9.1", "", "undecided"),
        ("1.9.1", None, "undecided"),
        (None, "==1.9.1", "undecided"),
    ],
)
def test_versions_inside_against_versions_declared(inside: str | None, declared: str | None, outcome: str) -> None:
    versions = {"scikit-learn": [inside]} if inside else {}
    passport = {"sha256": "0" * 64, "format": "pickle", "compression": None, "protocol": 5, "estimator": True}
    passport |= {"classes": [], "estimators": [], "dangerous": [], "unknown": [], "packages": [], "error": None}
    passport |= {"versions": versions, "libraries": {name: seen[0] for name, seen in versions.items()}}
    entries = [] if declared is None else [{"name": "scikit-learn", "spec": declared, "pinned": True, "line": 3}]
    file = {"path": "requirements.txt", "sha256": "1" * 64, "entries": entries, "model": False, "locked": False}
    dependencies = {"files": [file], "main": "requirements.txt"}
    finding = RUN["model.passport"]({"model_files": {"m.pkl": passport}, "dependencies": dependencies}, {})
    assert finding.outcome.value == outcome


def test_a_bomb_is_stopped_with_a_named_cause() -> None:
    packed = zlib.compress(b"\x80\x04" + b"N0" * 5_000_000, 9)
    reading = read_pickle(opened(io.BytesIO(packed), "zlib", limit=1_000_000))
    assert reading.error == "model.too_large"
    nested = read_pickle(Source(io.BytesIO(b"\x80\x04\x8e" + (1 << 60).to_bytes(8, "little"))))
    assert nested.error == "model.too_large"


@pytest.mark.parametrize("data", [b"", b"version https://git-lfs.github.com/spec/v1\n", b"\x80\x04"])
def test_a_file_named_as_a_model_that_is_none_says_so(data: bytes, tmp_path: Path) -> None:
    passport = passport_of(tmp_path, data)
    assert passport["error"]["code"] in {"model.not_a_pickle", "model.truncated"}
    assert RUN["model.serialized"]({"model_files": {"model.pkl": passport}}, {}).outcome.value == "error"


def test_mlflow_folder_is_one_model(tmp_path: Path) -> None:
    described = "mlflow_version: 2.9.0\nflavors:\n  sklearn:\n    sklearn_version: 1.2.2\n"
    found = extract(workspace(write(tmp_path, {"m/MLmodel": described, "m/model.pkl": pickle.dumps(fitted())})))
    assert list(found) == ["m/MLmodel"]
    assert found["m/MLmodel"]["format"] == "mlflow"
    assert found["m/MLmodel"]["estimator"]
    assert found["m/MLmodel"]["versions"]["scikit-learn"] == ["1.2.2", VERSION]
    finding = RUN["model.serialized"]({"model_files": found}, {})
    assert finding.evidence[0].path == finding.message.params["path"] == "m/model.pkl"
    assert finding.evidence[0].sha256 == found["m/MLmodel"]["held"]["sha256"]


def test_containers(tmp_path: Path) -> None:
    header = json.dumps({"w": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()
    write(tmp_path, {"poids.safetensors": len(header).to_bytes(8, "little") + header + bytes(4)})
    node = b"\x0a\x0a\x22\x08TreeEnse"
    write(tmp_path, {"m.onnx": b"\x08\x08\x12\x07sklonnx\x1a\x061.16.0" + bytes([0x3A, len(node)]) + node})
    with zipfile.ZipFile(tmp_path / "net.pt", "w") as archive:
        archive.writestr("net/data.pkl", b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n)R.")
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("a.txt", "a")
    found = extract(workspace(tmp_path))
    assert {name: passport["format"] for name, passport in found.items()} == {
        "poids.safetensors": "safetensors",
        "m.onnx": "onnx",
        "net.pt": "torch",
    }
    assert all(passport["estimator"] for passport in found.values())
    assert found["m.onnx"]["libraries"] == {"sklonnx": "1.16.0"}


def test_skops_is_read_from_its_schema(tmp_path: Path, candidates_python: Path) -> None:
    script = (
        "import sys, skops.io; from sklearn.linear_model import LogisticRegression as L; "
        "from sklearn.pipeline import make_pipeline as p; from sklearn.preprocessing import StandardScaler as S; "
        "skops.io.dump(p(S(), L()).fit([[0.], [1.]], [0, 1]), sys.argv[1])"
    )
    subprocess.run([candidates_python, "-c", script, tmp_path / "m.skops"], check=True, timeout=120)
    passport = extract(workspace(tmp_path))["m.skops"]
    assert passport["format"] == "skops"
    assert passport["estimators"] == ["sklearn.pipeline.Pipeline"]
    assert "scikit-learn" in passport["libraries"]


@pytest.fixture(scope="session")
def candidates_python() -> Path:
    from evaluator.runtimes import default_runtime

    return Path(default_runtime().python)


SEEDS = [pickle.dumps({"m": fitted(), "l": [1, (2.5, "x")], "s": {1}}, protocol) for protocol in range(6)]


@given(st.binary(max_size=400))
@settings(max_examples=300, deadline=None)
def test_random_bytes_yield_a_named_result(data: bytes) -> None:
    reading = read_pickle(Source(io.BytesIO(b"\x80\x04" + data)))
    assert reading.error is None or reading.error.startswith("model.")


@given(st.sampled_from(SEEDS), st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 255)), min_size=1, max_size=8))
@settings(max_examples=300, deadline=None)
def test_mutated_pickles_yield_a_passport(seed: bytes, changes: list[tuple[int, int]]) -> None:
    from evaluator.facts.models.passport import of_reading

    data = bytearray(seed)
    for position, value in changes:
        data[position % len(data)] = value
    passport = of_reading(read_pickle(Source(io.BytesIO(bytes(data)))), None)
    json.dumps(passport)
