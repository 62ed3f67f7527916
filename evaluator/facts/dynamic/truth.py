"""A reference data set on its way to a job, and nothing of it on its way out."""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from evaluator.errors import EngineFault, SubmissionFault
from evaluator.facts.base import Facts
from evaluator.facts.dynamic.base import Context, answered, missing
from evaluator.inside.references import PLACE
from evaluator.references import Reference
from evaluator.sandbox.job import Bind, Job

_DIGITS = 4
_FIGURES = ("seconds", "limit")  # of the limits, which are ours
_SPLIT_SHAPE = {
    "type": "object",
    "required": ["columns", "truth", "identifiers"],
    "properties": {
        "columns": {"type": "object"},
        "truth": {"type": "array", "minItems": 2},
        "identifiers": {"type": ["array", "null"], "items": {"type": "string"}},
    },
}
_EXCEPTIONS = {name for name, kind in vars(builtins).items() if isinstance(kind, type) and issubclass(kind, Exception)}


@dataclass(frozen=True, slots=True)
class Truth:
    """``values`` are the target's, in the order of the rows of ``columns``; ``identifiers`` too, as texts."""

    columns: Mapping[str, list[Any]]
    values: list[Any]
    identifiers: list[str] | None


def truth_of(context: Context, reference: Reference) -> Truth | dict[str, Any]:
    """The data set, its target apart; or the fact that it is not as it is said to be, for which no candidate answers.

    Raises:
        EngineFault: the table, which was read when it was given, could not be read this time.
    """
    job = Job(
        entry="evaluator.inside.references:split",
        payload={"form": reference.form} | reference.key(),
        binds=(Bind(reference.path, PLACE),),
        limits=context.limits,
        hostile=False,
    )
    try:
        value = answered(context, job, _SPLIT_SHAPE)
    except SubmissionFault as fault:
        if fault.code.startswith("reference."):
            return missing(fault.code, **fault.params)
        raise EngineFault("reference.unread", reason=fault.code) from None
    return Truth(value["columns"], value["truth"], value["identifiers"])


def delivered_copy(facts: Facts, reference: Reference) -> str | None:
    """The file of the bundle that is the data set itself."""
    return next((str(row["path"]) for row in facts["files"] if row["sha256"] == reference.sha256), None)


def rounded(value: float) -> float:
    """Four significant digits: what a metric says, with no room for what else a model could write into it."""
    return float(f"{value:.{_DIGITS}g}")


def discreet(fault: SubmissionFault) -> SubmissionFault:
    """The fault without a word of the code that saw the rows: neither its message, nor its place, nor a name."""
    params = {key: value for key, value in fault.params.items() if key in _FIGURES}
    if "type" in fault.params:
        kind = str(fault.params["type"])
        params["type"] = kind if kind in _EXCEPTIONS else "Exception"
    return SubmissionFault(fault.code, **params)
