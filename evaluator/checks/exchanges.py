"""Checks over what happened when the API of the bundle was started and called."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from evaluator.checks import _running
from evaluator.checks.base import Check
from evaluator.checks.exchanges_messages import MESSAGES
from evaluator.facts.base import Facts
from evaluator.results import Evidence, Finding, Message, Outcome

__all__ = ["CHECKS", "MESSAGES"]

_IN_A_LIBRARY = "/runtime/lib/"  # the text of an ImportError names the file of the package that lacks a name
_SLOW = re.compile(r"timed out|TimeoutError")
_SIGN_IN = re.compile(r"login|signin|sign-in|auth|connexion", re.IGNORECASE)
_FAILURES = (
    "app.start_failed",
    "app.start_timeout",
    "candidate.exception",
    "sandbox.forbidden",
    "sandbox.network",
)
_ACCEPTED = (("known", range(200, 300)), ("unknown", range(400, 500)), ("malformed", range(400, 500)))


def api_responds(facts: Facts, params: Mapping[str, Any]) -> Finding:
    """Whether the API starts, answers for a known identifier, and refuses an unknown or malformed one cleanly.

    With ``by`` at ``"any"``, one that takes the values to predict from instead is met when it answers them.
    """
    fact = facts["api_exchange"]
    if fact["missing"]:
        return _running.missing(fact)
    if fact["error"]:
        return _start_failed(facts, fact)
    if fact["route"] is None:
        return _judge_values(facts, fact, any_way=params.get("by") == "any")
    if not fact["exchanges"]:
        message = Message("api.responds.undecided_identifier", {"route": fact["route"]["path"]})
        return Finding(Outcome.UNDECIDED, message, [_running.file(fact, fact["route"]["path"])])
    return _judge_exchanges(facts, fact)


def _judge_values(facts: Facts, fact: Mapping[str, Any], *, any_way: bool) -> Finding:
    """Of an API without a route that takes an identifier: what it answered to values, where some could be given."""
    routes = [f"{' '.join(route['methods'])} {route['path']}" for route in fact["routes"][:8]]
    listed = _running.file(fact, "\n".join(routes))
    item = next(iter(fact["exchanges"]), None)
    if item is None:
        # Views of Django do not declare what they read of a query or of a body.
        code = "undecided_django" if fact["kind"] == "django" else "not_met_no_identifier"
        code = "undecided_values" if any_way and fact["kind"] != "django" else code
        outcome = Outcome.UNDECIDED if code.startswith("undecided") else Outcome.NOT_MET
        return Finding(outcome, Message(f"api.responds.{code}", {"routes": routes}), [listed])
    shown = _shown(item, fact) | {"routes": routes, "seconds": fact["start_seconds"]}
    evidence = [_running.http(fact, item), *_place(facts, fact, item), listed]
    answered = item["response"]["status"] in range(200, 300) and item["response"]["body"].strip()
    if answered:
        met = Finding(Outcome.MET, Message("api.responds.met_by_values", shown), evidence)
        return met if any_way else Finding(Outcome.NOT_MET, Message("api.responds.not_met_by_values", shown), evidence)
    if not any_way:
        return Finding(Outcome.NOT_MET, Message("api.responds.not_met_no_identifier", shown), evidence)
    reason = _kept_from(facts, fact, item) or (
        "values_refused" if item["response"]["status"] in range(400, 500) else ""
    )
    if reason:
        return Finding(Outcome.UNDECIDED, Message(f"api.responds.undecided_{reason}", shown), evidence)
    return Finding(Outcome.NOT_MET, Message("api.responds.not_met_values", shown), evidence)


def _judge_exchanges(facts: Facts, fact: Mapping[str, Any]) -> Finding:
    exchanges = {item["case"]: item for item in fact["exchanges"]}
    for case, accepted in _ACCEPTED:
        item = exchanges[case]
        silent = case == "known" and not item["response"]["body"].strip()
        if item["response"]["status"] not in accepted or silent:
            first = [item, *(other for other in fact["exchanges"] if other is not item)]
            reason = _kept_from(facts, fact, item)
            outcome = Outcome.UNDECIDED if reason else Outcome.NOT_MET
            code = f"api.responds.undecided_{reason}" if reason else f"api.responds.not_met_{case}"
            evidence = [_running.http(fact, other) for other in first]
            return Finding(outcome, Message(code, _shown(item, fact)), [*evidence, *_place(facts, fact, item)])
    message = Message("api.responds.met", _shown(exchanges["known"], fact) | {"seconds": fact["start_seconds"]})
    return Finding(Outcome.MET, message, [_running.http(fact, item) for item in fact["exchanges"]])


def _place(facts: Facts, fact: Mapping[str, Any], item: Mapping[str, Any]) -> list[Evidence]:
    return [_running.code_or_file(fact, item["failure"], facts)] if item["failure"] else []


def _kept_from(facts: Facts, fact: Mapping[str, Any], item: Mapping[str, Any]) -> str | None:
    """Why an answer that is not the one awaited tells nothing of the API: what we lack, or asked badly."""
    response = item["response"]
    status, failure = response["status"], item["failure"] or {}
    if status == 0 and _SLOW.search(response["body"]):
        return "slow"
    kept = _running.kept_from(failure, facts)
    if kept:
        return f"call_{kept}"
    if item["case"] != "known":
        return None
    return _refused(status, response) or _badly_asked(fact, status)


def _refused(status: int, response: Mapping[str, Any]) -> str | None:
    """What a stranger is refused: a call without the token of a page, or without a key."""
    if status in (400, 403) and "csrf" in response["body"].lower():
        return "csrf"
    if status in (401, 403, 407):
        return "credentials"
    sent_away = status in (302, 303) and _SIGN_IN.search(str(response["headers"].get("location", "")))
    return "credentials" if sent_away else None


def _badly_asked(fact: Mapping[str, Any], status: int) -> str | None:
    """What was guessed and may have been guessed wrong: how the identifier is read, the rest, the identifier."""
    if fact["route"]["identifier"]["in"] == "code" and (status >= 400 or status == 0):
        return "manner"
    if status in range(400, 500):
        return "fields" if fact["unfilled"] else "guess" if fact["guessed"] else None
    return None


def _shown(item: Mapping[str, Any], fact: Mapping[str, Any]) -> dict[str, Any]:
    request, failure = item["request"], item["failure"] or {}
    return {
        "url": f"{request['method']} {request['url']}",
        "status": item["response"]["status"],
        "identifier": fact["identifier"],
        "fields": list(fact["unfilled"][:8]),
        "reason": str(failure.get("reason", ""))[:300],
    }


def _start_failed(facts: Facts, fact: Mapping[str, Any]) -> Finding:
    error = fact["error"]
    reason = str(error["params"].get("reason") or error["params"].get("message") or "")
    evidence = [_running.code_or_file(fact, {**error["params"], "reason": reason}, facts)]
    shown: dict[str, Any] = {"app": fact["app"], "reason": reason}
    library = _library(facts, fact, reason)
    if library:
        shown = {"app": fact["app"], "module": library[1]}
        return _running.elsewhere(f"api.responds.undecided_{library[0]}", fact, shown, evidence)
    if error["code"] not in _FAILURES:
        return _running.limit(error, evidence)
    kept = _running.kept_from(error["params"], facts)
    if error["code"] == "app.start_timeout" and not kept:
        kept, shown = "start_slow", shown | {"seconds": error["params"]["seconds"]}
    if kept:
        return Finding(Outcome.UNDECIDED, Message(f"api.responds.undecided_{kept}", shown), evidence)
    if fact["runtime"]["fault"] and not _running.is_broken(error["params"]):
        return _running.elsewhere("api.responds.undecided_runtime", fact, shown, evidence)
    if fact["runtime"]["origin"] == "default" and _IN_A_LIBRARY in reason:
        return Finding(Outcome.UNDECIDED, Message("api.responds.undecided_versions", shown), evidence)
    return Finding(Outcome.NOT_MET, Message("api.responds.not_met_start", shown), evidence)


def _library(facts: Facts, fact: Mapping[str, Any], reason: str) -> tuple[str, str] | None:
    """The library that was not found, after what that tells: declared and not had here, or not even declared."""
    runtime = fact["runtime"]
    declared = _running.missing_library(facts, reason)
    if declared:
        return ("library_runtime" if runtime["fault"] else "library"), declared
    absent = _running.absent_module(facts, reason)
    return ("undeclared", absent) if absent and runtime["fault"] and runtime["origin"] != "default" else None


CHECKS: tuple[Check, ...] = (
    Check(
        code="api.responds",
        version=7,
        family="api",
        title={"fr": "L’API répond", "en": "The API answers"},
        facts=("files", "code", "api_exchange", "dependencies"),
        run=api_responds,
        parameters={
            "type": "object",
            "additionalProperties": False,
            "properties": {"by": {"enum": ["identifier", "any"], "default": "identifier"}},
        },
    ),
)
