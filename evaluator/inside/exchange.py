"""Starts the API of a bundle in another process and speaks with it, as its users would."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from evaluator.errors import SubmissionFault
from evaluator.inside import routes, samples, serve, server
from evaluator.inside.project import PROJECT, gather, prepare
from evaluator.inside.routes import Known, Manner, Route

_DESCRIBED = Path("/tmp/routes.json")  # noqa: S108 (the sandbox's own)
_NOT_FOUND = ("ModuleNotFoundError", "FileNotFoundError")
_UNKNOWN = {"number": "999999999", "text": "inconnu-999999999"}
_BAD = "pas-un-identifiant"
_MOVED = (301, 307, 308)
_FOLLOWED = 3
_HERE = ("", "127.0.0.1", "localhost")
_TOKEN = "Jalon0Jalon1Jalon2Jalon3Jalon4Ja"  # noqa: S105 (what a page's script would send back to a Django site)

Exchange = dict[str, Any]


def talk(payload: dict[str, Any]) -> dict[str, Any]:
    """Start an API and ask for a known identifier, an unknown one and a malformed one; else for values, once.

    ``payload``: ``path`` and ``object`` of the application, ``folders`` from which it may be started, in the order in
    which they are tried, all relative to the bundle; ``base``; ``route`` and ``identifier`` (declared, or None);
    ``reads`` (what the code of routes reads, see ``routes.choose``); ``tables`` (delivered CSV files, where an
    identifier is looked for) and ``frames`` (files that a library opens, where it is looked for next, for at most
    ``frame_seconds``); ``start_seconds``, ``answer_seconds`` and ``talk_seconds``. Answers ``{"kind",
    "routes", "route", "identifier", "guessed", "unfilled", "start_seconds", "exchanges"}``; ``route`` is None when no
    route takes an identifier and ``identifier`` when none is known; ``guessed`` tells whether the identifier comes
    from a table, ``unfilled`` what else the route needs and no table holds.

    Raises:
        SubmissionFault: ``app.start_failed``, ``app.start_timeout``, or a limit of the sandbox.
    """
    server.seclude()
    prepare(payload["base"])
    rows = samples.of_texts(payload["tables"])
    running, seconds = started(payload, payload["start_seconds"])
    try:
        described = _described()
        route = routes.choose(described["routes"], payload["route"], payload["reads"])
        known = _known(route, payload, rows) if route else []
        talking = _Talk(described["kind"], payload["answer_seconds"], time.monotonic() + payload["talk_seconds"])
        exchanges, used = talking.about(route, known) if route and known else ([], None)
        if route is None and payload["route"] is None:
            exchanges = talking.by_values(routes.by_values(described["routes"], payload["reads"], rows))
    finally:
        server.stop(running)
    return {
        "kind": described["kind"],
        "routes": described["routes"],
        "route": route,
        "identifier": used.value if used else None,
        "guessed": payload["identifier"] is None,
        "unfilled": routes.unfilled(route, used) if route and used else [],
        "start_seconds": round(seconds, 3),
        "exchanges": exchanges,
    }


def _known(route: Route, payload: Mapping[str, Any], rows: Sequence[samples.Row]) -> list[Known]:
    """The identifiers to ask for: those of texts, which are quickly read, else those of what a library opens."""
    known = routes.identifiers(route, payload["identifier"], rows)
    frames = [path for path in payload["tables"] if not samples.is_text(path)] + payload["frames"]
    if known or not frames:
        return known
    return routes.identifiers(route, None, samples.of_frames(frames, payload["frame_seconds"]))


def started(api: Mapping[str, Any], limit: float, flask_port: int = server.PORT) -> tuple[server.Running, float]:
    """The server of the application that ``path``, ``object`` and ``folders`` tell, and the seconds until it listened.

    When something is not found from a folder, it is started from the next: an application kept in a sub-folder is
    written to be started there. ``gathered`` tells whether a container gathers others into that of the script.
    """
    until = time.monotonic() + limit
    first: SubmissionFault | None = None
    for folder in api["folders"]:
        module = str(api["path"]).removeprefix(folder).removesuffix(".py").removesuffix("/__init__")
        name = f"{module.replace('/', '.')}:{api['object']}"
        _DESCRIBED.unlink(missing_ok=True)
        running = server.fork(partial(serve.live, name, _DESCRIBED, flask_port), PROJECT / folder)
        try:
            return running, server.wait_ready(running, max(0.1, until - time.monotonic()), (server.PORT, flask_port))
        except SubmissionFault as fault:
            server.stop(running)
            if not str(fault.params.get("reason", "")).startswith(_NOT_FOUND):
                raise
            first = first or fault
    if api.get("gathered"):
        alone = {**api, "folders": [gather(api["base"], api["path"])], "gathered": False}
        return started(alone, max(0.1, until - time.monotonic()), flask_port)
    raise first or SubmissionFault("app.start_failed", reason=str(api["path"]))


def _described() -> dict[str, Any]:
    """What the server says of its routes: a claim, reduced to the expected shape."""
    try:
        raw = json.loads(_DESCRIBED.read_text()[:1_000_000])
        listed = [routes.reduced(route) for route in raw["routes"]]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {"kind": "", "routes": []}
    return {"kind": str(raw.get("kind", ""))[:10], "routes": listed}


class _Talk:
    """One conversation: ``kind`` of server, ``seconds`` for each answer, and when all must be said."""

    def __init__(self, kind: str, seconds: float, until: float) -> None:
        self._kind, self._seconds, self._until = kind, seconds, until

    def about(self, route: Route, known: list[Known]) -> tuple[list[Exchange], Known]:
        """The three exchanges, and the identifier that was taken for known: the first that is answered.

        Where the identifier is guessed or only the code tells how it is read, other values and other ways are tried.
        """
        first: tuple[Exchange, Known, Manner] | None = None
        chosen = None
        for value, manner in ((value, manner) for value in known for manner in routes.manners(route)):
            if first is not None and time.monotonic() > self._until:
                break
            answer = self._ask("known", route, value.value, value.row, manner)
            first = first or (answer, value, manner)
            if answer["response"]["status"] in range(200, 300):
                chosen = (answer, value, manner)
                break
        answer, value, manner = chosen or first  # type: ignore[misc]
        rest = [self._ask(case, route, other, value.row, manner) for case, other in _others(route, value.value)]
        return [answer, *rest], value

    def by_values(self, found: tuple[Route, samples.Row] | None) -> list[Exchange]:
        """The exchange with a route that takes values instead of an identifier, by the first manner that is answered;
        the last one where none is."""
        told: list[Exchange] = []
        if found is None:
            return told
        for manner in routes.manners(found[0]):
            told = [self._ask("values", found[0], "", found[1], manner)]
            if told[0]["response"]["status"] in range(200, 300) or time.monotonic() > self._until:
                break
        return told

    def _ask(self, case: str, route: Route, value: str, row: Mapping[str, str], manner: Manner) -> Exchange:
        """Asked as the route says, then as the answer asks for: by another verb, or at another place."""
        method, path, body, kind = routes.question(route, value, row, manner)
        headers = {"Accept": "application/json"} | ({"Content-Type": kind} if kind else {})
        if self._kind == "django":
            headers |= {"Cookie": f"csrftoken={_TOKEN}", "X-CSRFToken": _TOKEN}
        since, started = server.log_size(), time.monotonic()
        for _ in range(_FOLLOWED):
            answer = server.send(method, path, body, headers, self._seconds)
            following = _following(answer, method, path, headers)
            if following is None:
                break
            method, path, headers = following
        told = server.exchange(case, method, path, body, answer, time.monotonic() - started)
        failure = server.failure_of_answer(since) if answer["status"] == 0 or answer["status"] >= 500 else None
        server.stop_at_limit(failure)
        told["response"]["headers"] |= {"location": answer["location"]} if answer["location"] else {}
        return told | {"failure": failure}


def _following(
    answer: Mapping[str, Any], method: str, path: str, headers: dict[str, str]
) -> tuple[str, str, dict[str, str]] | None:
    """The question that an answer asks to put instead, None when it is one."""
    if answer["status"] == 405 and method == "GET":
        verbs = [verb.strip() for verb in answer["allow"].split(",")]
        other = next((verb for verb in verbs if verb in ("POST", "PUT", "PATCH")), None)
        return (other, path, headers) if other else None
    if answer["status"] not in _MOVED:
        return None
    place = urlsplit(answer["location"])
    if place.hostname not in (None, *_HERE):
        return None
    if place.scheme == "https" and "X-Forwarded-Proto" in headers:
        return None
    secure = {"X-Forwarded-Proto": "https"} if place.scheme == "https" else {}
    target = (place.path or "/") + (f"?{place.query}" if place.query else "")
    return method, target, headers | secure


def _others(route: Route, known: str) -> Iterator[tuple[str, str]]:
    numeric = route["identifier"]["type"] in ("integer", "number") or re.fullmatch(r"\d+(\.0)?", known)
    yield "unknown", _UNKNOWN["number" if numeric else "text"]
    yield "malformed", _BAD
