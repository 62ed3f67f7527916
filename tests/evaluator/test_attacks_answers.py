"""Models and APIs that answer what nobody should believe: the metric and the exchange name it, and nothing breaks."""

from __future__ import annotations

import json
import pickle
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sklearn.linear_model import LogisticRegression

from evaluator.errors import SubmissionFault
from evaluator.facts.base import Facts
from evaluator.facts.dynamic import DYNAMIC, Context
from evaluator.facts.dynamic.model_metric import _score
from evaluator.limits import MB
from evaluator.metrics import METRICS
from tests.evaluator.builders import workspace, write
from tests.evaluator.sandboxed import LIMITS, sandbox

pytestmark = pytest.mark.usefixtures("start")


def _context(root: Path, **facts: Any) -> Context:
    """What a dynamic extractor is given for the folder ``root``."""
    for path in (root, *root.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    rows = [{"path": entry.path, "size": entry.size, "sha256": entry.sha256} for entry in workspace(root).files]
    known: dict[str, Any] = {"files": rows, "declaration": {}, "model_files": {}, "code": {}} | facts
    limits = replace(LIMITS, memory_bytes=1024 * MB, wall_seconds=20.0)
    context = Context(root, known, sandbox(), limits, lambda name: DYNAMIC[name].extract(context, {}))
    return context


_MODEL = {"m.pkl": {"format": "pickle", "estimator": True, "classes": []}}
_TABLE = "x,y\n" + "".join(f"{number},{int(number >= 4)}\n" for number in range(8))


def _metric(folder: Path, table: str = _TABLE, *, declared: Any, files: Mapping[str, str | bytes] | None = None) -> Any:
    import pandas

    model = LogisticRegression().fit(pandas.DataFrame({"x": range(8)}), [0] * 4 + [1] * 4)
    root = write(folder / "bundle", {"m.pkl": pickle.dumps(model), "data.csv": table, **(files or {})})
    facts: Facts = {"path": "jalon.toml", "base": "", "metric": declared or {}}
    return DYNAMIC["model_metric"].extract(_context(root, model_files=_MODEL, declaration=facts), {})


def test_infinite_values_of_a_table_are_absent_ones(tmp_path: Path) -> None:
    fact = _metric(tmp_path, _TABLE.replace("7,1", "7,inf"), declared={"data": "data.csv", "target": "y"})
    assert (fact["error"], fact["rows"]) == (None, 7)


@pytest.mark.parametrize("name", ["data.zip", "data.csv.gz", "data.tar", "data.parquet"])
def test_a_declared_table_that_is_none(tmp_path: Path, name: str) -> None:
    fact = _metric(tmp_path, declared={"data": name, "target": "y"}, files={name: b"PK\x03\x04 not a table"})
    assert fact["error"]["code"] == "metric.table_unreadable"


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "..", "", "data.csv/..", "https://example.org/x"])
def test_a_declared_table_outside(tmp_path: Path, name: str) -> None:
    fact = _metric(tmp_path, declared={"data": name or "./", "target": "y"})
    assert fact["error"]["code"] == "metric.data_missing"


def test_copies_of_the_table_are_hidden_or_nothing_is_computed(tmp_path: Path) -> None:
    several = {f"deep/er/copy_{number}.csv": _TABLE for number in range(100)}
    assert _metric(tmp_path / "a", declared={"data": "data.csv", "target": "y"}, files=several)["value"] == 1.0
    many = {f"copy_{number}.csv": _TABLE for number in range(600)}
    fact = _metric(tmp_path / "b", declared={"data": "data.csv", "target": "y"}, files=many)
    assert fact["missing"]["code"] == "metric.not_computable"


ANSWERS: dict[str, tuple[str, Any, str]] = {
    "too large": ("rmse", {"predictions": [1e200] * 4}, "metric.not_numbers"),
    "not finite": ("mae", {"predictions": [None] * 4}, "metric.not_numbers"),
    "lists for labels": ("f1", {"predictions": [[1]] * 4}, "sandbox.result_invalid"),
    "objects for labels": ("accuracy", {"predictions": [{}] * 4}, "sandbox.result_invalid"),
    "texts for scores": ("roc_auc", {"predictions": [], "scores": ["a"] * 4, "classes": [0, 1]}, "metric.not_numbers"),
    "fewer": ("accuracy", {"predictions": [1]}, "metric.wrong_length"),
}


@pytest.mark.parametrize(("metric", "answer", "code"), ANSWERS.values(), ids=ANSWERS.keys())
def test_forged_predictions_are_named(tmp_path: Path, metric: str, answer: dict[str, Any], code: str) -> None:
    table = {"truth": [0, 0, 1, 1], "path": "data.csv", "target": "y"}
    claim = {"predictions": [], "scores": None, "classes": [{}, []]} | answer
    with pytest.raises(SubmissionFault) as caught:
        _score(_context(tmp_path), METRICS[metric], table, claim)
    assert caught.value.code == code


