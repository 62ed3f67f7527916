"""``api_exchange``: the API of the bundle started in a network of its own, and asked as its users would."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from evaluator.errors import SubmissionFault
from evaluator.facts.base import Facts
from evaluator.facts.dynamic import subject
from evaluator.facts.dynamic.base import BUNDLE, Context, DynamicExtractor, expect, failed, hostile, missing
from evaluator.runtimes.wishes import Wish, for_app
from evaluator.sandbox.job import Bind, Job, Network

_START_SECONDS = 30.0
_ANSWER_SECONDS = 10.0
_APPLICATIONS = 3
_ENTRIES = ("django.core.wsgi.get_wsgi_application", "django.core.asgi.get_asgi_application")
_TEXT = {"type": "string", "maxLength": 5000}
_NULLABLE_TEXT = {"type": ["string", "null"], "maxLength": 5000}
_EXCHANGE = {
    "type": "object",
    "required": ["case", "request", "response", "seconds"],
    "properties": {
        "case": {"enum": ["known", "unknown", "malformed"]},
        "request": {
            "type": "object",
            "required": ["method", "url", "body"],
            "properties": {"method": _TEXT, "url": _TEXT, "body": _NULLABLE_TEXT},
        },
        "response": {
            "type": "object",
            "required": ["status", "headers", "body"],
            "properties": {"status": {"type": "integer"}, "headers": {"type": "object"}, "body": _TEXT},
        },
        "seconds": {"type": "number"},
    },
}
_SHAPE = {
    "type": "object",
    "required": ["kind", "routes", "route", "identifier", "start_seconds", "exchanges"],
    "properties": {
        "kind": _TEXT,
        "routes": {"type": "array", "maxItems": 200},
        "route": {"type": ["object", "null"], "required": ["path"], "properties": {"path": _TEXT}},
        "identifier": _NULLABLE_TEXT,
        "start_seconds": {"type": "number"},
        "exchanges": {"type": "array", "maxItems": 5, "items": _EXCHANGE},
    },
}


def extract(context: Context, params: Mapping[str, Any]) -> dict[str, Any]:
    """``{"app", "path", "error", "missing"}`` and what ``inside.exchange.talk`` answers.

    Several applications may stand in a project; the first that starts is kept, else the first failure.
    """
    failure: dict[str, Any] | None = None
    for app, path in _applications(context.facts):
        fact = _talk(context, app, path)
        if fact["error"] is None:
            return fact
        failure = failure or fact
    return failure or missing("api.none")


def _applications(facts: Facts) -> Iterator[tuple[str, str]]:
    """``("module:object", file)``, the module relative to the project's root; at most three."""
    base = subject.base(facts)
    app = subject.declared(facts, "api", "app")
    if app is not None:
        module = str(app).partition(":")[0]
        yield str(app), f"{base}{module.replace('.', '/')}.py"
        return
    found = [(str(app["path"]), str(app["object"])) for app in facts.get("code", {}).get("apps", [])]
    # One written by a cell of a notebook has no file that could be imported.
    scripts = [place for place in dict.fromkeys([*found, *_django(facts)]) if place[0].endswith(".py")]
    for path, name in scripts[:_APPLICATIONS]:
        module = path.removeprefix(base).removesuffix(".py").replace("/", ".")
        yield f"{module}:{name}", path


def _django(facts: Facts) -> list[tuple[str, str]]:
    """The files of Django's entries, with the name that its own settings give to the object; WSGI first."""
    calls = facts.get("code", {}).get("calls", [])
    return [(str(call["at"][0]), "application") for entry in _ENTRIES for call in calls if call["name"] == entry]


def _wishes(facts: Facts) -> list[Wish]:
    """What the first application needs: several of one project share their environment."""
    return next((for_app(path, facts["dependencies"]) for _, path in _applications(facts)), [])


def _talk(context: Context, app: str, path: str) -> dict[str, Any]:
    facts = context.facts
    place = {"app": app, "path": path, "sha256": _digest(facts, path)}
    identifier = subject.declared(facts, "api", "identifier")
    payload = {
        "app": app,
        "base": subject.base(facts),
        "route": subject.declared(facts, "api", "route"),
        "identifier": None if identifier is None else str(identifier),
        "tables": subject.tables(facts),
        "start_seconds": _START_SECONDS,
        "answer_seconds": _ANSWER_SECONDS,
    }
    wall = max(context.limits.wall_seconds, _START_SECONDS + 4 * _ANSWER_SECONDS)
    job = Job(
        entry="evaluator.inside.exchange:talk",
        payload=payload,
        binds=(Bind(context.bundle, BUNDLE),),
        limits=dataclasses.replace(hostile(context.limits), wall_seconds=wall),
        network=Network.LOOPBACK,
    )
    try:
        value: dict[str, Any] = expect(context.sandbox.run(job).value, _SHAPE)
    except SubmissionFault as fault:
        return failed(fault, **place)
    return {"error": None, "missing": None} | place | value


def _digest(facts: Facts, path: str) -> str | None:
    return next((row["sha256"] for row in facts["files"] if row["path"] == path), None)


EXTRACTOR = DynamicExtractor("api_exchange", 5, (), ("declaration", "code", "dependencies"), extract, _wishes)
