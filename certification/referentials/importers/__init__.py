"""Bringing in a référentiel written elsewhere. Nothing a file holds is read in the process that serves pages."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from certification.referentials.importers.base import Imported, ImportRefused, Progress, Remark

ROOT = Path(__file__).resolve().parents[3]
WALL_SECONDS = 300
MAX_ANSWER = 30_000_000

__all__ = ["ImportRefused", "Imported", "Remark", "read"]


def read(
    kind: str, path: Path, options: Mapping[str, str] | None = None, progress: Progress = lambda read, total: None
) -> Imported:
    """The tree written in the file, read by a child process bounded in memory and time.

    `kind` is one of registry.IMPORTERS; `options` are the format's own (rncp: `fiche`, a number). `progress` is
    told bytes read and bytes in all, from another thread. Raises ImportRefused.
    """
    named = [f"{name}={value}" for name, value in (options or {}).items()]
    command = [
        sys.executable,
        "-E",
        "-s",
        "-m",
        "certification.referentials.importers",
        "read",
        kind,
        str(path),
        *named,
    ]
    with tempfile.TemporaryFile() as out:
        status = _run(command, out, progress)
        if status is None:
            raise ImportRefused("too_slow", f"La lecture a dépassé {WALL_SECONDS // 60} minutes.")
        if out.tell() > MAX_ANSWER:
            raise ImportRefused("too_large", "Le fichier donne un référentiel démesuré.")
        out.seek(0)
        return _understood(out.read(), status)


def _run(command: list[str], out: IO[bytes], progress: Progress) -> int | None:
    """The exit status; None when time ran out. The child sees none of our environment but where Python is."""
    environment = {"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8", "PYTHONUTF8": "1"}
    child = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.PIPE,
        start_new_session=True, text=True,
    )  # fmt: skip
    assert child.stderr is not None  # noqa: S101 - a pipe was asked for
    teller = threading.Thread(target=_follow, args=(child.stderr, progress), daemon=True)
    teller.start()
    try:
        return child.wait(WALL_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        return None
    finally:
        teller.join(5)
        out.seek(0, os.SEEK_END)


def _follow(stream: IO[str], progress: Progress) -> None:
    for line in stream:
        words = line.split()
        if len(words) == 2 and all(word.isdigit() for word in words):
            progress(int(words[0]), int(words[1]))


def _understood(answer: bytes, status: int) -> Imported:
    try:
        value: Any = json.loads(answer) if status == 0 else None
    except ValueError:
        value = None
    if value is None:
        raise ImportRefused("unreadable", "Le fichier n'a pas pu être lu dans les limites de mémoire et de temps.")
    if "refused" in value:
        raise ImportRefused(**value["refused"])
    return Imported.from_json(value)
