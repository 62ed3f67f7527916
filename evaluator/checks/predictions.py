"""Checks over delivered predictions, scored against a truth that the certifier holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from evaluator.checks import _metrics, _running
from evaluator.checks.base import Check
from evaluator.checks.predictions_messages import MESSAGES
from evaluator.facts.base import Facts
from evaluator.metrics import METRICS
from evaluator.results import Evidence, Finding, Message, Outcome

__all__ = ["CHECKS", "MESSAGES"]

_CODE = "predictions.metric"


def predictions_metric(facts: Facts, params: Mapping[str, Any]) -> Finding:
    """Whether the delivered predictions, laid beside the truth, reach the threshold and beat a constant answer."""
    fact = facts["predictions_metric"]
    if fact["missing"]:
        return _running.missing(fact)
    if fact["error"]:
        return _failed(fact)
    amiss = list(_amiss(fact["alignment"]))
    if amiss:
        shown = {key: fact[key] for key in ("path", "delivered", "rows")} | {"reasons": amiss}
        return Finding(Outcome.NOT_MET, Message(f"{_CODE}.not_met_rows", shown), [_file(fact)])
    detail = {"delivered": fact["delivered"], "identifier": fact["identifier"]}
    found = _metrics.judged(_CODE, fact, params, detail)
    way = "identifier" if fact["identifier"] else "rank"
    aligned = {"code": f"{_CODE}.by_{way}", "params": {"identifier": fact["identifier"]}}
    message = Message(found.message.code, {**found.message.params, "path": fact["path"], "aligned": aligned})
    return replace(found, message=message, evidence=[_file(fact), *found.evidence])


def _amiss(alignment: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """What does not fit, by count, and by the identifiers that the candidate delivered."""
    for kind in ("missing", "twice", "unknown"):
        if alignment[kind]:
            params = {"count": alignment[kind], "names": alignment.get(f"{kind}_named")}
            yield {"code": f"{_CODE}.{kind}", "params": params}


def _failed(fact: Mapping[str, Any]) -> Finding:
    error = fact["error"]
    evidence = [_file(fact)] if fact.get("path") else []
    if error["code"].startswith(("predictions.", "metric.")):
        outcome = Outcome.UNDECIDED if error["code"] == "metric.unknown" else Outcome.NOT_MET
        return Finding(outcome, Message(error["code"], error["params"]), evidence)
    return _running.limit(error, evidence)


def _file(fact: Mapping[str, Any]) -> Evidence:
    columns = [name for name in (fact["identifier"], fact["column"]) if name]
    return _running.file(fact, ", ".join(columns))


_PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["reference"],
    "properties": {
        "reference": {"type": "string", "minLength": 1, "maxLength": 60},
        "threshold": {"type": ["number", "null"], "default": None},
        "beats_dummy": {"type": "boolean", "default": True},
        "metric": {"enum": [None, *METRICS], "default": None},
    },
}

CHECKS: tuple[Check, ...] = (
    Check(
        code=_CODE,
        version=1,
        family="model",
        title={
            "fr": "Les prédictions livrées atteignent la performance demandée",
            "en": "The delivered predictions reach the performance asked for",
        },
        facts=("files", "predictions_metric"),
        run=predictions_metric,
        parameters=_PARAMETERS,
    ),
)
