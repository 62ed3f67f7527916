"""``dashboard_start``: the dashboard of the bundle started in a network of its own, and its page opened."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from evaluator.facts.base import Facts
from evaluator.facts.dynamic import subject
from evaluator.facts.dynamic.base import BUNDLE, Context, DynamicExtractor, fact_of, first_sound, hostile, missing
from evaluator.facts.dynamic.programs import Program, applications, dashboards
from evaluator.facts.dynamic.shapes import COUNT, EXCHANGE, FAILURE, TEXT
from evaluator.runtimes.wishes import Wish, for_app
from evaluator.sandbox.job import Bind, Job, Network

_START_SECONDS = 60.0
_RUN_SECONDS = 90.0
_SPARE = 60.0  # pages asked one after the other may each take their time
_SHAPE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["folder", "start_seconds", "seconds", "ended", "exchanges", "elements", "said", "errors", "exception"],
    "properties": {
        "folder": TEXT,
        "start_seconds": {"type": "number"},
        "seconds": {"type": "number"},
        "ended": {"enum": ["done", "timeout", "closed"]},
        "exchanges": {"type": "array", "maxItems": 30, "items": EXCHANGE},
        "elements": {"type": "object", "maxProperties": 200, "additionalProperties": COUNT},
        "said": {"type": "array", "maxItems": 20, "items": TEXT},
        "errors": {"type": "array", "maxItems": 20, "items": TEXT},
        "exception": FAILURE,
    },
}


def extract(context: Context, params: Mapping[str, Any]) -> dict[str, Any]:
    """``{"path", "sha256", "kind", "error", "missing"}`` and what ``inside.dashboards.open_page`` answers.

    Several dashboards may stand in a project; the first whose page opens is kept, else the first failure.
    """
    pages = (_open(context, program) for program in dashboards(context.facts))
    return first_sound(pages, _is_open) or missing("dashboard.none")


def _is_open(fact: Facts) -> bool:
    return fact["error"] is None and fact["exception"] is None and fact["ended"] == "done"


def _wishes(facts: Facts) -> list[Wish]:
    """What the first dashboard needs: several of one project share their environment."""
    first = next(iter(dashboards(facts)), None)
    return for_app(first.path, facts["dependencies"], first.kind, subject.passport(facts)) if first else []


def _open(context: Context, program: Program) -> dict[str, Any]:
    facts = context.facts
    place = {"path": program.path, "sha256": subject.digest(facts, program.path), "kind": program.kind}
    api = next(iter(applications(facts)), None)
    wall = 3 * _START_SECONDS + _RUN_SECONDS + _SPARE
    limits = dataclasses.replace(
        hostile(context.limits),
        wall_seconds=max(context.limits.wall_seconds, wall),
        cpu_seconds=max(context.limits.cpu_seconds, int(wall)),
    )
    job = Job(
        entry="evaluator.inside.dashboards:open_page",
        payload={
            "kind": program.kind,
            "path": program.path,
            "base": subject.base(facts),
            "folders": list(program.folders),
            "gathered": program.gathered,
            "api": _beside(facts, api) if api else None,
            "start_seconds": _START_SECONDS,
            "run_seconds": _RUN_SECONDS,
        },
        binds=(Bind(context.bundle, BUNDLE),),
        limits=limits,
        network=Network.LOOPBACK,
    )
    return fact_of(context, job, _SHAPE, **place)


def _beside(facts: Facts, api: Program) -> dict[str, Any]:
    told = {"path": api.path, "object": api.object, "folders": list(api.folders)}
    return told | {"base": subject.base(facts), "gathered": api.gathered}


EXTRACTOR = DynamicExtractor(
    "dashboard_start", 2, (), ("declaration", "code", "entries", "dependencies", "model_files"), extract, _wishes
)
