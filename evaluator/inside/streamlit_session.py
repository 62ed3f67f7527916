"""A session with a Streamlit server, as a browser opens one: only then does Streamlit run the script.

The messages are those of the installed Streamlit, whose own descriptions are read without importing the rest of it.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

from evaluator.inside.server import HOST, PAGE_PORT, failure_in, send
from evaluator.inside.websocket import Closed, WebSocket

_PATHS = (("/_stcore/health", "/_stcore/stream"), ("/healthz", "/stream"))  # since 1.12, and before
_SAID = ("heading", "markdown", "text")
_ERROR = 1  # the format of an alert, beside warnings and successes
_TITLES = 10
_TEXT = 500
_TRACE = 4000
_DONE = 0  # of the ways in which a script ends: others run anew, or tell an error of syntax afterwards
SETTINGS = {
    "STREAMLIT_SERVER_HEADLESS": "true",
    "STREAMLIT_SERVER_ADDRESS": HOST,
    "STREAMLIT_SERVER_PORT": str(PAGE_PORT),
    "STREAMLIT_SERVER_FILE_WATCHER_TYPE": "none",
    "STREAMLIT_SERVER_BASE_URL_PATH": "",
    "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false",
    "STREAMLIT_GLOBAL_DEVELOPMENT_MODE": "false",
    "STREAMLIT_LOGGER_ENABLE_RICH": "false",
}


def command(script: Path) -> list[str]:
    """What starts ``script``, under ``SETTINGS``, which come before those of the project."""
    return [sys.executable, "-I", "-B", "-X", "utf8", "-m", "streamlit", "run", str(script)]


def visit(seconds: float) -> dict[str, Any]:
    """Open a session and hear the script to its end, within ``seconds``.

    ``{"stream", "ended", "elements", "said", "errors", "exception"}``: the path of the session; ``ended`` is
    ``"done"``, ``"timeout"`` or ``"closed"``; ``elements`` counts those of the page by kind; ``said`` holds its first
    titles and texts, ``errors`` those shown as errors; ``exception`` is None or as ``server.failure_in`` tells it.
    """
    kinds = _messages()
    path = next(
        (stream for health, stream in _PATHS if send("GET", health, port=PAGE_PORT)["status"] == 200), _PATHS[0][1]
    )
    page = _Page()
    try:
        connection = WebSocket((HOST, PAGE_PORT), path, "streamlit, PLACEHOLDER", time.monotonic() + seconds)
        try:
            connection.send(_rerun(kinds))
            for data in connection.messages():
                if page.hear(kinds.ForwardMsg.FromString(data)):
                    break
        finally:
            connection.close()
    except Closed as reason:
        page.ended = "timeout" if str(reason) == "timeout" else "closed"
    return {
        "stream": path,
        "ended": page.ended,
        "elements": dict(page.elements),
        "said": page.said,
        "errors": page.errors,
        "exception": page.exception,
    }


class _Page:
    """What was shown so far."""

    def __init__(self) -> None:
        self.ended = "done"
        self.exception: dict[str, Any] | None = None
        self._shown: dict[tuple[int, ...], tuple[str, str]] = {}

    @property
    def elements(self) -> Mapping[str, int]:
        return Counter(kind for kind, _ in self._shown.values() if kind != "empty")

    @property
    def said(self) -> list[str]:
        return [text for kind, text in self._shown.values() if text and kind in _SAID][:_TITLES]

    @property
    def errors(self) -> list[str]:
        return [text for kind, text in self._shown.values() if text and kind == "alert"][:_TITLES]

    def hear(self, message: Any) -> bool:
        """Take note of ``message``; whether the script has ended."""
        kind = message.WhichOneof("type")
        if kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            self._show(tuple(message.metadata.delta_path), message.delta.new_element)
        elif kind == "session_event" and message.session_event.HasField("script_compilation_exception"):
            self.exception = self.exception or _failure(message.session_event.script_compilation_exception)
            return True
        return bool(kind == "script_finished" and message.script_finished == _DONE)

    def _show(self, place: tuple[int, ...], element: Any) -> None:
        """An element takes the place of what stood there: a spinner, or the same of a run that began anew."""
        kind = element.WhichOneof("type") or "empty"
        is_told = kind in _SAID or (kind == "alert" and element.alert.format == _ERROR)
        body = str(getattr(getattr(element, kind, None), "body", "")) if is_told else ""
        self._shown[place] = (kind, " ".join(body.split())[:_TEXT])
        if kind == "exception" and not element.exception.is_warning:
            self.exception = self.exception or _failure(element.exception)


def _failure(told: Any) -> dict[str, Any]:
    trace = "\n".join(told.stack_trace)[-_TRACE:]
    found = failure_in(f"{trace}\n{told.message}\n{told.type}") or {"path": None, "line": None, "frame": ""}
    # An error of syntax is told with the lines around it, its type and its reason last.
    last = told.message.strip().splitlines()[-1:]
    said = last[0] if last and last[0].startswith(told.type) else f"{told.type}: {told.message}"
    return found | {"reason": said[:_TEXT]}


@cache
def _messages() -> ModuleType:
    """``ForwardMsg`` and ``BackMsg`` under one name, and nothing of the package around them."""
    found = find_spec("streamlit")
    folder = Path(found.origin).parent if found and found.origin else Path()
    for name, place in (("streamlit", folder), ("streamlit.proto", folder / "proto")):
        bare = ModuleType(name)
        bare.__path__ = [str(place)]
        sys.modules[name] = bare
    kinds = ModuleType("kinds")
    for name in ("ForwardMsg", "BackMsg"):
        setattr(kinds, name, getattr(import_module(f"streamlit.proto.{name}_pb2"), name))
    return kinds


def _rerun(kinds: ModuleType) -> bytes:
    """What a browser says first: run the script for a new page."""
    message = kinds.BackMsg()
    message.rerun_script.query_string = ""
    return bytes(message.SerializeToString())
