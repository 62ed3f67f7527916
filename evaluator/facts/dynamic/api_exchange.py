"""``api_exchange``: the API of the bundle started in a network of its own, and asked as its users would."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from evaluator.facts.base import Facts
from evaluator.facts.dynamic import subject
from evaluator.facts.dynamic.base import BUNDLE, Context, DynamicExtractor, fact_of, first_sound, hostile, missing
from evaluator.facts.dynamic.programs import Program, applications, reads
from evaluator.facts.dynamic.shapes import EXCHANGE, FAILURE, NULLABLE_TEXT, TEXT
from evaluator.runtimes.wishes import Wish, for_app
from evaluator.sandbox.job import Bind, Job, Network

_START_SECONDS = 60.0
_ANSWER_SECONDS = 20.0
_TALK_SECONDS = 40.0
_FRAME_SECONDS = 20.0
_SPARE = 10.0
_READS = 200
_CASES = ["known", "unknown", "malformed", "values"]
_SHAPE = {
    "type": "object",
    "required": ["kind", "routes", "route", "identifier", "guessed", "unfilled", "start_seconds", "exchanges"],
    "properties": {
        "kind": TEXT,
        "routes": {"type": "array", "maxItems": 200},
        "route": {
            "type": ["object", "null"],
            "required": ["path", "identifier"],
            "properties": {"path": TEXT, "identifier": {"type": "object", "required": ["in"]}},
        },
        "identifier": NULLABLE_TEXT,
        "guessed": {"type": "boolean"},
        "unfilled": {"type": "array", "maxItems": 5000, "items": TEXT},
        "start_seconds": {"type": "number"},
        "exchanges": {
            "type": "array",
            "maxItems": 5,
            "items": {
                "allOf": [
                    EXCHANGE,
                    {
                        "required": ["failure"],
                        "properties": {"failure": FAILURE, "case": {"enum": _CASES}},
                    },
                ]
            },
        },
    },
}


def extract(context: Context, params: Mapping[str, Any]) -> dict[str, Any]:
    """``{"app", "path", "error", "missing"}`` and what ``inside.exchange.talk`` answers.

    Several applications may stand in a project; the first that starts is kept, else the first failure.
    """
    talks = (_talk(context, program) for program in applications(context.facts))
    return first_sound(talks, lambda fact: fact["error"] is None) or missing("api.none")


def _wishes(facts: Facts) -> list[Wish]:
    """What the first application needs: several of one project share their environment."""
    first = next(iter(applications(facts)), None)
    return for_app(first.path, facts["dependencies"], passport=subject.passport(facts)) if first else []


def _talk(context: Context, program: Program) -> dict[str, Any]:
    facts = context.facts
    path = program.path
    module = path.removeprefix(subject.base(facts)).removesuffix(".py").replace("/", ".")
    place = {"app": f"{module}:{program.object}", "path": path, "sha256": subject.digest(facts, path)}
    identifier = subject.declared(facts, "api", "identifier")
    payload = {
        "path": path,
        "object": program.object,
        "folders": list(program.folders),
        "gathered": program.gathered,
        "base": subject.base(facts),
        "route": subject.declared(facts, "api", "route"),
        "identifier": None if identifier is None else str(identifier),
        "reads": list(reads(facts))[:_READS],
        "tables": subject.tables(facts),
        "frames": subject.frames(facts),
        "frame_seconds": _FRAME_SECONDS,
        "start_seconds": _START_SECONDS,
        "answer_seconds": _ANSWER_SECONDS,
        "talk_seconds": _TALK_SECONDS,
    }
    # The last question may be put just before the others are due, and three answers waited for in vain.
    wall = _START_SECONDS + _FRAME_SECONDS + _TALK_SECONDS + 4 * _ANSWER_SECONDS + _SPARE
    job = Job(
        entry="evaluator.inside.exchange:talk",
        payload=payload,
        binds=(Bind(context.bundle, BUNDLE),),
        limits=dataclasses.replace(hostile(context.limits), wall_seconds=max(context.limits.wall_seconds, wall)),
        network=Network.LOOPBACK,
    )
    return fact_of(context, job, _SHAPE, **place)


EXTRACTOR = DynamicExtractor(
    "api_exchange", 7, (), ("declaration", "code", "entries", "dependencies", "model_files"), extract, _wishes
)
