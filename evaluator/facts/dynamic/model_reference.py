"""The metric of a model on a reference data set: its code gets rows without a truth, and none of its words get out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evaluator.errors import EngineFault, SubmissionFault
from evaluator.facts.dynamic.asking import asked
from evaluator.facts.dynamic.base import Context, missing
from evaluator.facts.dynamic.truth import Truth, delivered_copy, discreet, rounded, truth_of
from evaluator.scoring import answers_of, metric_named, scored, usual_metric

_NAMED = 5


def measure(context: Context, params: Mapping[str, Any], loaded: Mapping[str, Any]) -> dict[str, Any]:
    """``{"value", "dummy", "metric", "rows", …}``, the two numbers rounded; the metric is the certifier's choice.

    Raises:
        SubmissionFault: the model's, without a word of it.
        NotComputable: the metric has no meaning for the target.
        EngineFault: ours.
    """
    reference = context.reference
    if reference is None:
        raise ValueError("a reference is needed")
    copy = delivered_copy(context.facts, reference)
    if copy is not None:
        return missing("reference.delivered", path=copy)
    truth = truth_of(context, reference)
    if isinstance(truth, dict):
        return truth
    lacking = _lacking(loaded, truth)
    if lacking is not None:
        return lacking
    metric = metric_named(params.get("metric") or usual_metric(truth.values))
    answer = _asked(context, loaded, truth)
    answers = answers_of(metric, answer)
    if answers is not None and len(answers) != len(truth.values):
        raise SubmissionFault("metric.wrong_length_hidden", expected=len(truth.values))
    score = scored(metric, truth.values, answers, answer["classes"])
    return {
        "value": rounded(score.value),
        "dummy": rounded(score.dummy),
        "metric": metric.name,
        "data": None,
        "target": None,
        "rows": len(truth.values),
        "claimed": None,
        "error": None,
        "missing": None,
    }


def _lacking(loaded: Mapping[str, Any], truth: Truth) -> dict[str, Any] | None:
    """What the model was fitted on and the data set does not have: no reason to hold it against the model."""
    if loaded["features"]:
        absent = [name for name in loaded["features"] if name not in truth.columns]
        if absent:
            return missing("reference.columns", names=", ".join(absent[:_NAMED]), count=len(absent))
    elif loaded["n_features"] is not None and loaded["n_features"] != len(truth.columns):
        return missing("reference.width", expected=loaded["n_features"], found=len(truth.columns))
    return None


def _asked(context: Context, loaded: Mapping[str, Any], truth: Truth) -> dict[str, Any]:
    try:
        return asked(context, loaded, truth.columns)
    except SubmissionFault as fault:
        raise discreet(fault) from None
    except EngineFault as fault:  # its reason may quote what the job printed
        raise EngineFault(fault.code, reason="") from None
