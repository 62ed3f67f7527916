"""``predictions_metric``: a delivered file of predictions, scored on our side against the truth of a reference.

The file is read in a job that has no truth, the truth in a job that has no bundle; both meet here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from evaluator.alignment import Alignment, answers, by_identifier
from evaluator.errors import SubmissionFault
from evaluator.facts.dynamic import subject
from evaluator.facts.dynamic.base import BUNDLE, Context, DynamicExtractor, answered, failed, missing
from evaluator.facts.dynamic.truth import Truth, delivered_copy, rounded, truth_of
from evaluator.metrics import Metric, NotComputable
from evaluator.references import PARAMETER, Reference
from evaluator.sandbox.job import Bind, Job
from evaluator.scoring import metric_named, scored, usual_metric

_TEXT = {"type": "string", "maxLength": 200}
_SHAPE = {
    "type": "object",
    "required": ["path"],
    "properties": {
        "path": {"type": ["string", "null"]},
        "column": _TEXT,
        "identifier": {"type": ["string", "null"], "maxLength": 200},
        "names": {"type": ["array", "null"], "items": _TEXT},
        "values": {"type": "array", "items": _TEXT},
        "comma": {"type": "boolean"},
    },
}


def extract(context: Context, params: Mapping[str, Any]) -> dict[str, Any]:
    """``{"path", "sha256", "column", "identifier", "delivered", "rows", "alignment", "value", "dummy", "metric"}``.

    ``identifier`` is None when rows go by their rank. ``alignment`` is an ``evaluator.alignment.Alignment`` without
    its rows; nothing is computed when it does not fit.
    """
    reference = context.reference
    if reference is None:
        return missing("reference.unnamed")
    known: dict[str, Any] = {}
    try:
        file = _delivered(context, reference)
        if file["path"] is None:
            return missing("predictions.none")
        known = {key: file[key] for key in ("path", "column", "identifier")}
        known["sha256"] = subject.digest(context.facts, file["path"]) or ""
        copy = delivered_copy(context.facts, reference)
        if copy is not None:
            return missing("reference.delivered", path=copy) | known
        truth = truth_of(context, reference)
        return known | (truth if isinstance(truth, dict) else _judged(params, truth, file))
    except SubmissionFault as fault:
        return failed(fault, **known)
    except NotComputable as reason:
        return missing("metric.not_computable", reason=str(reason)) | known


def _delivered(context: Context, reference: Reference) -> dict[str, Any]:
    """What the candidate delivered, read by our code."""
    facts = context.facts
    wanted = {key: subject.declared(facts, "predictions", key) for key in ("path", "identifier", "column")}
    path = subject.base(facts) + str(wanted["path"]) if wanted["path"] else None
    if path is not None and not any(row["path"] == path for row in facts["files"]):
        raise SubmissionFault("predictions.missing", path=path)
    payload = {
        "paths": [path] if path else subject.predictions(facts),
        "declared": path is not None,
        "identifier": wanted["identifier"],
        "column": wanted["column"],
        "expected": reference.identifier,
    }
    job = Job(
        entry="evaluator.inside.predictions:read",
        payload=payload,
        binds=(Bind(context.bundle, BUNDLE),),
        limits=context.limits,
        hostile=False,
    )
    return answered(context, job, _SHAPE)


def _judged(params: Mapping[str, Any], truth: Truth, file: Mapping[str, Any]) -> dict[str, Any]:
    metric = metric_named(params.get("metric") or usual_metric(truth.values))
    alignment, by_rank = _aligned(truth, file)
    known = {
        "identifier": None if by_rank else file["identifier"],
        "delivered": len(file["values"]),
        "rows": len(truth.values),
        "metric": metric.name,
        "alignment": {key: value for key, value in asdict(alignment).items() if key != "rows"},
        "value": None,
        "dummy": None,
        "error": None,
        "missing": None,
    }
    return known | _scored(metric, truth, file, alignment) if alignment.fits else known


def _aligned(truth: Truth, file: Mapping[str, Any]) -> tuple[Alignment, bool]:
    """By identifier where both sides have one, else by rank, which two different lengths do not allow."""
    if truth.identifiers is not None and file["names"] is not None:
        return by_identifier(truth.identifiers, file["names"]), False
    expected, found = len(truth.values), len(file["values"])
    if found != expected:
        raise SubmissionFault("predictions.wrong_length", path=file["path"], expected=expected, found=found)
    return Alignment(range(expected)), True


def _scored(metric: Metric, truth: Truth, file: Mapping[str, Any], alignment: Alignment) -> dict[str, Any]:
    numeric = metric.scores or all(isinstance(value, int | float) for value in truth.values)
    read = answers(file["values"], numeric=numeric, comma=file["comma"])
    _refuse_other_than_numbers(metric, file, read)
    score = scored(metric, truth.values, [read[rank] for rank in alignment.rows])
    return {"value": rounded(score.value), "dummy": rounded(score.dummy)}


def _refuse_other_than_numbers(metric: Metric, file: Mapping[str, Any], read: list[Any]) -> None:
    """Raises SubmissionFault: rows, counted from 1 after the header, where nothing can be scored."""
    numbers = metric.scores or metric.regression
    bad = [rank for rank, value in enumerate(read, start=1) if value is None or (numbers and not _finite(value))]
    if bad:
        raise SubmissionFault("predictions.not_numbers" if numbers else "predictions.empty",
                              path=file["path"], count=len(bad), row=bad[0])  # fmt: skip


def _finite(value: Any) -> bool:
    return isinstance(value, int | float) and value == value and abs(value) != float("inf")


EXTRACTOR = DynamicExtractor("predictions_metric", 1, ("metric", PARAMETER), ("declaration",), extract)
