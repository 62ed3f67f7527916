"""Starts the API of a bundle in another process and speaks with it, as its users would."""

from __future__ import annotations

import csv
import ctypes
import http.client
import json
import re
import socket
import subprocess
import sys
import time
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from evaluator.errors import SubmissionFault
from evaluator.inside.project import prepare

_PORT = 8000
_EXCEPTION = re.compile(r"[A-Za-z_][\w.]*(?:Error|Exception|Exit)(?::|$)")
_NOT_FOUND = ("ModuleNotFoundError", "FileNotFoundError")
_DESCRIBED = Path("/tmp/routes.json")  # noqa: S108 (the sandbox's own)
_ERRORS = Path("/tmp/api-errors.txt")  # noqa: S108
_PR_SET_DUMPABLE = 4
_TEXT = 500
_BODY = 2000
_PREDICTS = re.compile(r"predi|score|proba|infer|classif|credit|decision|recommend")
_ID = re.compile(r"(^|_)(id|sk_id_curr|identifiant|identifier|numero|num|index|client|customer|user)($|_)")
_UNKNOWN = {"number": "999999999", "text": "inconnu-999999999"}
_BAD = "pas-un-identifiant"

Route = dict[str, Any]


def talk(payload: dict[str, Any]) -> dict[str, Any]:
    """Start ``payload["app"]`` and ask for a known identifier, an unknown one and a malformed one.

    ``payload`` also holds ``base``, ``route`` and ``identifier`` (declared, or None), ``tables`` (delivered CSV
    files, where an identifier is looked for), ``start_seconds`` and ``answer_seconds``. Answers
    ``{"kind", "routes", "route", "identifier", "start_seconds", "exchanges"}``; ``route`` is None when no route
    takes an identifier and ``identifier`` when none is known.

    Raises:
        SubmissionFault: ``api.start_failed``, ``api.start_timeout``.
    """
    # The server has the same user: it must not reach this process, which alone says what was answered.
    ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    prepare(payload["base"])
    server, seconds = _ready(payload["app"], payload["start_seconds"])
    try:
        described = _described()
        route = _choose(described["routes"], payload["route"])
        known = _identifier(route, payload) if route else None
        exchanges = list(_exchanges(route, known, payload["answer_seconds"])) if route and known else []
    finally:
        server.kill()
        server.wait()
    return {
        "kind": described["kind"],
        "routes": described["routes"],
        "route": route,
        "identifier": known,
        "start_seconds": round(seconds, 3),
        "exchanges": exchanges,
    }


def _ready(app: str, limit: float) -> tuple[subprocess.Popen[bytes], float]:
    """The server, and the seconds that it took to listen.

    It starts in the project's folder; when something is not found from there, in each folder down to its own: an
    application kept in a sub-folder is written to be started there.
    """
    until = time.monotonic() + limit
    failure: SubmissionFault | None = None
    module, _, attribute = app.partition(":")
    parts = module.split(".")
    for depth in range(len(parts)):
        folder = Path(*parts[:depth])
        server = _start(f"{'.'.join(parts[depth:])}:{attribute}", folder) if folder.is_dir() else None
        if server is None:
            break
        try:
            return server, _wait_ready(server, max(0.0, until - time.monotonic()))
        except SubmissionFault as fault:
            server.kill()
            server.wait()
            if not str(fault.params.get("reason", "")).startswith(_NOT_FOUND):
                raise
            failure = failure or fault
    raise failure or SubmissionFault("api.start_failed", reason=app)


def _start(app: str, folder: Path) -> subprocess.Popen[bytes]:
    script = Path(__file__).with_name("serve.py")
    with _ERRORS.open("wb") as errors:
        return subprocess.Popen(
            [sys.executable, "-I", "-B", "-X", "utf8", str(script), app, str(_PORT), str(_DESCRIBED)],
            stdin=subprocess.DEVNULL,
            stdout=errors,
            stderr=errors,
            cwd=folder,
        )


def _wait_ready(server: subprocess.Popen[bytes], limit: float) -> float:
    started = time.monotonic()
    while time.monotonic() - started < limit:
        if server.poll() is not None:
            raise _failed(server.returncode)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", _PORT)) == 0:
                return time.monotonic() - started
        time.sleep(0.05)
    raise SubmissionFault("api.start_timeout", seconds=limit)


def _failed(status: int) -> SubmissionFault:
    lines = _ERRORS.read_text(errors="replace")[-8000:].strip().splitlines()
    named = [line for line in lines if _EXCEPTION.match(line)] or lines  # its message may go on for several lines
    return SubmissionFault("api.start_failed", reason=named[-1][:_TEXT] if named else f"exit {status}")


def _described() -> dict[str, Any]:
    """What the server says of its routes: a claim, reduced to the expected shape."""
    try:
        raw = json.loads(_DESCRIBED.read_text()[:1_000_000])
        routes = [_reduced(route) for route in raw["routes"]]
    except (OSError, ValueError, KeyError, TypeError):
        return {"kind": "", "routes": []}
    return {"kind": str(raw.get("kind", ""))[:10], "routes": routes}


def _reduced(route: Mapping[str, Any]) -> Route:
    return {
        "path": str(route["path"])[:_TEXT],
        "methods": [str(method)[:10] for method in route["methods"]],
        "parameters": [
            {key: str(parameter[key])[:100] for key in ("name", "in", "type")} for parameter in route["parameters"]
        ],
    }


