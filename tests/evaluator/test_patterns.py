"""Idioms of real projects: exactly the checks named are met, and no other that rests on code."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from evaluator.checks import (
    charts,
    cleaning,
    cloud,
    clusters,
    collect,
    data,
    features,
    images,
    models,
    projections,
    services,
    statistics,
    texts,
    tuning,
)
from evaluator.results import Outcome

from .corpus_cases import facts_of, run_check

FILES = ("patterns.toml", "patterns_of_texts_and_pictures.toml")
PATTERNS = [
    pattern for name in FILES for pattern in tomllib.loads((Path(__file__).parent / name).read_text())["pattern"]
]
MODULES = (
    charts,
    data,
    models,
    services,
    collect,
    texts,
    images,
    cloud,
    cleaning,
    statistics,
    projections,
    features,
    tuning,
    clusters,
)
CODES = [check.code for module in MODULES for check in module.CHECKS]


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern["name"])
def test_exactly_what_is_named_is_met(pattern: dict[str, Any], tmp_path: Path) -> None:
    if pattern["script"]:
        (tmp_path / "program.py").write_text(pattern["source"])
    else:
        cell = {"cell_type": "code", "source": pattern["source"], "execution_count": 1, "outputs": []}
        (tmp_path / "notebook.ipynb").write_text(json.dumps({"nbformat": 4, "cells": [cell]}))
    facts = facts_of(tmp_path)
    met = sorted(code for code in CODES if run_check(code, facts).outcome is Outcome.MET)
    assert met == pattern["met"]
