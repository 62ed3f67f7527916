"""Builds the environment that a bundle wishes for, apart from every job: it alone reaches the network.

Nothing of a candidate is run: packages come by name from the configured sources, as wheels, which are unpacked and
never imported here. What they hold runs in the sandbox only, where the finished environment is read-only.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from evaluator.errors import EngineFault
from evaluator.limits import GB
from evaluator.runtimes import MARKER, Runtime, runtimes_folder, uv
from evaluator.runtimes.companions import bounds
from evaluator.runtimes.wishes import Wish, specs_of

_FORMAT = 2
_SECONDS = 300
_BYTES = 3 * GB
_LOOK = 0.25
_TAIL = 4000
_RETRY = 24 * 3600.0
_UNREACHABLE = re.compile(r"error sending request|Failed to fetch|dns error|timed out|Connection (refused|reset)", re.I)
_WHEELS = ("--only-binary", ":all:")
_CAUSE = re.compile(r"cause:\s*(.+?)(?:\n\s*\n|\nhint:|$)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Build:
    """What became of a wish. ``state`` is ``building``, ``built`` or ``failed``.

    ``code`` and ``reason`` tell why it failed; ``runtime`` is the digest of the environment; ``bytes`` its size on
    disk, ``seconds`` the time taken, ``at`` when it ended (seconds since 1970), ``log`` the end of uv's output.
    """

    requirements: tuple[str, ...]
    state: str
    code: str = ""
    reason: str = ""
    runtime: str = ""
    bytes: int = 0
    seconds: float = 0.0
    at: float = 0.0
    log: str = ""
    format: int = field(default=_FORMAT)


class _Failed(Exception):
    """``code`` as in ``evaluator.faults``; ``log`` is what uv printed."""

    def __init__(self, code: str, reason: str, log: str = "") -> None:
        super().__init__(code)
        self.code, self.reason, self.log = code, reason, log


def build_seconds() -> float:
    """How long a build may take, from ``JALON_RUNTIME_BUILD_SECONDS``; 0 when nothing is to be built here.

    Raises:
        EngineFault: ``runtime.setting_invalid``.
    """
    value = os.environ.get("JALON_RUNTIME_BUILD_SECONDS", str(_SECONDS))
    if not value.isdigit():
        raise EngineFault("runtime.setting_invalid", value=value[:50])
    return float(value)


def built(wish: Wish) -> Runtime | None:
    """The environment of a wish that was built before."""
    build = state(wish)
    return _runtime(build.runtime) if build and build.state == "built" else None


def state(wish: Wish) -> Build | None:
    """What is known of a wish; None when it was never tried, or so long ago that it may be tried again."""
    build = _read(_state_file(wish))
    if build is None or (build.state == "failed" and time.time() - build.at > _RETRY):
        return None
    return build


def builds() -> list[Build]:
    """All that were tried on this machine, the latest first."""
    files = sorted((runtimes_folder() / "wishes").glob("*.json"))
    found = [build for build in map(_read, files) if build]
    return sorted(found, key=lambda build: -build.at)


def build(wish: Wish, *, seconds: float = _SECONDS, size: int = _BYTES) -> Build:
    """Build the environment of ``wish`` unless that was done; one builder at a time on a machine.

    Within ``seconds`` and ``size`` bytes on disk. A network that cannot be reached is not remembered.
    """
    with _locked():
        known = state(wish)
        if known is not None and (known.state == "failed" or _runtime(known.runtime)):
            return known
        _write(wish, Build(wish.requirements, "building", at=time.time()))
        started = time.monotonic()
        try:
            runtime, log = _install(wish, _Deadline(started + seconds), size)
            found = Build(wish.requirements, "built", runtime=runtime.digest, bytes=_size(runtime.folder), log=log)
        except _Failed as failure:
            found = Build(wish.requirements, "failed", code=failure.code, reason=failure.reason, log=failure.log)
        except BaseException:
            _state_file(wish).unlink(missing_ok=True)
            raise
        found = Build(**asdict(found) | {"seconds": round(time.monotonic() - started, 2), "at": time.time()})
        if found.code == "runtime.unreachable":
            _state_file(wish).unlink(missing_ok=True)
        else:
            _write(wish, found)
        return found


def prune(older_than: float) -> list[str]:
    """Remove the environments not used for ``older_than`` seconds, and the memory of wishes that led to them."""
    removed = []
    with _locked():
        for folder in sorted(_home().glob("*")):
            if folder.is_dir() and time.time() - (folder / MARKER).stat().st_mtime > older_than:
                shutil.rmtree(folder)
                removed.append(folder.name)
        for file in (runtimes_folder() / "wishes").glob("*.json"):
            found = _read(file)
            if found is None or found.runtime in removed:
                file.unlink()
    return removed


@dataclass(frozen=True, slots=True)
class _Deadline:
    at: float

    @property
    def left(self) -> float:
        return self.at - time.monotonic()


def _install(wish: Wish, deadline: _Deadline, size: int) -> tuple[Runtime, str]:
    """Resolve, then install what was resolved. Raises _Failed."""
    home = _home()
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".building-", dir=home) as made:
        folder = Path(made, "runtime")
        wanted, lock = Path(made, "requirements.in"), Path(made, "requirements.txt")
        wanted.write_text("\n".join(wish.requirements) + "\n")
        bounded = Path(made, "constraints.txt")
        bounded.write_text("\n".join(bounds(specs_of(wish))) + "\n")
        plain = ("--no-header", "--no-annotate", "--no-config", *_WHEELS)
        given = ("--constraint", str(bounded), "--output-file", str(lock), str(wanted))
        log = _uv(["pip", "compile", *plain, *_python(), *given], deadline)
        digest = hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()
        found = _runtime(digest)
        if found is None:
            _uv(["venv", "--no-config", *_python(), str(folder)], deadline)
            packages = folder / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
            # Into a folder, by our own Python: the one of the environment would run what the wheels brought.
            into = ("--target", str(packages), "--no-deps", "--no-config", "--compile-bytecode", *_WHEELS)
            log += _uv(["pip", "install", *into, *_python(), "-r", str(lock)], deadline, folder, size)
            shutil.copy(lock, folder / "requirements.txt")
            (folder / MARKER).write_text(digest + "\n")
            folder.rename(home / digest)
            found = Runtime(home / digest, digest)
        return found, (log + lock.read_text())[-_TAIL:]


def _python() -> tuple[str, str]:
    return ("--python", str(Path(sys.executable).resolve()))


def _uv(arguments: Sequence[str], deadline: _Deadline, folder: Path | None = None, size: int = 0) -> str:
    """What uv printed, watched for its time and the size of what it makes. Raises _Failed."""
    with tempfile.TemporaryFile() as output:
        command = [uv.program(), *arguments, "--no-progress", "--color", "never"]
        process = subprocess.Popen(command, stdout=output, stderr=output, env=dict(uv.environment()))
        try:
            while process.poll() is None:
                _watch(deadline, folder, size)
                time.sleep(_LOOK)
            _watch(deadline, folder, size)
        finally:
            process.kill()
            process.wait()
        output.seek(0)
        text = output.read().decode("utf-8", "replace")
    if process.returncode:
        raise _named(text)
    return text


def _watch(deadline: _Deadline, folder: Path | None, size: int) -> None:
    if deadline.left < 0:
        raise _Failed("runtime.too_slow", "")
    if folder is not None and _size(folder) > size:
        raise _Failed("runtime.too_large", "")


def _named(text: str) -> _Failed:
    if _UNREACHABLE.search(text):
        return _Failed("runtime.unreachable", "", text[-_TAIL:])
    cause = _CAUSE.search(text)
    return _Failed("runtime.unresolved", " ".join((cause[1] if cause else text).split())[:400], text[-_TAIL:])


def _size(folder: Path) -> int:
    total = 0
    for place, _, names in os.walk(folder):  # which passes over folders that uv moves while it works
        for name in names:
            with suppress(FileNotFoundError):
                total += Path(place, name).lstat().st_size
    return total


def _home() -> Path:
    return runtimes_folder() / "built"


def _runtime(digest: str) -> Runtime | None:
    """The finished environment of that digest; asking for it counts as a use."""
    folder = _home() / digest
    if not digest or not (folder / MARKER).is_file():
        return None
    (folder / MARKER).touch()
    return Runtime(folder, digest)


def _state_file(wish: Wish) -> Path:
    return runtimes_folder() / "wishes" / f"{wish.digest}.json"


def _read(file: Path) -> Build | None:
    try:
        stored: dict[str, Any] = json.loads(file.read_text())
        if stored.pop("format") != _FORMAT:
            return None
        return Build(**stored | {"requirements": tuple(stored["requirements"])})
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _write(wish: Wish, found: Build) -> None:
    file = _state_file(wish)
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_suffix(".new")
    temporary.write_text(json.dumps(asdict(found), ensure_ascii=False, indent=1))
    temporary.replace(file)


@contextmanager
def _locked() -> Iterator[None]:
    runtimes_folder().mkdir(parents=True, exist_ok=True)
    with (runtimes_folder() / ".built.lock").open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield
