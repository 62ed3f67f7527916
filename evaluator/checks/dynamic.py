"""Checks over what happened when the model of the bundle was loaded and asked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from evaluator.checks import _metrics, _running
from evaluator.checks.base import Check
from evaluator.checks.dynamic_messages import MESSAGES
from evaluator.facts.base import Facts
from evaluator.facts.models.folders import passport_of
from evaluator.metrics import METRICS
from evaluator.results import Evidence, Finding, Message, Outcome

__all__ = ["CHECKS", "MESSAGES"]

# What a library says to those who write libraries, not of the model.
_OF_LIBRARIES = frozenset({"DeprecationWarning", "PendingDeprecationWarning", "ImportWarning"})
_INCONSISTENT = ("InconsistentVersionWarning", "UserWarning")  # since scikit-learn 1.3, and before
_OTHER_VERSION = re.compile(r"from version (?P<inside>\S+) when using version (?P<here>\d[\w.+-]*\w)")


def model_loads(facts: Facts, params: Mapping[str, Any]) -> Finding:
    """Whether the model file can be loaded; what its own content raises counts against it, our limits do not."""
    fact = facts["model_load"]
    if fact["missing"]:
        return _running.missing(fact)
    evidence = [_running.file(fact, _text_of(fact))]
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
        if warning["category"] in _INCONSISTENT and versions:
            return Message("model.loads.met_other_version", {**shown, **versions.groupdict()})
    telling = [warning for warning in warnings if warning["category"] not in _OF_LIBRARIES]
    first = next((line for warning in telling for line in warning["message"].splitlines()), None)
    if first is None:
        return Message("model.loads.met", shown)
    return Message("model.loads.met_with_warning", {**shown, "warning": first})


def model_predicts(facts: Facts, params: Mapping[str, Any]) -> Finding:
    """Whether the loaded model answers a prediction, on rows delivered or made from its signature."""
    fact = facts["model_load"]
    if fact["missing"]:
        return _running.missing(fact)
    evidence = [_running.file(fact, _text_of(fact))]
    if fact["error"]:
        return _load_failed(facts, fact, evidence)
    shown = {"path": fact["path"], "model": _model_name(fact)}
    prediction = fact["prediction"]
    if prediction is None:
        code = "undecided_rows" if fact["estimator"] else "not_met_no_estimator"
        outcome = Outcome.UNDECIDED if fact["estimator"] else Outcome.NOT_MET
        return Finding(outcome, Message(f"model.predicts.{code}", shown), evidence)
    if prediction["error"]:
        # Rows that we made up, or a table for another use, may be what the model rightly refuses.
        shown |= {"source": _rows(prediction), "reason": prediction["error"]}
        return Finding(Outcome.UNDECIDED, Message("model.predicts.undecided_rows_refused", shown), evidence)
    if all(value is None for value in prediction["values"] or [None]):
        return Finding(Outcome.NOT_MET, Message("model.predicts.not_met_nothing", shown), evidence)
    values = ", ".join(str(value) for value in prediction["values"])
    shown |= {"source": _rows(prediction), "values": values}
    return Finding(Outcome.MET, Message("model.predicts.met", shown), [_running.file(fact, values), *evidence])


def _rows(prediction: Mapping[str, Any]) -> Any:
    """The table that the rows come from; zeros when the bundle holds none that suits."""
    return prediction["source"] or {"code": "model.predicts.zeros", "params": {}}


def _load_failed(facts: Facts, fact: Mapping[str, Any], evidence: list[Evidence]) -> Finding:
    error = fact["error"]
    params = {"path": fact["path"]} | error["params"]
    if error["code"] == "candidate.exception":
        module = _running.missing_library(facts, str(params.get("message", "")))
        if module:
            shown = {"path": fact["path"], "module": module}
            return Finding(Outcome.UNDECIDED, Message("model.loads.undecided_library", shown), evidence)
        if fact["runtime"]["fault"]:
            return _running.elsewhere("model.loads.undecided_runtime", fact, params, evidence)
        return Finding(Outcome.NOT_MET, Message("model.loads.not_met", params), evidence)
    if error["code"] in ("sandbox.forbidden", "sandbox.network"):
        return Finding(Outcome.NOT_MET, Message("model.loads.not_met_refused", params), evidence)
    return _running.limit(error, evidence)


def model_metric(facts: Facts, params: Mapping[str, Any]) -> Finding:
    """Whether the recomputed value reaches the threshold, beats a constant answer and equals the claim."""
    fact = facts["model_metric"]
    if fact["missing"]:
        return _running.missing(fact)
    if fact["error"]:
        return _metric_failed(facts, fact)
    found = _metrics.judged("model.metric", fact, params, {"model": fact["model"], "target": fact["target"]})
    model = _running.file({"path": fact["model"], "sha256": fact["sha256"]}, "")
    return replace(found, evidence=[*found.evidence, model])


def _metric_failed(facts: Facts, fact: Mapping[str, Any]) -> Finding:
    error = fact["error"]
    params = {"path": fact.get("model")} | error["params"]
    evidence = [_running.file({"path": fact.get("model") or "", "sha256": fact.get("sha256")}, _text_of(fact))]
    if error["code"] in ("candidate.exception", "sandbox.forbidden", "sandbox.network"):
        if fact["reference"] is not None:
            return _failed_unseen(fact, params, evidence)
        module = _running.missing_library(facts, str(params.get("message", "")))
        if module:
            shown = {"path": fact.get("model"), "module": module}
            return Finding(Outcome.UNDECIDED, Message("model.loads.undecided_library", shown), evidence)
        if fact["runtime"]["fault"]:
            return _running.elsewhere("model.loads.undecided_runtime", fact, params, evidence)
        return Finding(Outcome.NOT_MET, Message("model.metric.not_met_failed", params), evidence)
    if error["code"].startswith("metric."):
        outcome = Outcome.UNDECIDED if error["code"] == "metric.unknown" else Outcome.NOT_MET
        return Finding(outcome, Message(error["code"], error["params"]), evidence)
    return _running.limit(error, evidence)


def _failed_unseen(fact: Mapping[str, Any], params: Mapping[str, Any], evidence: list[Evidence]) -> Finding:
    """What a model raises over rows that nobody may read is told by its kind alone."""
    shown = {"path": params["path"], "type": params.get("type", "")}
    if fact["runtime"]["fault"]:
        shown |= {"why": fact["runtime"]["fault"]}
        return Finding(Outcome.UNDECIDED, Message("model.metric.undecided_runtime_hidden", shown), evidence)
    if params.get("type") in ("ImportError", "ModuleNotFoundError"):
        return Finding(Outcome.UNDECIDED, Message("model.metric.undecided_library_hidden", shown), evidence)
    return Finding(Outcome.NOT_MET, Message("model.metric.not_met_hidden", shown), evidence)


def _model_name(fact: Mapping[str, Any]) -> str:
    last = fact["steps"][-1].rsplit(".", 1)[-1] if fact["steps"] else ""
    name = fact["class"].rsplit(".", 1)[-1]
    return f"{name} ({last})" if last else str(name)


def _text_of(fact: Mapping[str, Any]) -> str:
    if fact["error"]:
        params = fact["error"]["params"]
        return f"{params.get('type', '')}: {params.get('message', '')}".strip(": ")
    return f"{fact['class']}, {fact['n_features']} variables" if fact.get("n_features") else str(fact["class"])


_METRIC_PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "reference": {"type": ["string", "null"], "minLength": 1, "maxLength": 60, "default": None},
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
        code="model.predicts",
        version=1,
        family="model",
        title={"fr": "Le modèle rend une prédiction", "en": "The model answers a prediction"},
        facts=("files", "model_files", "model_load", "dependencies"),
        run=model_predicts,
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
)
