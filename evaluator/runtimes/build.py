"""Builds the default runtime with uv. Idempotent, one builder at a time, marked complete last."""

from __future__ import annotations

import fcntl
import hashlib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from evaluator.errors import EngineFault
from evaluator.runtimes import LOCK, MARKER, Runtime, runtimes_folder, uv

_SECONDS = 1800


def build_default() -> tuple[Runtime, bool]:
    """The default runtime, and whether it had to be built.

    Raises:
        EngineFault: ``runtime.build_failed`` with the last lines of the builder.
    """
    folder = runtimes_folder() / "default"
    digest = wanted_digest()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _locked(folder.parent / ".default.lock"):
        if _read_marker(folder) == digest:
            return Runtime(folder, digest), False
        _build(folder)
        (folder / MARKER).write_text(digest + "\n")
    return Runtime(folder, digest), True


def wanted_digest() -> str:
    """sha256 of the lock and of the version of Python, in hexadecimal."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    return hashlib.sha256(LOCK.read_bytes() + f"\npython {version}\n".encode()).hexdigest()


def _read_marker(folder: Path) -> str:
    try:
        return (folder / MARKER).read_text().strip()
    except OSError:
        return ""


def _build(folder: Path) -> None:
    (folder / MARKER).unlink(missing_ok=True)
    if not (folder / "pyvenv.cfg").exists():
        _uv("venv", "--quiet", "--python", sys.executable, str(folder))
    _uv(
        *("pip", "sync", "--quiet", "--require-hashes", "--compile-bytecode"),
        *("--python", str(folder / "bin" / "python"), str(LOCK)),
    )


def _uv(*arguments: str) -> None:
    command = [uv.program(), *arguments]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_SECONDS, check=False, env=dict(uv.environment())
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EngineFault("runtime.build_failed", reason=str(error)) from error
    if done.returncode:
        raise EngineFault("runtime.build_failed", reason=done.stderr[-2000:])


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield
