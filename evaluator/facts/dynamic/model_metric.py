"""``model_metric``: predictions asked of the model, scored on our side against a truth it never saw.

Three steps: the table is split in a job that runs nothing of the bundle; the columns alone go to a job that runs
the model, from which the data set is hidden; the metric is computed here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from evaluator.errors import SubmissionFault
from evaluator.facts.dynamic import subject
from evaluator.facts.dynamic.base import BUNDLE, Context, DynamicExtractor, expect, failed, hostile, missing
from evaluator.metrics import METRICS, Metric, NotComputable, constant_answer
from evaluator.sandbox.job import Bind, Job

_COPIES = 500  # each is hidden by a mount of its own
_SPLIT_SHAPE = {
    "type": "object",
    "required": ["path"],
    "properties": {
        "path": {"type": ["string", "null"]},
        "target": {"type": "string"},
        "columns": {"type": "object"},
        "truth": {"type": "array"},
        "left_out": {"type": "integer"},
    },
}
_ANSWER_SHAPE = {
    "type": "object",
    "required": ["predictions", "scores", "classes"],
    "properties": {
        "predictions": {"type": "array"},
        "scores": {"type": ["array", "null"]},
        "classes": {"type": ["array", "null"], "maxItems": 5000},
    },
}


def extract(context: Context, params: Mapping[str, Any]) -> dict[str, Any]:
    """``{"value", "dummy", "metric", "data", "target", "rows", "claimed", "model", "error", "missing"}``."""
    loaded = context.fact("model_load")
    if loaded["missing"] or loaded["error"]:
        return {"error": loaded["error"], "missing": loaded["missing"], "model": loaded.get("path")}
    known = {"model": loaded["path"], "sha256": loaded["sha256"]}
    try:
        table = _split(context, loaded)
        if table["path"] is None:
            return missing("metric.no_data") | known
        if len(table["truth"]) < 2:
            return missing("metric.no_rows", path=table["path"]) | known
        metric = _metric(context, params, table["truth"])
        answer = _predict(context, loaded, table)
        return known | _score(context, metric, table, answer)
    except SubmissionFault as fault:
        return failed(fault, **known)
    except NotComputable as reason:
        return missing("metric.not_computable", reason=str(reason)) | known


def _split(context: Context, loaded: Mapping[str, Any]) -> dict[str, Any]:
    """The table in two parts, by a job that runs our code only."""
    facts = context.facts
    data = subject.declared(facts, "metric", "data")
    target = subject.declared(facts, "metric", "target")
    path = subject.base(facts) + str(data) if data else None
    if path is not None and not any(row["path"] == path for row in facts["files"]):
        raise SubmissionFault("metric.data_missing", path=path)
    payload = {
        "tables": [path] if path else subject.tables(facts),
        "target": target if path else None,
        "features": loaded["features"],
    }
    job = Job(
        entry="evaluator.inside.tables:split",
        payload=payload,
        binds=(Bind(context.bundle, BUNDLE),),
        limits=context.limits,
        hostile=False,
    )
    table: dict[str, Any] = expect(context.sandbox.run(job).value, _SPLIT_SHAPE)
    return table


def _metric(context: Context, params: Mapping[str, Any], truth: list[Any]) -> Metric:
    """The one asked for, else declared, else the usual one for such a target."""
    name = params.get("metric") or subject.declared(context.facts, "metric", "name")
    if name is None:
        several = len(set(map(str, truth))) > 20 and all(isinstance(value, int | float) for value in truth)
        name = "rmse" if several else "accuracy"
    metric = METRICS.get(str(name).lower().replace("-", "_").replace(" ", "_"))
    if metric is None:
        raise SubmissionFault("metric.unknown", name=str(name)[:50], known=", ".join(METRICS))
    return metric


def _predict(context: Context, loaded: Mapping[str, Any], table: dict[str, Any]) -> dict[str, Any]:
    """Ask the model, in a job where every file with the data set's bytes is empty."""
    hidden = list(subject.same_content(context.facts, table["path"]))
    if len(hidden) > _COPIES:
        raise NotComputable(f"{len(hidden)} copies of {table['path']}")
    nothing = context.bundle.parent / "empty"
    nothing.touch()
    binds = [Bind(context.bundle, BUNDLE), *(Bind(nothing, f"{BUNDLE}/{path}") for path in hidden)]
    payload = {
        "base": subject.base(context.facts),
        "path": loaded["path"],
        "format": loaded["format"],
        "columns": table["columns"],
    }
    job = Job(
        entry="evaluator.inside.models:predict",
        payload=payload,
        binds=tuple(binds),
        limits=hostile(context.limits),
    )
    answer: dict[str, Any] = expect(context.sandbox.run(job).value, _ANSWER_SHAPE)
    return answer


def _score(context: Context, metric: Metric, table: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    truth = table["truth"]
    answers = answer["scores"] if metric.scores else answer["predictions"]
    if answers is None:
        raise NotComputable("no score for two classes")
    if len(answers) != len(truth):
        raise SubmissionFault("metric.wrong_length", expected=len(truth), found=len(answers))
    if metric.regression and not _numbers(truth):
        raise NotComputable("target is not a number")
    positive = _positive(answer["classes"] if metric.scores else None, truth)
    dummy = _computed(metric, truth, constant_answer(truth, metric), positive)
    if dummy is None:
        raise NotComputable("target is too large")
    _refuse_other_than(answers, numbers=metric.scores or metric.regression)
    value = _computed(metric, truth, answers, positive)
    if value is None:
        raise SubmissionFault("metric.not_numbers")
    return {
        "value": value,
        "dummy": dummy,
        "metric": metric.name,
        "data": table["path"],
        "target": table["target"],
        "rows": len(truth),
        "claimed": subject.declared(context.facts, "metric", "claimed"),
        "error": None,
        "missing": None,
    }


def _computed(metric: Metric, truth: list[Any], answers: list[Any], positive: Any) -> float | None:
    """The value, None when numbers so large were given that it is none."""
    try:
        value = metric.compute(truth, answers, positive)
    except OverflowError:
        return None
    return value if math.isfinite(value) else None


def _positive(classes: list[Any] | None, truth: list[Any]) -> Any:
    """The second of two classes; None when there are more.

    The order is the natural one, as scikit-learn's, unless scores come with the model's own: a model that swaps its
    classes must not be scored on the easier one.
    """
    found = classes if classes is not None else sorted(set(truth), key=lambda value: (isinstance(value, str), value))
    return found[1] if len(found) == 2 else None


def _numbers(values: list[Any]) -> bool:
    return all(isinstance(value, int | float) and math.isfinite(value) for value in values)


def _refuse_other_than(answers: list[Any], *, numbers: bool) -> None:
    """Raises SubmissionFault for answers that are no numbers where they must be, or no single values."""
    if numbers and not _numbers(answers):
        raise SubmissionFault("metric.not_numbers")
    if not all(isinstance(value, int | float | str) or value is None for value in answers):
        raise SubmissionFault("sandbox.result_invalid")


EXTRACTOR = DynamicExtractor(
    "model_metric", 4, ("metric",), ("declaration", "model_files", "dependencies"), extract, subject.model_wishes
)
