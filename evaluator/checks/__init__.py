"""The catalogue of checks, in order. Explicit: a family that is not named here does not exist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import ModuleType

from evaluator.checks import (
    charts,
    cleaning,
    cloud,
    clusters,
    collect,
    dashboards,
    data,
    delivery,
    documents,
    dynamic,
    exchanges,
    features,
    images,
    model_files,
    models,
    operations,
    predictions,
    presentation,
    projections,
    quality,
    reachability,
    repository,
    running,
    services,
    similarity,
    slides,
    statistics,
    texts,
    tuning,
    writing,
)
from evaluator.checks.base import Check
from evaluator.facts import BY_NAME
from evaluator.facts.outside import OUTSIDE
from evaluator.registry import Registry

MODULES: tuple[ModuleType, ...] = (
    data,
    cleaning,
    statistics,
    charts,
    projections,
    features,
    models,
    tuning,
    clusters,
    model_files,
    dynamic,
    predictions,
    running,
    collect,
    texts,
    images,
    cloud,
    quality,
    delivery,
    operations,
    presentation,
    services,
    exchanges,
    dashboards,
    reachability,
    repository,
    similarity,
    documents,
    writing,
    slides,
)

# Their modules run things, which checks may not import.
_DYNAMIC = {
    "model_load",
    "model_metric",
    "predictions_metric",
    "api_exchange",
    "dashboard_start",
    "notebook_runs",
}
_FACTS = {"files", *BY_NAME, *OUTSIDE} | _DYNAMIC
_CODE = re.compile(r"[a-z]+(\.[a-z][a-z0-9_]*)+")


def _entries() -> Iterator[tuple[str, Check]]:
    for module in MODULES:
        for check in module.CHECKS:
            _validate(check)
            yield check.code, check


def _validate(check: Check) -> None:
    """Raises ValueError for an entry that could not be shown or called."""
    unknown = set(check.facts) - _FACTS
    if unknown:
        raise ValueError(f"{check.code} reads what nobody extracts: {', '.join(sorted(unknown))}")
    schema = check.parameters
    if not _CODE.fullmatch(check.code) or check.version < 1:
        raise ValueError(f"bad code or version: {check.code} {check.version}")
    if not all(check.title.get(lang) for lang in ("fr", "en")):
        raise ValueError(f"{check.code} has no title in both languages")
    if schema.get("type") != "object" or schema.get("additionalProperties") is not False:
        raise ValueError(f"{check.code} must close its parameters")


REGISTRY: Registry[Check] = Registry(_entries())

__all__ = ["MODULES", "REGISTRY", "Check"]
