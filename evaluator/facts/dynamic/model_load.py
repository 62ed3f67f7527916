"""``model_load``: the candidate's model, loaded in the sandbox."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evaluator.facts.dynamic import subject
from evaluator.facts.dynamic.base import BUNDLE, Context, DynamicExtractor, fact_of, hostile, missing
from evaluator.sandbox.job import Bind, Job

_TEXT = {"type": "string", "maxLength": 500}
_SCALARS = {"type": ["array", "null"], "items": {"type": ["string", "number", "boolean", "null"]}, "maxItems": 5000}
_SHAPE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["class", "held_in", "estimator", "steps", "methods", "features", "n_features", "classes",
                 "libraries", "warnings", "seconds", "prediction"],
    "properties": {
        "class": _TEXT,
        "held_in": _TEXT,
        "estimator": {"type": "boolean"},
        "steps": {"type": "array", "items": _TEXT, "maxItems": 50},
        "methods": {"type": "array", "items": _TEXT, "maxItems": 3},
        "features": {"type": ["array", "null"], "items": _TEXT, "maxItems": 5000},
        "n_features": {"type": ["integer", "null"]},
        "classes": _SCALARS,
        "libraries": {"type": "object", "additionalProperties": _TEXT, "maxProperties": 20},
        "warnings": {
            "type": "array",
            "maxItems": 10,
            "items": {"type": "object", "properties": {"category": _TEXT, "message": _TEXT},
                      "required": ["category", "message"], "additionalProperties": False},
        },
        "seconds": {"type": "number"},
        "prediction": {
            "type": ["object", "null"],
            "additionalProperties": False,
            "required": ["source", "values", "error"],
            "properties": {"source": {"type": "string"}, "values": _SCALARS,
                           "error": {"type": ["string", "null"], "maxLength": 500}},
        },
    },
}  # fmt: skip


def extract(context: Context, params: Mapping[str, Any]) -> dict[str, Any]:
    """``{"path", "sha256", "error", "missing"}`` and, when it was loaded, what it is (see ``inside.models.load``)."""
    facts = context.facts
    model = subject.model(facts)
    if model is None:
        other = subject.undeclared_format(facts)
        return missing("model.other_format", format=other) if other else missing("model.none")
    payload = {
        "base": subject.base(facts),
        "path": model.path,
        "format": model.kind,
        "tables": subject.tables(facts),
    }
    job = Job(
        entry="evaluator.inside.models:load",
        payload=payload,
        binds=(Bind(context.bundle, BUNDLE),),
        limits=hostile(context.limits),
    )
    return fact_of(context, job, _SHAPE, path=model.path, sha256=model.sha256, format=model.kind)


EXTRACTOR = DynamicExtractor(
    "model_load", 3, (), ("declaration", "model_files", "dependencies"), extract, subject.model_wishes
)
