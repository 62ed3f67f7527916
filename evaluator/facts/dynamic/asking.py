"""Asks a model for its predictions of a table, in a job that sees neither the truth nor the table's file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evaluator.facts.dynamic import subject
from evaluator.facts.dynamic.base import BUNDLE, Context, answered, hostile
from evaluator.sandbox.job import Bind, Job

_ANSWER_SHAPE = {
    "type": "object",
    "required": ["predictions", "scores", "classes"],
    "properties": {
        "predictions": {"type": "array"},
        "scores": {"type": ["array", "null"]},
        "classes": {"type": ["array", "null"], "maxItems": 5000},
    },
}


def asked(
    context: Context, loaded: Mapping[str, Any], columns: Mapping[str, Any], masks: Sequence[Bind] = ()
) -> dict[str, Any]:
    """``{"predictions", "scores", "classes"}`` as the model claims them; ``masks`` lie over files of the bundle.

    Raises:
        SubmissionFault, EngineFault: what the sandbox says of the job.
    """
    payload = {
        "base": subject.base(context.facts),
        "path": loaded["path"],
        "format": loaded["format"],
        "columns": columns,
    }
    job = Job(
        entry="evaluator.inside.models:predict",
        payload=payload,
        binds=(Bind(context.bundle, BUNDLE), *masks),
        limits=hostile(context.limits),
    )
    return answered(context, job, _ANSWER_SHAPE)
