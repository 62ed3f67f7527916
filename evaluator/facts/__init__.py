"""The extractors of static facts, in order. Explicit: an extractor that is not named here does not run."""

from __future__ import annotations

from evaluator.facts import (
    code,
    declaration,
    delivery,
    dependencies,
    documents,
    entries,
    fingerprints,
    git,
    model_files,
    notebooks,
    quality,
    secrets,
    texts,
)
from evaluator.facts.base import Extractor
from evaluator.registry import Registry

_MODULES = (
    declaration,
    notebooks,
    code,
    model_files,
    documents,
    dependencies,
    texts,
    git,
    quality,
    secrets,
    delivery,
    entries,
    fingerprints,
)

EXTRACTORS: tuple[Extractor, ...] = tuple(module.EXTRACTOR for module in _MODULES)
BY_NAME: Registry[Extractor] = Registry((extractor.name, extractor) for extractor in EXTRACTORS)

__all__ = ["BY_NAME", "EXTRACTORS"]
