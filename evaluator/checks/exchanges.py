"""Checks over what happened when the API of the bundle was started and called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evaluator.checks import _running
from evaluator.checks.base import Check
from evaluator.checks.exchanges_messages import MESSAGES
from evaluator.facts.base import Facts
from evaluator.results import Evidence, EvidenceKind, Finding, Message, Outcome

__all__ = ["CHECKS", "MESSAGES"]

_IN_A_LIBRARY = "/runtime/lib/"  # the text of an ImportError names the file of the package that lacks a name


def api_responds(facts: Facts, params: Mapping[str, Any]) -> Finding:
    """Whether the API starts, answers for a known identifier, and refuses an unknown or malformed one cleanly."""
    fact = facts["api_exchange"]
    if fact["missing"]:
        return _running.missing(fact)
    if fact["error"]:
        return _start_failed(facts, fact)
    if fact["route"] is None:
        routes = [f"{' '.join(route['methods'])} {route['path']}" for route in fact["routes"][:8]]
        if fact["kind"] == "django":  # its views do not declare what they read of a query or of a body
            message = Message("api.responds.undecided_django", {"routes": routes})
            return Finding(Outcome.UNDECIDED, message, [_running.file(fact, "\n".join(routes))])
        message = Message("api.responds.not_met_no_identifier", {"routes": routes})
        return Finding(Outcome.NOT_MET, message, [_running.file(fact, "\n".join(routes))])
    if not fact["exchanges"]:
        message = Message("api.responds.undecided_identifier", {"route": fact["route"]["path"]})
        return Finding(Outcome.UNDECIDED, message, [_running.file(fact, fact["route"]["path"])])
    return _judge_exchanges(fact)


def _judge_exchanges(fact: Mapping[str, Any]) -> Finding:
    exchanges = {item["case"]: item for item in fact["exchanges"]}
    for case, accepted in (("known", range(200, 300)), ("unknown", range(400, 500)), ("malformed", range(400, 500))):
        item = exchanges[case]
        silent = case == "known" and not item["response"]["body"].strip()
        if item["response"]["status"] not in accepted or silent:
            first = [item, *(other for other in fact["exchanges"] if other is not item)]
            message = Message(f"api.responds.not_met_{case}", _shown(item, fact))
            return Finding(Outcome.NOT_MET, message, [_http(fact, other) for other in first])
    message = Message("api.responds.met", _shown(exchanges["known"], fact) | {"seconds": fact["start_seconds"]})
    return Finding(Outcome.MET, message, [_http(fact, item) for item in fact["exchanges"]])


def _shown(item: Mapping[str, Any], fact: Mapping[str, Any]) -> dict[str, Any]:
    request = item["request"]
    return {
        "url": f"{request['method']} {request['url']}",
        "status": item["response"]["status"],
        "identifier": fact["identifier"],
    }


def _start_failed(facts: Facts, fact: Mapping[str, Any]) -> Finding:
    error = fact["error"]
    reason = str(error["params"].get("reason") or error["params"].get("message") or "")
    evidence = [_running.file(fact, reason)]
    module = _running.missing_library(facts, reason)
    if module:
        shown = {"app": fact["app"], "module": module}
        return Finding(Outcome.UNDECIDED, Message("api.responds.undecided_library", shown), evidence)
    if error["code"] in ("api.start_failed", "candidate.exception"):
        shown = {"app": fact["app"], "reason": reason}
        if fact["runtime"]["fault"]:
            return _running.elsewhere("api.responds.undecided_runtime", fact, shown, evidence)
        if fact["runtime"]["origin"] == "default" and _IN_A_LIBRARY in reason:
            return Finding(Outcome.UNDECIDED, Message("api.responds.undecided_versions", shown), evidence)
    if error["code"] in ("api.start_failed", "candidate.exception", "sandbox.forbidden", "sandbox.network"):
        message = Message("api.responds.not_met_start", {"app": fact["app"], "reason": reason})
        return Finding(Outcome.NOT_MET, message, evidence)
    if error["code"] == "api.start_timeout":
        return Finding(Outcome.NOT_MET, Message(error["code"], error["params"]), evidence)
    return _running.limit(error, evidence)


def _http(fact: Mapping[str, Any], item: Mapping[str, Any]) -> Evidence:
    request, response = item["request"], item["response"]
    detail = {"request": dict(request), "response": dict(response), "seconds": item["seconds"]}
    excerpt = f"{request['method']} {request['url']} → {response['status']}"
    return Evidence(EvidenceKind.HTTP, fact["path"], excerpt=excerpt, sha256=fact["sha256"], detail=detail)


CHECKS: tuple[Check, ...] = (
    Check(
        code="api.responds",
        version=5,
        family="api",
        title={"fr": "L’API répond", "en": "The API answers"},
        facts=("files", "api_exchange", "dependencies"),
        run=api_responds,
    ),
)
