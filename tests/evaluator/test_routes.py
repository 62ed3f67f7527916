"""Which route of an API is asked, for whom, and how: over what servers claim of themselves."""

from __future__ import annotations

import json
from typing import Any

import pytest

from evaluator.inside.exchange import _following
from evaluator.inside.routes import Known, Manner, by_values, choose, manners, question, reduced, unfilled


def route(path: str, *parameters: tuple[str, str, str], methods: tuple[str, ...] = ("GET",)) -> dict[str, Any]:
    listed = [{"name": name, "in": place, "type": kind, "required": True} for name, place, kind in parameters]
    return reduced({"path": path, "methods": methods, "parameters": listed})


def chosen(*routes: dict[str, Any], reads: dict[str, list[str]] | None = None, declared: str | None = None) -> Any:
    known = [{"rule": rule, "keys": keys} for rule, keys in (reads or {}).items()]
    found = choose(routes, declared, known)
    assert found is not None
    return found


def test_the_route_that_says_it_predicts_is_chosen() -> None:
    found = chosen(
        route("/clients/{client_id}", ("client_id", "path", "integer")),
        route("/predict/{client_id}", ("client_id", "path", "integer")),
        route("/predict", ("age", "body", "integer"), methods=("POST",)),
    )
    assert found["path"] == "/predict/{client_id}"


def test_a_route_that_looks_a_client_up_does_not_stand_for_the_one_that_predicts() -> None:
    client = route("/clients/{client_id}", ("client_id", "path", "integer"))
    predict = route("/predict", ("age", "body", "integer"), methods=("POST",))
    assert choose([client, predict], None, []) is None
    assert choose([client], None, []) is not None
    score = route("/clients/{client_id}/risk", ("client_id", "path", "integer"))
    reads = [{"rule": "/clients/{client_id}/risk", "keys": [], "predicts": True}]
    found = choose([client, predict, score], None, reads)
    assert found is not None
    assert found["path"] == "/clients/{client_id}/risk"


@pytest.mark.parametrize(
    ("rule", "path"), [("/predict", "/predict"), ("score/<int:n>/", "/score/{n}"), ("/a/{b}", "/a/{c}/")]
)
def test_an_identifier_that_only_the_code_reads_is_found(rule: str, path: str) -> None:
    found = chosen(route(path, methods=("POST",)), reads={rule: ["client_id", "age"]})
    assert (found["identifier"]["name"], found["identifier"]["in"]) == ("client_id", "code")
    assert [manner.place for manner in manners(found)] == ["body", "body", "form", "query"]


def test_what_the_route_needs_besides_comes_from_the_same_row() -> None:
    found = chosen(
        route("/predict", ("client_id", "body", "integer"), ("Age", "body", "number"), methods=("POST",)),
    )
    known = Known("7", {"client_id": "7", "age": "31.5"})
    method, path, body, kind = question(found, "7", known.row, Manner("body"))
    assert (method, path, json.loads(body or ""), kind) == (
        "POST", "/predict", {"client_id": 7, "Age": 31.5}, "application/json",
    )  # fmt: skip
    assert unfilled(found, known) == []
    assert unfilled(found, Known("7")) == ["Age"]


@pytest.mark.parametrize(
    ("manner", "expected"),
    [
        (Manner("form"), ("POST", "/score", "client=7", "application/x-www-form-urlencoded")),
        (Manner("query"), ("POST", "/score?client=7", None, "")),
        (Manner("body", text=True), ("POST", "/score", '{"client": "7"}', "application/json")),
    ],
)
def test_the_same_question_in_several_manners(manner: Manner, expected: tuple[Any, ...]) -> None:
    found = chosen(route("/score", methods=("POST",)), reads={"/score": ["client"]})
    assert question(found, "7", {}, manner) == expected


