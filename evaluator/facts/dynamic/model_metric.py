"""``model_metric``: predictions asked of the model, scored on our side against a truth it never saw.

Three steps: the table is split in a job that runs nothing of the bundle; the columns alone go to a job that runs
the model, from which the data set is hidden; the metric is computed here. The table is one that the candidate
delivered, or one that the certifier holds (``model_reference``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evaluator.errors import SubmissionFault
from evaluator.facts.dynamic import model_reference, subject
from evaluator.facts.dynamic.asking import asked
from evaluator.facts.dynamic.base import BUNDLE, Context, DynamicExtractor, answered, failed, missing
from evaluator.metrics import Metric, NotComputable
from evaluator.references import PARAMETER
from evaluator.sandbox.job import Bind, Job
from evaluator.scoring import answers_of, metric_named, scored, usual_metric

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


def extract(context: Context, params: Mapping[str, Any]) -> dict[str, Any]:
    """``{"value", "dummy", "metric", "data", "target", "rows", "claimed", "model", "error", "missing"}``.

    On a reference data set, ``data`` and ``target`` are None, and nothing that the candidate declared counts.
    """
    loaded = context.fact("model_load")
    if loaded["missing"] or loaded["error"]:
        return {"error": loaded["error"], "missing": loaded["missing"], "model": loaded.get("path")}
    known = {"model": loaded["path"], "sha256": loaded["sha256"]}
    measure = _on_delivered if context.reference is None else model_reference.measure
    try:
        return known | measure(context, params, loaded)
    except SubmissionFault as fault:
        return failed(fault, **known)
    except NotComputable as reason:
        return missing("metric.not_computable", reason=str(reason)) | known


def _on_delivered(context: Context, params: Mapping[str, Any], loaded: Mapping[str, Any]) -> dict[str, Any]:
    table = _split(context, loaded)
    if table["path"] is None:
        return missing("metric.no_data")
    if len(table["truth"]) < 2:
        return missing("metric.no_rows", path=table["path"])
    name = params.get("metric") or subject.declared(context.facts, "metric", "name")
    metric = metric_named(name or usual_metric(table["truth"]))
    answer = _predict(context, loaded, table)
    return _score(context, metric, table, answer)


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
    return answered(context, job, _SPLIT_SHAPE)


def _predict(context: Context, loaded: Mapping[str, Any], table: dict[str, Any]) -> dict[str, Any]:
    """Ask the model, in a job where every file with the data set's bytes is empty."""
    hidden = list(subject.same_content(context.facts, table["path"]))
    if len(hidden) > _COPIES:
        raise NotComputable(f"{len(hidden)} copies of {table['path']}")
    nothing = context.bundle.parent / "empty"
    nothing.touch()
    return asked(context, loaded, table["columns"], [Bind(nothing, f"{BUNDLE}/{path}") for path in hidden])


def _score(context: Context, metric: Metric, table: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    truth, answers = table["truth"], answers_of(metric, answer)
    if answers is not None and len(answers) != len(truth):
        raise SubmissionFault("metric.wrong_length", expected=len(truth), found=len(answers))
    score = scored(metric, truth, answers, answer["classes"])
    return {
        "value": score.value,
        "dummy": score.dummy,
        "metric": metric.name,
        "data": table["path"],
        "target": table["target"],
        "rows": len(truth),
        "claimed": subject.declared(context.facts, "metric", "claimed"),
        "error": None,
        "missing": None,
    }


EXTRACTOR = DynamicExtractor(
    "model_metric",
    5,
    ("metric", PARAMETER),
    ("declaration", "model_files", "dependencies"),
    extract,
    subject.model_wishes,
)
