"""The parameters of a check, completed and validated before it runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from evaluator.checks import REGISTRY, Check
from evaluator.errors import EngineFault


def completed(code: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters under which the result of a request is given: with defaults where they can be completed."""
    try:
        return complete_params(REGISTRY[code], params)
    except (KeyError, EngineFault):
        return dict(params)


def complete_params(check: Check, params: Mapping[str, Any]) -> dict[str, Any]:
    """``params`` with the schema's defaults for what is absent.

    Raises:
        EngineFault: ``engine.parameters_invalid``; the référentiel that names the check is ours to correct.
    """
    properties = check.parameters.get("properties", {})
    complete = {name: schema["default"] for name, schema in properties.items() if "default" in schema} | dict(params)
    # The schema is ours, and a test's to judge: judging it here would take longer than most checks.
    error = best_match(Draft202012Validator(check.parameters).iter_errors(complete))
    if error is not None:
        raise EngineFault("engine.parameters_invalid", check=check.code, reason=error.message[:300]) from error
    return complete
