"""Runs a notebook of the bundle from its first cell to its last, in a process of its own."""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from evaluator.facts.notebooks import NOTEBOOK_BYTES, cell_source, cell_type, load_notebook, raw_cells
from evaluator.inside.project import PROJECT, prepare

_PR_SET_DUMPABLE = 4
_CELLS = Path("/tmp/cells.json")  # noqa: S108 (the sandbox's own)
_TOLD = Path("/tmp/cells-told.jsonl")  # noqa: S108
_LONGEST = 1 << 20
_FIGURES = {"MPLBACKEND": "Agg", "PLOTLY_RENDERER": "json"}  # nobody is there to look


def execute(payload: dict[str, Any]) -> dict[str, Any]:
    """Run ``payload["path"]`` within ``payload["seconds"]``; ``payload`` also holds ``base``.

    Answers ``{"cells", "done", "seconds", "ended", "error"}``: how many cells hold code, how many ran, and ``error``,
    None or ``{"cell", "ename", "evalue", "traceback"}`` with the place of the cell among all (0-based). ``ended`` is
    ``"done"``, ``"error"``, ``"timeout"`` or ``"dead"``.
    """
    # The cells run as the same user: they must not reach this process, which alone says how it went.
    ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    path = Path("/bundle", payload["path"])
    with path.open("rb") as stream:
        cells = list(_code(stream.read(NOTEBOOK_BYTES), payload["path"]))
    prepare(payload["base"])
    _CELLS.write_text(json.dumps(cells))
    started = time.monotonic()
    status = _run(PROJECT / PurePosixPath(payload["path"]).parent, payload["seconds"])
    told = list(_told())
    error = next(({"cell": line["cell"], **line["error"]} for line in told if line["error"]), None)
    return {
        "cells": len(cells),
        "done": sum(1 for line in told if not line["error"]),
        "seconds": round(time.monotonic() - started, 2),
        "ended": _ended(status, error, len(told) == len(cells)),
        "error": error,
    }


def _code(data: bytes, path: str) -> Iterator[tuple[int, str]]:
    """The place and the source of each cell that holds code."""
    for place, cell in enumerate(raw_cells(load_notebook(data, path))):
        if cell_type(cell) == "code" and cell_source(cell).strip():
            yield place, cell_source(cell)


def _run(folder: Path, seconds: float) -> int | None:
    """The exit status of the cells, None when they took longer than ``seconds``."""
    script = Path(__file__).with_name("cells.py")
    command = [sys.executable, "-I", "-B", "-X", "utf8", str(script), str(_CELLS), str(_TOLD)]
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder,
        env={**os.environ, **_FIGURES},
    )  # fmt: skip
    try:
        return process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        return None
    finally:
        process.kill()
        process.wait()


def _told() -> Iterator[dict[str, Any]]:
    """What the cells told; a half-written line is left out."""
    if not _TOLD.is_file():
        return
    with _TOLD.open("rb") as stream:
        for line in stream.read(_LONGEST).splitlines():
            try:
                yield json.loads(line)
            except ValueError:
                return


def _ended(status: int | None, error: object, all_told: bool) -> str:
    if status is None:
        return "timeout"
    if error:
        return "error"
    return "done" if status == 0 and all_told else "dead"
