"""``notebook_runs``: the notebooks of the bundle run from top to bottom, with the data delivered."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Mapping
from typing import Any

from evaluator.errors import SubmissionFault
from evaluator.facts.base import Facts
from evaluator.facts.dynamic import subject
from evaluator.facts.dynamic.base import BUNDLE, Context, DynamicExtractor, answered, hostile
from evaluator.limits import GB
from evaluator.runtimes.wishes import Wish, for_notebook
from evaluator.sandbox.job import Bind, Job

_NOTEBOOKS = 5
_SECONDS = 180.0
_IN_ALL = 600.0
_SPARE = 60.0  # for what comes before the first cell
_MEMORY = 4 * GB
_SHAPE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["cells", "done", "seconds", "ended", "error"],
    "properties": {
        "cells": {"type": "integer", "minimum": 0},
        "done": {"type": "integer", "minimum": 0},
        "seconds": {"type": "number"},
        "ended": {"enum": ["done", "error", "timeout", "dead"]},
        "error": {
            "type": ["object", "null"],
            "additionalProperties": False,
            "required": ["cell", "ename", "evalue", "traceback"],
            "properties": {
                "cell": {"type": "integer", "minimum": 0},
                "ename": {"type": "string", "maxLength": 200},
                "evalue": {"type": "string", "maxLength": 2000},
                "traceback": {"type": "string", "maxLength": 20_000},
            },
        },
    },
}


def extract(context: Context, params: Mapping[str, Any]) -> dict[str, Any]:
    """``{"runs": [{"path", "sha256", "fault", …}], "left_out", "error", "missing"}``.

    A run holds what ``inside.notebooks.execute`` answers, or the ``fault`` that stopped it, ``{"code", "params"}``.
    At most five notebooks and ten minutes in all; ``left_out`` are the paths of the others.
    """
    paths = list(_notebooks(context.facts))
    until = time.monotonic() + _IN_ALL
    runs: list[dict[str, Any]] = []
    for path in paths[:_NOTEBOOKS]:
        left = min(_SECONDS, until - time.monotonic())
        if left > 0:
            runs.append(_run(context, path, left))
    return {"error": None, "missing": None, "runs": runs, "left_out": paths[len(runs) :]}


def _notebooks(facts: Facts) -> list[str]:
    """Those in Python that can be read, in the order of the bundle."""
    read = facts["notebooks"].items()
    return [path for path, fact in read if not fact["error"] and fact["language"] in (None, "python") and fact["cells"]]


def _run(context: Context, path: str, seconds: float) -> dict[str, Any]:
    limits = dataclasses.replace(
        hostile(context.limits),
        wall_seconds=seconds + _SPARE,
        cpu_seconds=int(2 * (seconds + _SPARE)),
        memory_bytes=max(context.limits.memory_bytes, _MEMORY),
    )
    job = Job(
        entry="evaluator.inside.notebooks:execute",
        payload={"base": subject.base(context.facts), "path": path, "seconds": seconds},
        binds=(Bind(context.bundle, BUNDLE),),
        limits=limits,
    )
    place = {"path": path, "sha256": context.facts["notebooks"][path]["sha256"]}
    try:
        answer = answered(context, job, _SHAPE)
    except SubmissionFault as fault:
        return place | {"fault": {"code": fault.code, "params": dict(fault.params)}}
    return place | {"fault": None} | answer


def _wishes(facts: Facts) -> list[Wish]:
    """What the first notebook needs: those of one project share their environment."""
    return next((for_notebook(path, facts["dependencies"]) for path in _notebooks(facts)), [])


EXTRACTOR = DynamicExtractor("notebook_runs", 1, (), ("declaration", "notebooks", "dependencies"), extract, _wishes)
