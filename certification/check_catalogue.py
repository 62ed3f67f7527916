"""Where the référentiels meet the engine: neither imports the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evaluator.checks import REGISTRY


def parameter_schemas() -> dict[str, Mapping[str, Any]]:
    """JSON schema of the parameters of each check that a criterion may name, by code."""
    return {code: check.parameters for code, check in REGISTRY.items() if not check.confidential}
