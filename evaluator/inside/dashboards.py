"""Starts the dashboard of a bundle in another process and opens its page, as its users would."""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from evaluator.errors import SubmissionFault
from evaluator.inside import dash_page, exchange, server, show, streamlit_session
from evaluator.inside.project import PROJECT, gather, prepare

_DESCRIBED = Path("/tmp/dashboard.json")  # noqa: S108 (the sandbox's own)
_NOT_FOUND = re.compile(r"^(?:ModuleNotFoundError|FileNotFoundError)|No such file or directory|MediaFileStorageError")
_COMPONENTS = 2000
_CALLS = re.compile(r"Connect|URLError|Max retries", re.IGNORECASE)


def open_page(payload: dict[str, Any]) -> dict[str, Any]:
    """Start ``payload["path"]`` and open the page that it serves.

    ``payload`` also holds ``kind`` (``streamlit``, ``dash``, ``gradio`` or ``panel``), ``base``, ``folders`` (of the
    bundle, from which it may be started, in the order in which they are tried), ``gathered`` (whether a container
    gathers others into that of the script), ``api`` (the bundle's own, as
    ``exchange.started`` takes it, or None: it is started beside a page that calls what does not answer),
    ``start_seconds`` and ``run_seconds``.
    Answers ``{"folder", "start_seconds", "seconds", "ended", "exchanges", "elements", "said", "errors",
    "exception"}``, the last five as ``streamlit_session.visit`` and ``dash_page.visit`` tell them.

    Raises:
        SubmissionFault: ``app.start_failed``, ``app.start_timeout``.
    """
    server.seclude()
    prepare(payload["base"])
    until = time.monotonic() + payload["start_seconds"] + payload["run_seconds"]
    found = _opened(payload, until)
    if payload["api"] and _CALLS.search(_reason(found)):
        return _answer(_beside_api(payload, until) or found)
    return _answer(found)


def _beside_api(payload: Mapping[str, Any], until: float) -> dict[str, Any] | SubmissionFault | None:
    """The page once the bundle's own API runs on the port that is its framework's; None when that does not start."""
    try:
        running, _ = exchange.started(payload["api"], payload["start_seconds"], server.FLASK_PORT)
    except SubmissionFault:
        return None
    try:
        return _opened(payload, until + payload["start_seconds"])
    finally:
        server.stop(running)


def _opened(payload: Mapping[str, Any], until: float) -> dict[str, Any] | SubmissionFault:
    """What was seen from the first folder where nothing is missing, else from the first of all.

    Where a container gathers several folders into one, that one is the last to be tried.
    """
    first: dict[str, Any] | SubmissionFault | None = None
    for folder in payload["folders"]:
        found = _try(payload, folder, until)
        if not _NOT_FOUND.search(_reason(found)):
            return found
        first = first or found
    if payload["gathered"]:
        return _try(payload, gather(payload["base"], payload["path"]), until)
    return first or SubmissionFault("app.start_failed", reason=payload["path"])


def _answer(found: dict[str, Any] | SubmissionFault) -> dict[str, Any]:
    if isinstance(found, SubmissionFault):
        raise found
    return found


def _reason(found: dict[str, Any] | SubmissionFault) -> str:
    """What was raised, else what the page itself shows as errors that it caught."""
    if isinstance(found, SubmissionFault):
        return str(found.params.get("reason", ""))
    return str(found["exception"]["reason"]) if found["exception"] else "\n".join(found["errors"])


def _try(payload: Mapping[str, Any], folder: str, until: float) -> dict[str, Any] | SubmissionFault:
    running = _start(payload["kind"], PROJECT / payload["path"], PROJECT / folder)
    try:
        left = max(1.0, min(payload["start_seconds"], until - time.monotonic()))
        ready = server.wait_ready(running, left, (server.PAGE_PORT,))
        started = time.monotonic()
        seen = _VISITS[payload["kind"]](payload, max(1.0, min(payload["run_seconds"], until - started)))
        took = time.monotonic() - started
    except SubmissionFault as fault:
        return fault
    finally:
        server.stop(running)
    told = {"folder": folder, "start_seconds": round(ready, 3), "seconds": round(took, 3)}
    return told | {"ended": "done", "said": [], "errors": [], "exception": None} | seen


def _start(kind: str, script: Path, folder: Path) -> server.Running:
    _DESCRIBED.unlink(missing_ok=True)
    if kind == "streamlit":
        return server.launch(streamlit_session.command(script), folder, streamlit_session.SETTINGS)
    if kind == "panel":
        options = (f"--port={server.PAGE_PORT}", f"--address={server.HOST}", "--allow-websocket-origin=*")
        command = [sys.executable, "-I", "-B", "-X", "utf8", "-m", "panel", "serve", str(script), *options]
        return server.launch(command, folder, {})
    return server.fork(lambda: show.run(kind, script, _DESCRIBED), folder)


def _streamlit(payload: Mapping[str, Any], seconds: float) -> dict[str, Any]:
    page = _get("page", "/", seconds)
    started = time.monotonic()
    session = streamlit_session.visit(seconds)
    told = ", ".join(f"{kind} × {count}" for kind, count in sorted(session["elements"].items()))
    body = "\n".join([*session["said"], *session["errors"], told])[:2000]
    answer: dict[str, Any] = {"status": 101 if session["ended"] != "closed" else 0, "headers": {}, "body": body}
    heard = server.exchange("session", "GET", session.pop("stream"), None, answer, time.monotonic() - started)
    return session | {"exchanges": [page, heard]}


def _dash(payload: Mapping[str, Any], seconds: float) -> dict[str, Any]:
    try:
        prefix = str(json.loads(_DESCRIBED.read_text()[:1000])["prefix"])
    except (OSError, ValueError, KeyError, TypeError):
        prefix = "/"
    return dash_page.visit(prefix if prefix.startswith("/") else "/", seconds)


def _gradio(payload: Mapping[str, Any], seconds: float) -> dict[str, Any]:
    page = _get("page", "/", seconds)
    answer = server.send("GET", "/config", seconds=seconds, port=server.PAGE_PORT)
    elements: dict[str, int] = {}
    try:
        listed = json.loads(answer["whole"])["components"][:_COMPONENTS]
        for kind in (str(item["type"])[:60] for item in listed):
            elements[kind] = elements.get(kind, 0) + 1
    except (ValueError, KeyError, TypeError, RecursionError):
        elements = {}
    return {"exchanges": [page, server.exchange("layout", "GET", "/config", None, answer, 0.0)], "elements": elements}


def _panel(payload: Mapping[str, Any], seconds: float) -> dict[str, Any]:
    """Panel runs the script for the page that is asked; what it raises is told in the log of the server only."""
    since = server.log_size()
    page = _get("page", f"/{PurePosixPath(payload['path']).stem}", seconds)
    failure = server.last_failure(since)
    raised = failure if failure and failure["frame"] else None
    return {"exchanges": [page], "elements": {"page": int(page["response"]["status"] == 200)}, "exception": raised}


def _get(case: str, path: str, seconds: float) -> dict[str, Any]:
    started = time.monotonic()
    answer = server.send("GET", path, seconds=seconds, port=server.PAGE_PORT)
    return server.exchange(case, "GET", path, None, answer, time.monotonic() - started)


_VISITS: dict[str, Callable[[Mapping[str, Any], float], dict[str, Any]]] = {
    "streamlit": _streamlit, "dash": _dash, "gradio": _gradio, "panel": _panel,
}  # fmt: skip
