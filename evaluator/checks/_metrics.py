"""What checks over a recomputed metric have in common: the verdicts asked for, and their evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from evaluator.metrics import METRICS
from evaluator.results import Evidence, EvidenceKind, Finding, Message, Outcome

_SHOWN = ("metric", "value", "dummy", "rows")


def judged(code: str, fact: Mapping[str, Any], params: Mapping[str, Any], detail: Mapping[str, Any]) -> Finding:
    """Whether ``fact["value"]`` satisfies all that ``params`` ask; the sentence is ``code`` with the outcome.

    ``detail`` comes to the evidence beside the values. Of a reference data set it says the title and the digest.
    """
    verdicts = list(_verdicts(fact, params))
    failed = [reason for held, reason in verdicts if not held]
    outcome = Outcome.NOT_MET if failed else Outcome.MET
    reference = fact.get("reference")
    shown = {
        "metric": fact["metric"],
        "value": fact["value"],
        "rows": fact["rows"],
        "data": reference["title"] if reference else fact["data"],
        "reasons": failed or [reason for _, reason in verdicts],
    }
    values = {key: fact[key] for key in _SHOWN} | {
        "claimed": fact.get("claimed"),
        "threshold": params["threshold"],
    }
    if reference:
        values |= {"reference": reference["title"], "reference_sha256": reference["sha256"]}
    evidence = Evidence(
        EvidenceKind.METRIC,
        "" if reference else fact["data"],
        excerpt=f"{fact['metric']} = {fact['value']:.4f}",
        detail=values | dict(detail),
    )
    return Finding(outcome, Message(f"{code}.{outcome.value}", shown), [evidence])


def _verdicts(fact: Mapping[str, Any], params: Mapping[str, Any]) -> Iterator[tuple[bool, dict[str, Any]]]:
    """What was asked, whether it holds, and the sentence about it as a parameter of another."""
    metric = METRICS[fact["metric"]]
    value = fact["value"]
    if params["threshold"] is not None:
        held = metric.reaches(value, params["threshold"])
        yield held, _reason("threshold", held, value=params["threshold"])
    if fact.get("claimed") is not None:
        held = abs(value - fact["claimed"]) <= params["tolerance"]
        yield held, _reason("claim", held, value=fact["claimed"], tolerance=params["tolerance"])
    if params["beats_dummy"]:
        held = metric.better(value, fact["dummy"])
        yield held, _reason("constant", held, value=fact["dummy"])


def _reason(asked: str, held: bool, **params: float) -> dict[str, Any]:
    return {"code": f"model.metric.{asked}_{'held' if held else 'missed'}", "params": params}
