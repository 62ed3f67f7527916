"""Checks over what happened when something of the bundle was run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from evaluator.checks.base import Check
from evaluator.checks.dynamic_messages import MESSAGES
from evaluator.facts.base import Facts
from evaluator.facts.models.folders import passport_of
from evaluator.metrics import METRICS
from evaluator.results import Cause, Evidence, EvidenceKind, Finding, Message, Outcome

__all__ = ["CHECKS", "MESSAGES"]

_IN_A_LIBRARY = "/runtime/lib/"  # the text of an ImportError names the file of the package that lacks a name
_OTHER_VERSION = re.compile(r"from version (?P<inside>\S+) when using version (?P<here>\d[\w.+-]*\w)")
_NO_MODULE = re.compile(r"No module named '([\w.]+)'")


def model_loads(facts: Facts, params: Mapping[str, Any]) -> Finding:
    """Whether the model file can be loaded; what its own content raises counts against it, our limits do not."""
    fact = facts["model_load"]
    if fact["missing"]:
        return _missing(fact)
    evidence = [_file(fact, _text_of(fact))]
    if fact["error"]:
        return _load_failed(facts, fact, evidence)
    shown = {"path": fact["path"], "model": _model_name(fact), "seconds": fact["seconds"]}
    dangerous = passport_of(facts["model_files"], fact["path"]).get("dangerous")
    if dangerous:
        # Whoever runs commands while it is opened could also write the answer that we received.
        names = {"path": fact["path"], "names": dangerous[:5]}
        return Finding(Outcome.UNDECIDED, Message("model.loads.undecided_dangerous", names), evidence)
    if not fact["estimator"]:
        return Finding(Outcome.NOT_MET, Message("model.loads.not_met_no_estimator", shown), evidence)
    return Finding(Outcome.MET, _loaded(fact["warnings"], shown), evidence)


def _loaded(warnings: Sequence[Mapping[str, str]], shown: Mapping[str, Any]) -> Message:
    """How the loading went; that the model was saved by another scikit-learn is said before any other warning."""
    for warning in warnings:
        versions = _OTHER_VERSION.search(warning["message"])
        if warning["category"] == "InconsistentVersionWarning" and versions:
            return Message("model.loads.met_other_version", {**shown, **versions.groupdict()})
    first = next((line for warning in warnings for line in warning["message"].splitlines()), None)
    if first is None:
        return Message("model.loads.met", shown)
    return Message("model.loads.met_with_warning", {**shown, "warning": first})


def _load_failed(facts: Facts, fact: Mapping[str, Any], evidence: list[Evidence]) -> Finding:
    error = fact["error"]
    params = {"path": fact["path"]} | error["params"]
    if error["code"] == "candidate.exception":
        module = _missing_library(facts, str(params.get("message", "")))
        if module:
            shown = {"path": fact["path"], "module": module}
            return Finding(Outcome.UNDECIDED, Message("model.loads.undecided_library", shown), evidence)
        if fact["runtime"]["fault"]:
            return _elsewhere("model.loads.undecided_runtime", fact, params, evidence)
        return Finding(Outcome.NOT_MET, Message("model.loads.not_met", params), evidence)
    if error["code"] in ("sandbox.forbidden", "sandbox.network"):
        return Finding(Outcome.NOT_MET, Message("model.loads.not_met_refused", params), evidence)
    return _limit(error, evidence)


def model_metric(facts: Facts, params: Mapping[str, Any]) -> Finding:
    """Whether the recomputed value reaches the threshold, beats a constant answer and equals the claim."""
    fact = facts["model_metric"]
    if fact["missing"]:
        return _missing(fact)
    if fact["error"]:
        return _metric_failed(facts, fact)
    verdicts = list(_verdicts(fact, params))
    failed = [reason for held, reason in verdicts if not held]
    reasons = failed or [reason for _, reason in verdicts]
    shown = {key: fact[key] for key in ("metric", "value", "rows", "data")} | {"reasons": reasons}
    outcome = Outcome.NOT_MET if failed else Outcome.MET
    detail = {key: fact[key] for key in ("metric", "value", "dummy", "claimed", "rows", "target")}
    evidence = [
        Evidence(
            EvidenceKind.METRIC,
            fact["data"],
            excerpt=f"{fact['metric']} = {fact['value']:.4f}",
            detail=detail | {"threshold": params["threshold"], "model": fact["model"]},
        ),
        _file({"path": fact["model"], "sha256": fact["sha256"]}, ""),
    ]
    return Finding(outcome, Message(f"model.metric.{outcome.value}", shown), evidence)


def _verdicts(fact: Mapping[str, Any], params: Mapping[str, Any]) -> Iterator[tuple[bool, dict[str, Any]]]:
    """What was asked, whether it holds, and the sentence about it as a parameter of another."""
    metric = METRICS[fact["metric"]]
    value = fact["value"]
    if params["threshold"] is not None:
        held = metric.reaches(value, params["threshold"])
        yield held, _reason("threshold", held, value=params["threshold"])
    if fact["claimed"] is not None:
        held = abs(value - fact["claimed"]) <= params["tolerance"]
        yield held, _reason("claim", held, value=fact["claimed"], tolerance=params["tolerance"])
    if params["beats_dummy"]:
        held = metric.better(value, fact["dummy"])
        yield held, _reason("constant", held, value=fact["dummy"])


def _reason(asked: str, held: bool, **params: float) -> dict[str, Any]:
    return {"code": f"model.metric.{asked}_{'held' if held else 'missed'}", "params": params}


def _metric_failed(facts: Facts, fact: Mapping[str, Any]) -> Finding:
    error = fact["error"]
    evidence = [_file({"path": fact.get("model") or "", "sha256": fact.get("sha256")}, _text_of(fact))]
    params = {"path": fact.get("model")} | error["params"]
    if error["code"] in ("candidate.exception", "sandbox.forbidden", "sandbox.network"):
        module = _missing_library(facts, str(params.get("message", "")))
        if module:
            shown = {"path": fact.get("model"), "module": module}
            return Finding(Outcome.UNDECIDED, Message("model.loads.undecided_library", shown), evidence)
        if fact["runtime"]["fault"]:
            return _elsewhere("model.loads.undecided_runtime", fact, params, evidence)
        return Finding(Outcome.NOT_MET, Message("model.metric.not_met_failed", params), evidence)
    if error["code"].startswith("metric."):
        outcome = Outcome.UNDECIDED if error["code"] == "metric.unknown" else Outcome.NOT_MET
        return Finding(outcome, Message(error["code"], error["params"]), evidence)
    return _limit(error, evidence)


def api_responds(facts: Facts, params: Mapping[str, Any]) -> Finding:
    """Whether the API starts, answers for a known identifier, and refuses an unknown or malformed one cleanly."""
    fact = facts["api_exchange"]
    if fact["missing"]:
        return _missing(fact)
    if fact["error"]:
        return _start_failed(facts, fact)
    if fact["route"] is None:
        routes = [f"{' '.join(route['methods'])} {route['path']}" for route in fact["routes"][:8]]
        message = Message("api.responds.not_met_no_identifier", {"routes": routes})
        return Finding(Outcome.NOT_MET, message, [_file(fact, "\n".join(routes))])
    if not fact["exchanges"]:
        message = Message("api.responds.undecided_identifier", {"route": fact["route"]["path"]})
        return Finding(Outcome.UNDECIDED, message, [_file(fact, fact["route"]["path"])])
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
    evidence = [_file(fact, reason)]
    module = _missing_library(facts, reason)
    if module:
        shown = {"app": fact["app"], "module": module}
        return Finding(Outcome.UNDECIDED, Message("api.responds.undecided_library", shown), evidence)
    if error["code"] in ("api.start_failed", "candidate.exception"):
        shown = {"app": fact["app"], "reason": reason}
        if fact["runtime"]["fault"]:
            return _elsewhere("api.responds.undecided_runtime", fact, shown, evidence)
        if fact["runtime"]["origin"] == "default" and _IN_A_LIBRARY in reason:
            return Finding(Outcome.UNDECIDED, Message("api.responds.undecided_versions", shown), evidence)
    if error["code"] in ("api.start_failed", "candidate.exception", "sandbox.forbidden", "sandbox.network"):
        message = Message("api.responds.not_met_start", {"app": fact["app"], "reason": reason})
        return Finding(Outcome.NOT_MET, message, evidence)
    if error["code"] == "api.start_timeout":
        return Finding(Outcome.NOT_MET, Message(error["code"], error["params"]), evidence)
    return _limit(error, evidence)


def _missing(fact: Mapping[str, Any]) -> Finding:
    return Finding(Outcome.UNDECIDED, Message(fact["missing"]["code"], fact["missing"]["params"]))


def _elsewhere(code: str, fact: Mapping[str, Any], params: Mapping[str, Any], evidence: list[Evidence]) -> Finding:
    """What failed in another environment than the one asked for, which could not be had, judges nobody."""
    return Finding(Outcome.UNDECIDED, Message(code, {**params, "why": fact["runtime"]["fault"]}), evidence)


def _limit(error: Mapping[str, Any], evidence: list[Evidence]) -> Finding:
    return Finding(Outcome.ERROR, Message(error["code"], error["params"]), evidence, Cause.CANDIDATE)


def _missing_library(facts: Facts, text: str) -> str | None:
    """The library that our runtime lacks; None for a module that the project itself should have brought."""
    found = _NO_MODULE.search(text)
    if found is None:
        return None
    top = found.group(1).partition(".")[0]
    parts = {part.removesuffix(".py") for row in facts["files"] for part in str(row["path"]).split("/")}
    declared = facts.get("dependencies", {}).get("files", [])
    names = {str(entry["name"]).lower().replace("-", "_") for item in declared for entry in item["entries"]}
    return top if top not in parts and top.lower() in names else None


def _model_name(fact: Mapping[str, Any]) -> str:
    last = fact["steps"][-1].rsplit(".", 1)[-1] if fact["steps"] else ""
    name = fact["class"].rsplit(".", 1)[-1]
    return f"{name} ({last})" if last else str(name)


def _text_of(fact: Mapping[str, Any]) -> str:
    if fact["error"]:
        params = fact["error"]["params"]
        return f"{params.get('type', '')}: {params.get('message', '')}".strip(": ")
    return f"{fact['class']}, {fact['n_features']} variables" if fact.get("n_features") else str(fact["class"])


def _file(fact: Mapping[str, Any], excerpt: str) -> Evidence:
    return Evidence(EvidenceKind.FILE, fact["path"], excerpt=excerpt[:1000], sha256=fact.get("sha256"))


def _http(fact: Mapping[str, Any], item: Mapping[str, Any]) -> Evidence:
    request, response = item["request"], item["response"]
    detail = {"request": dict(request), "response": dict(response), "seconds": item["seconds"]}
    excerpt = f"{request['method']} {request['url']} → {response['status']}"
    return Evidence(EvidenceKind.HTTP, fact["path"], excerpt=excerpt, sha256=fact["sha256"], detail=detail)


_METRIC_PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "threshold": {"type": ["number", "null"], "default": None},
        "tolerance": {"type": "number", "minimum": 0, "default": 0.01},
        "beats_dummy": {"type": "boolean", "default": True},
        "metric": {"enum": [None, *METRICS], "default": None},
    },
}

CHECKS: tuple[Check, ...] = (
    Check(
        code="model.loads",
        version=3,
        family="model",
        title={"fr": "Le modèle enregistré se charge", "en": "The saved model loads"},
        facts=("files", "model_files", "model_load", "dependencies"),
        run=model_loads,
    ),
    Check(
        code="model.metric",
        version=3,
        family="model",
        title={"fr": "La performance annoncée est retrouvée", "en": "The claimed performance is found again"},
        facts=("files", "model_metric", "dependencies"),
        run=model_metric,
        parameters=_METRIC_PARAMETERS,
    ),
    Check(
        code="api.responds",
        version=4,
        family="api",
        title={"fr": "L’API répond", "en": "The API answers"},
        facts=("files", "api_exchange", "dependencies"),
        run=api_responds,
    ),
)
