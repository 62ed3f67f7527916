"""The warm interpreters of this process: for each of the two runtimes last used, replaced when worn or dead.

Nobody waits for one: until it is ready, and wherever it cannot be had, jobs start cold, under the same guarantees. A
process that runs a job or two never starts one.
"""

from __future__ import annotations

import atexit
import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from evaluator.errors import EngineFault
from evaluator.runtimes import Runtime
from evaluator.sandbox.interpreter import Interpreter, WarmRefused

_logger = logging.getLogger(__name__)
_PAUSE_SECONDS = 60.0
_COLD_JOBS = 2
_MOST = 2  # some 200 MB each


@dataclass(frozen=True, slots=True)
class Wear:
    """When an interpreter is replaced: after so many jobs, so many seconds, or so many bytes more than at its start."""

    jobs: int = 500
    seconds: float = 3600.0  # well below the age at which leftovers are swept
    bytes: int = 64 << 20


class WarmInterpreters:
    """Lends interpreters, to any thread. A fork of this process begins without any."""

    def __init__(self, wear: Wear | None = None) -> None:
        self._wear = wear or Wear()
        self._lock = threading.RLock()
        self._process = os.getpid()
        self._current: dict[Path, Interpreter] = {}
        self._pauses: dict[Path, tuple[float, str]] = {}
        self._asked = 0

    @contextmanager
    def lent(self, runtime: Runtime) -> Iterator[Interpreter | None]:
        """An interpreter that is ready now, or None: from the third time on, one is then on its way.

        One that failed is not tried again for a minute.
        """
        interpreter = self._take(runtime)
        try:
            yield interpreter
        except WarmRefused as refusal:
            self._give_up(runtime, str(refusal))
            raise
        finally:
            if interpreter is not None:
                self._give_back(runtime, interpreter)

    def wait(self, runtime: Runtime, seconds: float = 60.0) -> str:
        """Why there is no warm interpreter once it was waited for; empty when there is one."""
        deadline = time.monotonic() + seconds
        self._asked = _COLD_JOBS
        while True:
            with self.lent(runtime) as interpreter:
                if interpreter is not None:
                    return ""
            reason = self._pauses.get(runtime.folder, (0.0, ""))[1]
            if reason or time.monotonic() > deadline:
                return reason or f"not ready after {seconds:.0f} s"
            time.sleep(0.02)

    def close(self) -> None:
        """End all of them, and with them every job that they started."""
        with self._lock:
            if self._process == os.getpid():
                for interpreter in self._current.values():
                    interpreter.close()
            self._current.clear()
            self._pauses.clear()

    def _take(self, runtime: Runtime) -> Interpreter | None:
        with self._lock:
            if self._process != os.getpid():  # those of the process that was forked are not ours to end
                self._process, self._current = os.getpid(), {}
            interpreter = self._current.get(runtime.folder)
            if interpreter is None:
                self._asked += 1
                if self._asked > _COLD_JOBS:
                    self._begin(runtime)
                return None
            if not interpreter.is_ready():
                if interpreter.failure:
                    self._give_up(runtime, interpreter.failure)
                return None
            if self._is_spent(interpreter):
                self._drop(runtime.folder)
                self._begin(runtime)
                return None
            interpreter.lent += 1
            interpreter.jobs += 1
            interpreter.used = time.monotonic()
            return interpreter

    def _begin(self, runtime: Runtime) -> None:
        until, _ = self._pauses.get(runtime.folder, (0.0, ""))
        if time.monotonic() < until:
            return
        self._pauses.pop(runtime.folder, None)
        if len(self._current) >= _MOST:
            self._drop(min(self._current, key=lambda folder: self._current[folder].used))
        self._current[runtime.folder] = Interpreter(runtime)

    def _is_spent(self, interpreter: Interpreter) -> bool:
        return (
            interpreter.has_ended()
            or interpreter.last_memory > interpreter.first_memory + self._wear.bytes
            or interpreter.jobs >= self._wear.jobs
            or time.monotonic() - interpreter.born > self._wear.seconds
        )

    def _give_up(self, runtime: Runtime, reason: str) -> None:
        """Start cold for a while."""
        _logger.warning("no warm interpreter: %s", reason)
        with self._lock:
            self._pauses[runtime.folder] = (time.monotonic() + _PAUSE_SECONDS, reason)
            self._drop(runtime.folder)

    def _drop(self, folder: Path) -> None:
        interpreter = self._current.pop(folder, None)
        if interpreter is not None and not interpreter.lent:
            interpreter.close()

    def _give_back(self, runtime: Runtime, interpreter: Interpreter) -> None:
        with self._lock:
            interpreter.lent -= 1
            if not interpreter.lent and self._current.get(runtime.folder) is not interpreter:
                interpreter.close()  # it was dropped while others used it


def configured() -> WarmInterpreters | None:
    """Those of this process, or None where ``JALON_SANDBOX_WARM`` is ``off``; ``on`` by default.

    Raises:
        EngineFault: ``sandbox.setting`` for any other value.
    """
    value = os.environ.get("JALON_SANDBOX_WARM", "on")
    if value not in ("on", "off"):
        raise EngineFault("sandbox.setting", name="JALON_SANDBOX_WARM", value=value)
    return _shared if value == "on" else None


_shared = WarmInterpreters()
atexit.register(_shared.close)
