"""Runs the cells of a notebook in IPython, in order. Run as a script: it is the process that may misbehave."""

from __future__ import annotations

import importlib
import json
import sys
import traceback
from pathlib import Path
from typing import Any

_TEXT = 2000
_TRACE = 20_000


def main() -> None:
    """Arguments: the file with the cells, ``[[place, source], …]``, and the one in which a line is added after each.

    A line is ``{"cell": place, "error": None}``, or the last one with ``{"ename", "evalue", "traceback"}``.
    """
    cells, told = json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2])
    sys.path[:0] = [str(path) for path in (Path.cwd(), Path.cwd() / "src") if path.is_dir()]
    shell = _shell()
    for place, source in cells:
        result = shell.run_cell(source, store_history=True)
        error = result.error_before_exec or result.error_in_exec
        with told.open("a") as stream:
            stream.write(json.dumps({"cell": place, "error": _described(error) if error else None}) + "\n")
        if error:
            sys.exit(1)


def _shell() -> Any:
    """A shell without a window to draw in, which ``%matplotlib`` asks for in every notebook."""
    base: Any = importlib.import_module("IPython.core.interactiveshell").InteractiveShell
    windowless: Any = type("Shell", (base,), {"enable_gui": lambda self, gui=None: None})
    return windowless.instance()


def _described(error: BaseException) -> dict[str, Any]:
    trace = "".join(traceback.format_exception(error))
    return {"ename": type(error).__name__[:200], "evalue": str(error)[:_TEXT], "traceback": trace[-_TRACE:]}


if __name__ == "__main__":
    main()
