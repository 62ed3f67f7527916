"""Runs a dashboard's script of the bundle as its author does, and serves on the loopback what it would serve.

Runs in a fork of the job, the process that may misbehave.
"""

from __future__ import annotations

import json
import os
import runpy
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

from evaluator.inside.server import HOST, PAGE_PORT, look_in

_QUIET = {"GRADIO_ANALYTICS_ENABLED": "False", "HF_HUB_OFFLINE": "1"}


class _Shown(SystemExit):
    """Ends a script whose server has ended."""


def run(kind: str, script: Path, described: Path) -> None:
    """Serve the dashboard of ``kind`` until the process is ended; ``described`` tells what a visitor must know."""
    look_in(script.parent)
    sys.argv = [str(script)]
    os.environ.update(_QUIET)
    {"dash": _dash, "gradio": _gradio}[kind](script, described)


def _dash(script: Path, described: Path) -> None:
    """Serve the application that ``script`` runs, or else the one that it holds; ``described`` tells its prefix."""
    library, flask = import_module("dash"), import_module("flask")

    def serve_dash(application: Any, *_args: Any, **_options: Any) -> NoReturn:
        described.write_text(json.dumps({"prefix": str(application.config.requests_pathname_prefix)[:200]}))
        _serve(application.server)

    def serve_flask(server: Any, *_args: Any, **_options: Any) -> NoReturn:
        _serve(server)

    library.Dash.run = library.Dash.run_server = serve_dash
    flask.Flask.run = serve_flask
    held = runpy.run_path(str(script), run_name="__main__")
    serve_dash(_held(held, library.Dash, script))


def _gradio(script: Path, _: Path) -> None:
    """Launch the interface that ``script`` launches, or else the one that it holds."""
    library = import_module("gradio")
    launch: Callable[..., Any] = library.Blocks.launch

    def launch_here(interface: Any, *_args: Any, **_options: Any) -> NoReturn:
        launch(interface, server_name=HOST, server_port=PAGE_PORT, share=False, inbrowser=False, quiet=True)
        raise _Shown(0)

    library.Blocks.launch = launch_here
    held = runpy.run_path(str(script), run_name="__main__")
    launch_here(_held(held, library.Blocks, script))


def _serve(server: Any) -> NoReturn:
    import_module("werkzeug.serving").make_server(HOST, PAGE_PORT, server, threaded=True).serve_forever()
    raise _Shown(0)


def _held(names: dict[str, Any], kind: type, script: Path) -> Any:
    """The object of that kind among what a script left behind. Raises LookupError."""
    found = [value for value in names.values() if isinstance(value, kind)]
    if not found:
        raise LookupError(f"{script.name}: {kind.__name__}")
    return found[-1]