def test_what_is_put_in_a_path_stays_one_part_of_it() -> None:
    found = chosen(route("/p/{id}", ("id", "path", "string")))
    assert question(found, "../a?b#c", {}, Manner("path"))[1] == "/p/..%2Fa%3Fb%23c"


FOLLOWED: dict[str, tuple[dict[str, Any], str | None]] = {
    "a slash": ({"status": 308, "location": "/p/7/"}, "GET /p/7/"),
    "the same host": ({"status": 307, "location": "http://127.0.0.1:8000/q?a=1"}, "GET /q?a=1"),
    "a proxy's scheme": ({"status": 301, "location": "https://127.0.0.1:8000/p"}, "GET /p https"),
    "another host": ({"status": 301, "location": "http://192.0.2.1/"}, None),
    "a page to sign in": ({"status": 302, "location": "/login"}, None),
    "another verb": ({"status": 405, "allow": "OPTIONS, POST"}, "POST /p"),
    "no verb of ours": ({"status": 405, "allow": "DELETE"}, None),
    "an answer": ({"status": 200}, None),
}


@pytest.mark.parametrize("case", FOLLOWED)
def test_what_an_answer_asks_to_do_instead(case: str) -> None:
    answer, expected = FOLLOWED[case]
    found = _following({"location": "", "allow": ""} | answer, "GET", "/p", {})
    told = None if found is None else " ".join([found[0], found[1], *found[2].values()])
    assert told == expected


def test_a_scheme_is_asked_for_once() -> None:
    answer = {"status": 301, "location": "https://localhost/p", "allow": ""}
    assert _following(answer, "GET", "/p", {"X-Forwarded-Proto": "https"}) is None


@pytest.mark.parametrize(
    "name", ["DAYS_ID_PUBLISH", "REGION_RATING_CLIENT", "CODE_GENDER", "index_of_refraction", "number_row"]
)
def test_a_variable_is_no_identifier(name: str) -> None:
    assert choose([route("/predict", (name, "body", "integer"), methods=("POST",))], None, []) is None


@pytest.mark.parametrize("name", ["SK_ID_CURR", "clientId", "num_client", "Numéro du prêt", "customer-index"])
def test_an_identifier_is_known_by_its_name(name: str) -> None:
    assert chosen(route("/predict", (name, "body", "integer"), methods=("POST",)))["identifier"]["name"] == name


def exemplified(path: str, **examples: Any) -> dict[str, Any]:
    listed = [
        {"name": name, "in": "body", "type": "", "required": True, "example": value} for name, value in examples.items()
    ]
    return reduced({"path": path, "methods": ["POST"], "parameters": listed})


def test_a_route_that_takes_values_is_asked_for_a_row_or_for_its_own_examples() -> None:
    health, predict = exemplified("/health", a=1), exemplified("/predict", age=None, rows=[[1, 2]])
    found = by_values([health, predict], [], [{"name": "x"}, {"Age": "31"}])
    assert found is not None
    method, path, body, _ = question(found[0], "", found[1], manners(found[0])[0])
    assert (method, path, json.loads(body or "")) == ("POST", "/predict", {"age": 31, "rows": [[1, 2]]})


def test_nothing_is_invented_for_a_route_that_takes_values() -> None:
    assert by_values([exemplified("/predict", age=None)], [], [{"name": "x"}]) is None
    assert by_values([exemplified("/health", age=3)], [], []) is None


def test_a_long_example_is_not_kept() -> None:
    assert exemplified("/predict", rows=["x" * 6000])["parameters"][0]["example"] is None


def test_a_known_identifier_is_completed_by_the_examples() -> None:
    named = route("/predict", ("client_id", "body", "integer"), methods=("POST",))
    full = chosen(named | {"parameters": [*named["parameters"], *exemplified("/p", age=40)["parameters"]]})
    assert unfilled(full, Known("7")) == []
    assert json.loads(question(full, "7", {}, Manner("body"))[2] or "") == {"client_id": 7, "age": 40}