def _choose(routes: list[Route], declared: str | None) -> Route | None:
    """The declared route, else the one that most looks like a prediction for an identifier."""
    if declared is not None:
        return _declared_route(routes, declared)
    candidates = [route for route in map(_with_identifier, routes) if route]
    return max(candidates, key=_likelihood, default=None)


def _declared_route(routes: list[Route], declared: str) -> Route | None:
    """A declared route without any parameter names no identifier: then nothing can be asked for."""
    path = declared.split("?")[0]
    same = [route for route in routes if _shape(route["path"]) == _shape(path)]
    if same:
        return _with_identifier(same[0]) or _only_parameter(same[0])
    names = re.findall(r"{(\w+)[^}]*}|<(?:\w+:)?(\w+)>", path)
    if not names:
        return None
    route = {"path": re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", path), "methods": ["GET"], "parameters": []}
    return route | {"identifier": {"name": names[0][0] or names[0][1], "in": "path", "type": ""}}


def _shape(path: str) -> str:
    return re.sub(r"{[^}]*}|<[^>]*>", "{}", path).rstrip("/")


def _with_identifier(route: Route) -> Route | None:
    for place in ("path", "query", "body"):
        for parameter in route["parameters"]:
            if parameter["in"] == place and _ID.search(_folded(parameter["name"])):
                return route | {"identifier": parameter}
    return None


def _only_parameter(route: Route) -> Route | None:
    """A single parameter in the path is what is asked for, whatever its name."""
    in_path = [parameter for parameter in route["parameters"] if parameter["in"] == "path"]
    return route | {"identifier": in_path[0]} if len(in_path) == 1 else None


def _likelihood(route: Route) -> tuple[bool, bool, int]:
    return (
        bool(_PREDICTS.search(_folded(route["path"]))),
        route["identifier"]["in"] == "path",
        -len(route["parameters"]),
    )


def _folded(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"(?<=[a-z])(?=[A-Z])|-", "_", plain).lower()


def _identifier(route: Route, payload: dict[str, Any]) -> str | None:
    """Declared, else the first value of a delivered table's column of that name, or of its first ``id`` column."""
    if payload["identifier"] is not None:
        return str(payload["identifier"])
    wanted = _folded(route["identifier"]["name"])
    second = None
    for path in payload["tables"]:
        row = _first_row(Path("/bundle", path))
        for name, value in row.items():
            if _folded(name) == wanted:
                return value
            if second is None and _ID.search(_folded(name)):
                second = value
    return second


def _first_row(path: Path) -> dict[str, str]:
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
            head = "".join(stream.readline(200_000) for _ in range(2)).splitlines()
            rows = list(csv.reader(head, csv.Sniffer().sniff(head[0]) if head else csv.excel))
    except (OSError, csv.Error):
        return {}
    return dict(zip(rows[0], rows[1], strict=False)) if len(rows) > 1 else {}


def _exchanges(route: Route, known: str, seconds: float) -> Iterator[dict[str, Any]]:
    numeric = route["identifier"]["type"] in ("integer", "number") or re.fullmatch(r"\d+(\.0)?", known)
    unknown = _UNKNOWN["number" if numeric else "text"]
    cases = [("known", known), ("unknown", unknown), ("malformed", _BAD)]
    for name, value in cases:
        yield {"case": name} | _ask(route, value, seconds)


def _ask(route: Route, value: str, seconds: float) -> dict[str, Any]:
    parameter = route["identifier"]
    path = route["path"]
    body = None
    method = "GET" if "GET" in route["methods"] else route["methods"][0]
    if parameter["in"] == "path":
        path = re.sub(r"{" + re.escape(parameter["name"]) + r"[^}]*}", quote(value, safe=""), path)
    elif parameter["in"] == "query":
        path = f"{path}?{urlencode({parameter['name']: value})}"
    else:
        number = value.isdigit() and parameter["type"] != "string"
        body = json.dumps({parameter["name"]: int(value) if number else value})
    request = {"method": method, "url": path, "body": body}
    started = time.monotonic()
    response = _send(method, path, body, seconds)
    return {"request": request, "response": response, "seconds": round(time.monotonic() - started, 4)}


def _send(method: str, path: str, body: str | None, seconds: float) -> dict[str, Any]:
    """``{"status", "headers", "body"}``; status 0 when there was no answer, then the body tells why."""
    connection = http.client.HTTPConnection("127.0.0.1", _PORT, timeout=seconds)
    try:
        headers = {"Accept": "application/json"} | ({"Content-Type": "application/json"} if body else {})
        connection.request(method, path, body=body, headers=headers)
        answer = connection.getresponse()
        content = answer.read(_BODY * 4)
        kind = str(answer.getheader("Content-Type", ""))[:200]
        text = content.decode("utf-8", errors="replace")[:_BODY]
        return {"status": int(answer.status), "headers": {"content-type": kind}, "body": text}
    except (OSError, http.client.HTTPException, ValueError) as error:
        return {"status": 0, "headers": {}, "body": f"{type(error).__name__}: {error}"[:_TEXT]}
    finally:
        connection.close()
