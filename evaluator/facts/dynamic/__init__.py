"""Facts that come from running things: each is a sandbox job of its own. This side runs on the host."""

from __future__ import annotations

from evaluator.facts.dynamic import (
    api_exchange,
    dashboard_start,
    model_load,
    model_metric,
    notebook_runs,
    predictions_metric,
)
from evaluator.facts.dynamic.base import Context, DynamicExtractor
from evaluator.registry import Registry

_MODULES = (model_load, model_metric, predictions_metric, api_exchange, dashboard_start, notebook_runs)

DYNAMIC: Registry[DynamicExtractor] = Registry((module.EXTRACTOR.name, module.EXTRACTOR) for module in _MODULES)

__all__ = ["DYNAMIC", "Context", "DynamicExtractor"]
