"""What a reference data set holds, before it serves: read in the sandbox, for whoever gives it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import jsonschema

from evaluator import leftovers
from evaluator.errors import EngineFault
from evaluator.inside.references import PLACE
from evaluator.limits import JobLimits
from evaluator.runtimes import default_runtime
from evaluator.sandbox import warm
from evaluator.sandbox.job import Bind, Job
from evaluator.sandbox.level import configured_level
from evaluator.sandbox.runner import Sandbox
from evaluator.shown import shown

FORMS = ("csv", "parquet")
_SHAPE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["rows", "columns"],
    "properties": {
        "rows": {"type": "integer"},
        "columns": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["name", "kind", "empty", "distinct", "common", "range"],
                "properties": {
                    "name": {"type": "string", "maxLength": 200},
                    "kind": {"enum": ["number", "boolean", "text"]},
                    "empty": {"type": "integer"},
                    "distinct": {"type": "integer"},
                    "common": {"type": "array", "maxItems": 20},
                    "range": {"type": ["array", "null"], "items": {"type": "number"}, "maxItems": 2},
                },
            },
        },
    },
}


def profile(path: Path, form: str) -> dict[str, Any]:
    """``{"rows", "columns"}`` of a table (see ``evaluator.inside.references.profile``).

    Raises:
        SubmissionFault: ``reference.…`` names what prevents it from serving; a limit of the sandbox that it exceeds.
        EngineFault: no sandbox, no runtime.
    """
    sandbox = Sandbox(default_runtime(), configured_level(), warm.configured())
    with tempfile.TemporaryDirectory(prefix=leftovers.EVALUATION) as folder:
        job = Job(
            entry="evaluator.inside.references:profile",
            payload={"form": form},
            binds=(Bind(shown(path.resolve(), Path(folder)), PLACE),),
            limits=JobLimits(),
            hostile=False,
        )
        value: dict[str, Any] = sandbox.run(job).value
    try:
        jsonschema.validate(value, _SHAPE)
    except jsonschema.ValidationError as error:
        raise EngineFault("engine.facts_invalid", name="reference") from error
    return value
