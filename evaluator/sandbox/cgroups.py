"""Control groups, where the platform may write them: the memory and processes of a job counted as a whole.

Version 1 and version 2 hierarchies. ``JALON_CGROUP`` names a delegated folder of a version 2 hierarchy when the
platform's own group cannot be used.
"""

from __future__ import annotations

import contextlib
import math
import os
import secrets
import signal
import time
from collections.abc import Iterator
from pathlib import Path

_ROOT = Path("/sys/fs/cgroup")
_CLOSING_SECONDS = 2.0
_STALE_SECONDS = 3600
_SWEEP_SECONDS = 600  # the time of a job should not depend on how many others there are
_PREFIX = "jalon-"
_swept: dict[Path, float] = {}


class ControlGroup:
    """The groups of one job, one folder for each hierarchy. Created before the job, closed after it."""

    def __init__(self, memory: Path, pids: Path, unified: bool) -> None:
        self._memory = memory
        self._pids = pids
        self._unified = unified
        self._held = 0

    @property
    def doors(self) -> list[Path]:
        """The files in which a process writes its number to enter."""
        return [folder / "cgroup.procs" for folder in self._folders()]

    def begin(self, given_bytes: int) -> None:
        """What is in the group now counts neither for the job's limit nor in its peak, but for what it was given."""
        now = _number(self._memory / ("memory.current" if self._unified else "memory.usage_in_bytes"))
        self._held = max(0, now - given_bytes)
        if not self._unified:
            with contextlib.suppress(OSError):
                _set(self._memory / "memory.max_usage_in_bytes", 0)

    def limit(self, memory_bytes: int, processes: int) -> None:
        """Raises OSError when the kernel refuses a limit."""
        memory_bytes += self._held
        if self._unified:
            _set(self._memory / "memory.max", memory_bytes)
            with contextlib.suppress(OSError):  # absent without swap accounting
                _set(self._memory / "memory.swap.max", 0)
        else:
            _set(self._memory / "memory.limit_in_bytes", memory_bytes)
            with contextlib.suppress(OSError):
                _set(self._memory / "memory.memsw.limit_in_bytes", memory_bytes)
        _set(self._pids / "pids.max", processes)

    def out_of_memory(self) -> bool:
        """Whether the kernel killed a process of the job for its memory."""
        name = "memory.events" if self._unified else "memory.oom_control"
        return _counter(self._memory / name, "oom_kill") > 0

    def peak_bytes(self) -> int:
        peak = _number(self._memory / ("memory.peak" if self._unified else "memory.max_usage_in_bytes"))
        return max(0, peak - self._held)

    def is_removed(self) -> bool:
        """Remove the groups if nobody is left in them; whether they are gone."""
        for folder in self._folders():
            with contextlib.suppress(OSError):
                folder.rmdir()
        return not any(folder.exists() for folder in self._folders())

    def close(self) -> None:
        """Kill whoever is left and remove the groups."""
        deadline = time.monotonic() + _CLOSING_SECONDS
        for folder in self._folders():
            while folder.exists():
                _kill_members(folder)
                with contextlib.suppress(OSError):
                    folder.rmdir()
                    break
                if time.monotonic() > deadline:
                    break
                time.sleep(0.01)

    def _folders(self) -> Iterator[Path]:
        yield self._memory
        if self._pids != self._memory:
            yield self._pids


def create() -> ControlGroup | None:
    """A new empty group, or None where the platform may not make one."""
    name = f"{_PREFIX}{secrets.token_hex(8)}"
    if (_ROOT / "cgroup.controllers").exists() or "JALON_CGROUP" in os.environ:
        return _create_unified(name)
    return _create_separate(name)


def memory_kills() -> int:
    """How many processes this machine has killed for want of memory since it started."""
    return _counter(Path("/proc/vmstat"), "oom_kill")


def _create_unified(name: str) -> ControlGroup | None:
    own = Path(os.environ.get("JALON_CGROUP") or _ROOT / _membership().get("", "").lstrip("/"))
    folder = own / name
    try:
        with contextlib.suppress(OSError):
            (own / "cgroup.subtree_control").write_text("+memory +pids")
        _sweep(own)
        folder.mkdir()
    except OSError:
        return None
    if (folder / "memory.max").exists() and (folder / "pids.max").exists():
        return ControlGroup(folder, folder, unified=True)
    folder.rmdir()
    return None


def _create_separate(name: str) -> ControlGroup | None:
    member = _membership()
    made: list[Path] = []
    try:
        for controller in ("memory", "pids"):
            folder = _ROOT / controller / member[controller].lstrip("/") / name
            _sweep(folder.parent)
            folder.mkdir()
            made.append(folder)
    except (OSError, KeyError):
        for folder in made:
            folder.rmdir()
        return None
    return ControlGroup(made[0], made[1], unified=False)


def _sweep(parent: Path) -> None:
    """Remove the empty groups of workers that were killed before they could; a group in use refuses."""
    if time.monotonic() < _swept.get(parent, -math.inf) + _SWEEP_SECONDS:
        return
    _swept[parent] = time.monotonic()
    for folder in parent.glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            if time.time() - folder.stat().st_mtime > _STALE_SECONDS:
                folder.rmdir()


def _membership() -> dict[str, str]:
    """This process's group by controller; the empty name is the version 2 hierarchy."""
    found = {}
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        for controller in controllers.split(","):
            found[controller] = path
    return found


def _set(path: Path, value: int) -> None:
    path.write_text(str(value))


def _number(path: Path) -> int:
    """0 where the kernel does not tell."""
    try:
        return int(path.read_text())
    except (OSError, ValueError):
        return 0


def _counter(path: Path, name: str) -> int:
    try:
        lines = path.read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.split()[0] == name), 0)


def _kill_members(folder: Path) -> None:
    try:
        members = (folder / "cgroup.procs").read_text().split()
    except OSError:
        return
    for member in members:
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(member), signal.SIGKILL)