def test_a_model_does_not_choose_which_class_is_positive(tmp_path: Path) -> None:
    """All rows called the frequent class: precision on it would be 0.75, and is 0 on the rare one."""
    table = {"truth": [0, 0, 0, 1], "path": "data.csv", "target": "y"}
    claim = {"predictions": [0] * 4, "scores": None, "classes": [1, 0]}
    assert _score(_context(tmp_path), METRICS["precision"], table, claim)["value"] == 0.0


_ASGI = """
import asyncio
async def app(scope, receive, send):
    if scope["type"] != "http":
        return
{body}
app.router = None
"""
_START = "    await send({'type': 'http.response.start', 'status': %s, 'headers': [%s]})\n"
APIS = {
    "answers without end": _START % (200, "")
    + "    while True:\n        await send({'type': 'http.response.body', 'body': b'x' * 65536, 'more_body': True})",
    "sends elsewhere": _START % (302, "(b'location', b'http://192.0.2.1/')")
    + "    await send({'type': 'http.response.body', 'body': b''})",
    "answers anything": _START % (200, "") + "    await send({'type': 'http.response.body', 'body': b'{\"x\": 1}'})",
    "closes": "    raise SystemExit",
    "kills its client": "    import os\n    os.kill(os.getppid(), 9)",
    "claims in its client's name": "    import os\n    for fd in range(3, 300):\n        try:\n"
    '            os.write(fd, b\'{"value": {"forged": 1}}\')\n        except OSError:\n            continue\n'
    + _START % (200, "")
    + "    await send({'type': 'http.response.body', 'body': b'x'})",
    "reads its client": _START % (200, "") + "    import os\n    b = open(f'/proc/{os.getppid()}/mem', 'rb').read(1)\n"
    "    await send({'type': 'http.response.body', 'body': b'stolen'})",
}


def _exchange(folder: Path, source: str, **declared: Any) -> dict[str, Any]:
    root = write(folder / "bundle", {"api.py": source})
    api = {"app": "api:app", "route": "/clients/{id}", "identifier": "7"} | declared
    return DYNAMIC["api_exchange"].extract(
        _context(root, declaration={"path": "jalon.toml", "base": "", "api": api}), {}
    )


@pytest.mark.parametrize("body", APIS.values(), ids=APIS.keys())
def test_apis_that_attack_their_client(tmp_path: Path, body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evaluator.facts.dynamic.api_exchange._ANSWER_SECONDS", 1.0)
    fact = _exchange(tmp_path, _ASGI.format(body=body))
    if fact["error"]:
        assert fact["error"]["code"] in {"sandbox.killed", "app.start_failed", "sandbox.result_invalid"}
        return
    assert fact["kind"] == "asgi"
    assert all(len(item["response"]["body"]) <= 2000 for item in fact["exchanges"])
    assert "stolen" not in json.dumps(fact["exchanges"])


STARTS = {
    "never ready": "import time\ntime.sleep(60)",
    "ends": "raise SystemExit(0)",
    "holds another port": "import socket, time\ns = socket.create_server(('127.0.0.1', 9000))\ntime.sleep(60)",
    "describes nonsense": "import pathlib, time\npathlib.Path('/tmp/routes.json').write_text('[' * 9999)\n"
    "import socket\ns = socket.create_server(('127.0.0.1', 8000))\ntime.sleep(60)",
}


@pytest.mark.parametrize("source", STARTS.values(), ids=STARTS.keys())
def test_apis_that_do_not_start(tmp_path: Path, source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evaluator.facts.dynamic.api_exchange._START_SECONDS", 1.5)
    monkeypatch.setattr("evaluator.facts.dynamic.api_exchange._ANSWER_SECONDS", 0.5)
    fact = _exchange(tmp_path, source)
    assert fact["error"] is None or fact["error"]["code"] in {
        "app.start_timeout",
        "app.start_failed",
        "candidate.exception",
    }
    assert all(item["response"]["status"] == 0 for item in fact.get("exchanges", []))


@pytest.mark.parametrize("app", ["../../etc:x", "-c:x", "os:system", "a\0b:c", ":", "json:dumps.x", "évil:app"])
def test_declared_applications_of_any_name(tmp_path: Path, app: str) -> None:
    fact = _exchange(tmp_path, "app = 1", app=app)
    assert fact["error"]["code"] in {"app.start_failed", "candidate.exception"}


def test_applications_written_by_notebooks_are_passed_over(tmp_path: Path) -> None:
    apps = [{"path": f"n{number}.ipynb", "object": "app"} for number in range(5)] + [{"path": "a.py", "object": "app"}]
    root = write(tmp_path / "bundle", {"a.py": "raise SystemExit"})
    assert DYNAMIC["api_exchange"].extract(_context(root, code={"apps": apps}), {})["app"] == "a:app"
    assert DYNAMIC["api_exchange"].extract(_context(root, code={"apps": apps[:5]}), {})["missing"]["code"] == "api.none"
