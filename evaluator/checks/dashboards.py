"""Checks over what happened when the dashboard of the bundle was started and its page opened."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from evaluator.checks import _running
from evaluator.checks.base import Check
from evaluator.checks.dashboards_messages import MESSAGES
from evaluator.facts.base import Facts
from evaluator.results import Finding, Message, Outcome

__all__ = ["CHECKS", "MESSAGES"]

_NAMES = {"streamlit": "Streamlit", "dash": "Dash", "gradio": "Gradio", "panel": "Panel"}
_KINDS_SHOWN = 6
_IN_A_LIBRARY = "/runtime/lib/"
_REASON = 300
_WORDS = frozenset({"alert", "heading", "markdown", "text"})
# A red box may also be how a page shows a refused loan: where it shows more than words, only what tells of a failure
# counts.
_TROUBLE = re.compile(
    r"\b\w*(?:Error|Exception)\b|Errno|\bimpossible d[e’']|\berreur\b|\b(?:failed|unable) to\b|\bcould not\b|"
    r"Max retries|No such file|\bintrouvable|\bnot found\b",
    re.IGNORECASE,
)


def starts(facts: Facts, params: Mapping[str, Any]) -> Finding:
    """Whether the dashboard starts and its first page is built without an error."""
    fact = facts["dashboard_start"]
    if fact["missing"]:
        return _running.missing(fact)
    shown = {"path": fact["path"], "library": _NAMES[fact["kind"]]}
    if fact["error"]:
        return _start_failed(facts, fact, shown)
    if fact["exception"]:
        return _failed(facts, fact, fact["exception"], shown)
    only_words = set(fact["elements"]) <= _WORDS
    trouble = next((text for text in fact["errors"] if only_words or _TROUBLE.search(text)), None)
    return _troubled(facts, fact, trouble, shown) if trouble else _judge_page(fact, shown)


def _troubled(facts: Facts, fact: Mapping[str, Any], trouble: str, shown: dict[str, Any]) -> Finding:
    """A page that tells of an error that it caught is not one that works, and not one that fails."""
    kept = _running.kept_from({"reason": trouble}, facts) or "told"
    evidence = [_running.http(fact, item) for item in reversed(fact["exchanges"])]
    message = Message(f"dashboard.starts.undecided_{kept}", {**shown, "reason": trouble[:_REASON]})
    return Finding(Outcome.UNDECIDED, message, evidence)


def _judge_page(fact: Mapping[str, Any], shown: dict[str, Any]) -> Finding:
    evidence = [_running.http(fact, item) for item in reversed(fact["exchanges"])]
    if fact["ended"] == "timeout":
        message = Message("dashboard.starts.undecided_slow", {**shown, "seconds": fact["seconds"]})
        return Finding(Outcome.UNDECIDED, message, evidence)
    page = fact["exchanges"][0]["response"]["status"] if fact["exchanges"] else 0
    if page != 200 or fact["ended"] == "closed":
        return Finding(Outcome.NOT_MET, Message("dashboard.starts.not_met_page", {**shown, "status": page}), evidence)
    if not fact["elements"]:
        return Finding(Outcome.NOT_MET, Message("dashboard.starts.not_met_empty", shown), evidence)
    counted = sorted(fact["elements"].items(), key=lambda pair: (-pair[1], pair[0]))
    told = {
        "seconds": fact["start_seconds"] + fact["seconds"],
        "count": sum(fact["elements"].values()),
        "kinds": [kind for kind, _ in counted[:_KINDS_SHOWN]],
    }
    return Finding(Outcome.MET, Message("dashboard.starts.met", {**shown, **told}), evidence)


def _start_failed(facts: Facts, fact: Mapping[str, Any], shown: dict[str, Any]) -> Finding:
    error = fact["error"]
    reason = str(error["params"].get("reason") or error["params"].get("message") or "")
    if error["code"] == "app.start_timeout" and not _running.kept_from({"reason": reason}, facts):
        message = Message("dashboard.starts.undecided_slow", {**shown, **error["params"]})
        return Finding(Outcome.UNDECIDED, message, [_running.file(fact, "")])
    if error["code"] == "candidate.exception":  # nothing of the project runs in the process that looked
        message = Message("dashboard.starts.undecided_unheard", {**shown, "reason": reason})
        return Finding(Outcome.UNDECIDED, message, [_running.file(fact, reason)])
    if error["code"] in ("app.start_failed", "app.start_timeout"):
        return _failed(facts, fact, {**error["params"], "reason": reason}, shown)
    return _running.limit(error, [_running.file(fact, reason)])


def _failed(facts: Facts, fact: Mapping[str, Any], failure: Mapping[str, Any], shown: dict[str, Any]) -> Finding:
    """Not met when the project's own code fails; undecided when something that is not here made it fail."""
    reason = str(failure["reason"])
    exchanges = [_running.http(fact, item) for item in reversed(fact.get("exchanges", []))]
    evidence = [_running.code_or_file(fact, failure, facts), *exchanges]
    shown = {**shown, "reason": f"{reason[:500]}{_place(failure)}"}
    module = _running.absent_module(facts, reason)
    if module:
        shown = {**shown, "module": module}
        if fact["runtime"]["fault"]:
            return _running.elsewhere("dashboard.starts.undecided_library_runtime", fact, shown, evidence)
        return Finding(Outcome.UNDECIDED, Message("dashboard.starts.undecided_library", shown), evidence)
    kept = _running.kept_from(failure, facts)
    if kept:
        return Finding(Outcome.UNDECIDED, Message(f"dashboard.starts.undecided_{kept}", shown), evidence)
    if fact["runtime"]["fault"] and not _running.is_broken(failure):
        return _running.elsewhere("dashboard.starts.undecided_runtime", fact, shown, evidence)
    if fact["runtime"]["origin"] == "default" and (_IN_A_LIBRARY in reason or _changed(failure)):
        return Finding(Outcome.UNDECIDED, Message("dashboard.starts.undecided_versions", shown), evidence)
    return Finding(Outcome.NOT_MET, Message("dashboard.starts.not_met", shown), evidence)


def _changed(failure: Mapping[str, Any]) -> bool:
    """Whether a library lacks a name that the project asks of it: another version may have it."""
    reason = str(failure["reason"])
    return reason.startswith(("AttributeError: module '", "ImportError: cannot import name"))


def _place(failure: Mapping[str, Any]) -> str:
    path, line = failure.get("path"), failure.get("line")
    return f" ({path}:{line})" if path else ""


CHECKS: tuple[Check, ...] = (
    Check(
        code="dashboard.starts",
        version=2,
        family="dashboard",
        title={"fr": "Le tableau de bord démarre", "en": "The dashboard starts"},
        facts=("files", "code", "dashboard_start", "dependencies"),
        run=starts,
    ),
)
