"""APIs asked as a client could ask them, and what is missing here told apart from what they do wrong."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pandas
import pytest

from evaluator import messages
from evaluator.checks._running import kept_from
from evaluator.checks.exchanges import api_responds
from evaluator.results import EvidenceKind, Finding
from evaluator.runner import CheckRequest, evaluate

from .builders import write

TABLE = "client_id,age\n7,40\n"
FLASK = """
from flask import Flask, abort, jsonify, request
app = Flask(__name__)

@app.route("/predict", methods=["POST"])
def predict():
    client_id = {read}
    if client_id not in (7, "7"):
        abort(404)
    return jsonify(score=0.4)
"""
FASTAPI = """
import os
from fastapi import FastAPI, Header, HTTPException
{before}
app = FastAPI()

@app.get("/predict/{{client_id}}")
def predict(client_id: int):
    {inside}
    if client_id != 7:
        raise HTTPException(404)
    return {{"score": 0.4}}
"""


VALUES = """
from fastapi import FastAPI
from pydantic import BaseModel, Field
app = FastAPI()

class Client(BaseModel):
    age: int
    REGION_RATING_CLIENT: int = Field(..., examples=[2])

@app.post("/predict")
def predict(client: Client):
    return {{"score": client.age / {divisor}}}
"""


def run(folder: Path, files: dict[str, str | bytes], **params: Any) -> Finding:
    root = write(folder / "project", {"clients.csv": TABLE, "README.md": "# API"} | files)
    with evaluate(root, [CheckRequest("api.responds", params)]) as report:
        return report.results[0].finding


@pytest.mark.parametrize("read", ["request.get_json()['client_id']", "request.form['client_id']"])
def test_a_flask_route_that_reads_the_identifier_itself_is_met(read: str, tmp_path: Path) -> None:
    finding = run(tmp_path, {"app.py": FLASK.format(read=read)})
    assert finding.message.code == "api.responds.met", messages.render(finding.message, "en")
    assert "7" in str(finding.evidence[0].detail["request"]["body"])


def test_an_identifier_of_another_table_is_tried_next(tmp_path: Path) -> None:
    finding = run(tmp_path, {"main.py": FASTAPI.format(before="", inside=""), "a/old.csv": "client_id\n3\n"})
    assert finding.message.code == "api.responds.met", messages.render(finding.message, "en")
    assert finding.message.params["identifier"] == "7"


def test_the_entry_of_a_procfile_is_started_from_its_folder(tmp_path: Path) -> None:
    files = {
        "main.py": "from fastapi import FastAPI\napp = FastAPI()\nraise ValueError('an old attempt')\n",
        "service/srv.py": FASTAPI.format(before="open('known.txt').read()", inside=""),
        "service/known.txt": "7",
        "service/Procfile": "web: uvicorn srv:app --port $PORT\n",
    }
    finding = run(tmp_path, files)
    assert finding.message.code == "api.responds.met", messages.render(finding.message, "en")


def test_an_identifier_may_stand_in_the_index_of_a_table_that_a_library_opens(tmp_path: Path) -> None:
    table = pandas.DataFrame({"age": [40.0]}, index=pandas.Index([7], name="client_id"))
    bare = {"clients.csv": "age\n40\n", "data/sample.pkl": pickle.dumps(table), "data/other.pkl": b"not a pickle"}
    finding = run(tmp_path, {"main.py": FASTAPI.format(before="", inside="")} | bare)
    assert finding.message.code == "api.responds.met", messages.render(finding.message, "en")
    assert finding.message.params["identifier"] == "7"


def test_a_table_may_be_dumped_under_the_name_of_a_text(tmp_path: Path) -> None:
    table = pandas.DataFrame({"age": [40.0]}, index=pandas.Index([7], name="client_id"))
    finding = run(tmp_path, {"main.py": FASTAPI.format(before="", inside=""), "clients.csv": pickle.dumps(table)})
    assert finding.message.code == "api.responds.met", messages.render(finding.message, "en")


@pytest.mark.parametrize(
    ("divisor", "by", "code"),
    [("100", "identifier", "not_met_by_values"), ("100", "any", "met_by_values"), ("0", "any", "not_met_values")],
)
def test_an_api_that_takes_values_is_asked_for_those_of_a_row(divisor: str, by: str, code: str, tmp_path: Path) -> None:
    finding = run(tmp_path, {"main.py": VALUES.format(divisor=divisor)}, by=by)
    assert finding.message.code == f"api.responds.{code}", messages.render(finding.message, "en")
    assert finding.evidence[0].detail["request"]["body"] == '{"age": 40, "REGION_RATING_CLIENT": 2}'
    assert ("ZeroDivisionError" in finding.evidence[1].excerpt) is (divisor == "0")


ELSEWHERE = {
    "undecided_network": FASTAPI.format(
        before="import urllib.request\nurllib.request.urlopen('http://models.example/a')", inside=""
    ),
    "undecided_data": FASTAPI.format(before="open('model.pkl')", inside=""),
    "undecided_setting": FASTAPI.format(before="os.environ['BASE_URL']", inside=""),
    "undecided_call_network": FASTAPI.format(
        before="import urllib.request", inside="urllib.request.urlopen('http://127.0.0.1:9')"
    ),
    "undecided_credentials": FASTAPI.format(before="", inside="raise HTTPException(401)"),
    "undecided_guess": FASTAPI.format(before="", inside="raise HTTPException(404)"),
    "not_met_known": FASTAPI.format(before="", inside="return 1 / 0"),
}


@pytest.mark.parametrize("ending", ELSEWHERE)
def test_what_is_missing_here_is_not_the_candidate_s(ending: str, tmp_path: Path) -> None:
    finding = run(tmp_path, {"main.py": ELSEWHERE[ending]})
    assert finding.message.code == f"api.responds.{ending}", messages.render(finding.message, "en")
    if ending == "not_met_known":
        place = finding.evidence[-1]
        assert (place.kind, place.path, "return 1 / 0" in place.excerpt) == (EvidenceKind.CODE, "main.py", True)


def judged(status: int, body: str = "x", **known: Any) -> Finding:
    route = {"path": "/p", "methods": ["GET"], "identifier": {"name": "id", "in": known.pop("place", "query")}}
    request = {"method": "GET", "url": "/p", "body": None}
    headers = {"location": known.pop("location", "")}
    failure = known.pop("failure", None)
    exchanges = [
        {"case": case, "request": request, "seconds": 0.1, "failure": failure if case == "known" else None,
         "response": {"status": status if case == "known" else 404, "headers": headers, "body": body}}
        for case in ("known", "unknown", "malformed")
    ]  # fmt: skip
    fact: dict[str, Any] = {
        "app": "a:app", "path": "a.py", "sha256": None, "error": None, "missing": None, "kind": "wsgi", "routes": [],
        "route": route, "identifier": "7", "guessed": False, "unfilled": [], "start_seconds": 1.0,
        "exchanges": exchanges, "runtime": {"origin": "default", "fault": None},
    }  # fmt: skip
    facts = {"files": [{"path": "model.pkl"}], "code": {"sources": {}}, "dependencies": {"files": []}}
    return api_responds(facts | {"api_exchange": fact | known}, {})


ABSENT = "ModuleNotFoundError: No module named 'shap'"
FAULT = {"code": "runtime.unresolved", "params": {"requirements": ["shap==0.41.0"], "reason": "no wheel"}}


@pytest.mark.parametrize(
    ("declared", "runtime", "ending"),
    [
        (["shap"], {"origin": "default", "fault": None}, "undecided_library"),
        (["shap"], {"origin": "nearest", "fault": FAULT}, "undecided_library_runtime"),
        (["flask"], {"origin": "nearest", "fault": FAULT}, "undecided_undeclared"),
        (["flask"], {"origin": "default", "fault": FAULT}, "undecided_runtime"),
        (["flask"], {"origin": "pins", "fault": None}, "not_met_start"),
    ],
)
def test_a_library_that_is_not_here_is_told_from_one_that_is_not_declared(
    declared: list[str], runtime: dict[str, Any], ending: str
) -> None:
    fact = {
        "app": "a:app", "path": "a.py", "sha256": None, "missing": None, "runtime": runtime,
        "error": {"code": "app.start_failed", "params": {"reason": ABSENT, "path": None, "line": None, "frame": ""}},
    }  # fmt: skip
    files = [{"entries": [{"name": name} for name in declared]}]
    facts = {"files": [], "code": {"sources": {}}, "dependencies": {"files": files}, "api_exchange": fact}
    finding = api_responds(facts, {})
    assert finding.message.code == f"api.responds.{ending}"
    assert ("no wheel" in messages.render(finding.message, "en")) is (runtime["fault"] is not None)


@pytest.mark.parametrize(
    ("named", "paths", "kept"),
    [
        ("x/model.pkl", ["model.pkl"], None),
        ("runs/a/model.pkl", ["runs/b/model.pkl", "runs/c/model.pkl"], "data"),
        ("data/x.csv", ["api/data/x.csv", "x.csv"], None),
        ("../data/x.csv", ["api/data/x.csv", "x.csv"], None),
        ("y.csv", ["x.csv"], "data"),
    ],
)
def test_a_file_that_is_delivered_elsewhere_counts_as_delivered(named: str, paths: list[str], kept: str | None) -> None:
    reason = f"FileNotFoundError: [Errno 2] No such file or directory: '{named}'"
    assert kept_from({"reason": reason}, {"files": [{"path": path} for path in paths]}) == kept


def failure(reason: str, frame: str = "a.py") -> dict[str, Any]:
    return {"reason": reason, "path": None, "line": None, "frame": frame}


JUDGED: dict[str, tuple[dict[str, Any], str]] = {
    "an answer": ({"status": 200}, "met"),
    "a refusal of what was declared": ({"status": 404}, "not_met_known"),
    "a page's own form": ({"status": 403, "body": "CSRF verification failed"}, "undecided_csrf"),
    "a key": ({"status": 403}, "undecided_credentials"),
    "a page to sign in": ({"status": 302, "location": "/accounts/login/?next=/p"}, "undecided_credentials"),
    "another page": ({"status": 302, "location": "/home"}, "not_met_known"),
    "other fields": ({"status": 422, "unfilled": ["age"]}, "undecided_fields"),
    "a way of asking that is not told": ({"status": 400, "place": "code"}, "undecided_manner"),
    "no answer in time": ({"status": 0, "body": "TimeoutError: timed out"}, "undecided_slow"),
    "an answer cut off": ({"status": 0, "body": "RemoteDisconnected: closed"}, "not_met_known"),
    "a base that is elsewhere": (
        {"status": 500, "failure": failure("OperationalError: could not connect to server: Connection refused")},
        "undecided_call_network",
    ),
    "a file that is too large": (
        {"status": 500, "failure": failure("OperationalError: attempt to write a readonly database")},
        "undecided_call_writing",
    ),
    "an absent file": ({"status": 500, "failure": failure("FileNotFoundError: 'a.bin'")}, "undecided_call_data"),
    "a file at a wrong place": (
        {"status": 500, "failure": failure("FileNotFoundError: 'x/model.pkl'")},
        "not_met_known",
    ),
    "a variable": ({"status": 500, "failure": failure("KeyError: 'KEY'", "<frozen os>")}, "undecided_call_setting"),
    "a key of its own": ({"status": 500, "failure": failure("KeyError: 'KEY'")}, "not_met_known"),
}


@pytest.mark.parametrize("case", JUDGED)
def test_answers_are_judged_by_whose_fault_they_are(case: str) -> None:
    known, ending = JUDGED[case]
    finding = judged(**known)
    assert finding.message.code == f"api.responds.{ending}"
    assert "…" not in messages.render(finding.message, "fr")
