"""Bringing in a référentiel written elsewhere. Nothing a file holds is read in the process that serves pages."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from certification.referentials.importers.base import Imported, ImportRefused, Progress, Remark
from certification.referentials.wording import say

ROOT = Path(__file__).resolve().parents[3]
WALL_SECONDS = 300
MAX_ANSWER = 30_000_000
TELL_SECONDS = 0.5

__all__ = ["ImportRefused", "Imported", "Progress", "Remark", "read"]


def read(
    kind: str,
    path: Path,
    options: Mapping[str, str] | None = None,
    progress: Progress = lambda read, total, seen: None,
) -> Imported:
    """The tree written in the file, read by a child process bounded in memory and time.

    `kind` is one of registry.IMPORTERS; `options` are the format's own (rncp: `fiche`, a number). `progress` is
    called every half second, whether anything has moved or not; what it raises ends the reading and goes on to the
    caller. Raises ImportRefused.
    """
    named = [f"{name}={value}" for name, value in (options or {}).items()]
    module = "certification.referentials.importers"
    command = [sys.executable, "-E", "-s", "-m", module, "read", kind, str(path), *named]
    with tempfile.TemporaryFile() as out:
        with _child(command, out) as child:
            status = _waited(child, progress)
        if status is None:
            raise ImportRefused("too_slow", say("read.too_slow", minutes=WALL_SECONDS // 60))
        if out.seek(0, os.SEEK_END) > MAX_ANSWER:
            raise ImportRefused("too_large", say("read.answer_too_large"))
        out.seek(0)
        return _understood(out.read(), status)


@contextmanager
def _child(command: list[str], out: IO[bytes]) -> Iterator[subprocess.Popen[str]]:
    """A child that sees none of our environment but where Python is, and that does not outlive the block."""
    environment = {"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8", "PYTHONUTF8": "1"}
    child = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.PIPE,
        start_new_session=True, text=True,
    )  # fmt: skip
    try:
        yield child
    finally:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def _waited(child: subprocess.Popen[str], progress: Progress) -> int | None:
    """The exit status; None when time ran out. `progress` is called here, so that it may use the database."""
    steps = [(0, 0, 0)]
    follower = threading.Thread(target=_follow, args=(child.stderr, steps), daemon=True)
    follower.start()
    deadline = time.monotonic() + WALL_SECONDS
    while time.monotonic() < deadline:
        try:
            status = child.wait(TELL_SECONDS)
        except subprocess.TimeoutExpired:
            progress(*steps[-1])
            continue
        follower.join(5)
        progress(*steps[-1])
        return status
    return None


def _follow(stream: IO[str], steps: list[tuple[int, int, int]]) -> None:
    """Keep the last step that the child has told."""
    for line in stream:
        words = line.split()
        if len(words) == 3 and all(word.isdigit() for word in words):
            steps[-1] = (int(words[0]), int(words[1]), int(words[2]))


def _understood(answer: bytes, status: int) -> Imported:
    try:
        value: Any = json.loads(answer) if status == 0 else None
    except ValueError:
        value = None
    if value is None:
        raise ImportRefused("unreadable", say("read.beyond_limits"))
    if "refused" in value:
        raise ImportRefused.from_json(value["refused"])
    return Imported.from_json(value)
