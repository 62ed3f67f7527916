"""Runs the platform's programs as children and leaves none of them behind.

Each child leads a session of its own, so that Ctrl-C reaches the manager only, which then stops the children in
reverse order. Children receive SIGTERM should the manager die, and what they leave behind (a sandbox, a pool
process) is handed to the manager by the kernel and ended.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from certification.keeper.state import die_with_parent

PR_SET_CHILD_SUBREAPER = 36
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
GRACE = 10.0  # seconds a child has to end by itself
TICK = 0.1
TAIL = 20  # lines of its log shown when a program ends by itself


class ProgramEnded(Exception):
    """A program ended that should have gone on; the message ends with the last lines of its log."""


@dataclass(frozen=True)
class Program:
    """`command` is run as `name`; it is up once `ready` answers true."""

    name: str
    command: Sequence[str]
    ready: Callable[[], bool] | None = None
    environment: Mapping[str, str] = field(default_factory=dict)


@contextlib.contextmanager
def stoppable() -> Iterator[None]:
    """Within the block SIGINT, SIGTERM and SIGHUP raise KeyboardInterrupt, even when they were ignored before.

    After the block they are ignored: nothing may interrupt the cleaning up that follows.
    """

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    for number in STOPPING:
        signal.signal(number, interrupt)
    try:
        yield
    finally:
        for number in STOPPING:
            signal.signal(number, signal.SIG_IGN)


class Processes:
    """The running programs; a context manager that stops them on the way out."""

    def __init__(self, log_dir: Path, *, grace: float = GRACE) -> None:
        self.log_dir = log_dir
        self.grace = grace
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        log_dir.mkdir(parents=True, exist_ok=True)
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        self._not_ours = set(_children())

    def __enter__(self) -> "Processes":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def log_path(self, name: str) -> Path:
        return self.log_dir / f"{name}.log"

    def start(self, program: Program) -> None:
        """Starts `program`, its output going to its log, which begins anew."""
        with self.log_path(program.name).open("wb") as log:
            self.running[program.name] = subprocess.Popen(
                program.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, "PYTHONUNBUFFERED": "1", **program.environment},
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGTERM),
            )

    def wait_ready(self, program: Program, timeout: float = 60.0) -> None:
        """Returns once `program` is up. Raises ProgramEnded or TimeoutError."""
        deadline = time.monotonic() + timeout
        while program.ready is not None and not program.ready():
            self.check()
            if time.monotonic() > deadline:
                raise TimeoutError(f"{program.name} is not up after {timeout:.0f} s{self._tail(program.name)}")
            time.sleep(TICK)

    def check(self) -> None:
        """Raises ProgramEnded when a program has ended by itself."""
        for name, process in self.running.items():
            if process.poll() is not None:
                raise ProgramEnded(f"{name} ended with status {process.returncode}{self._tail(name)}")

    def watch(self) -> None:
        """Returns never; raises ProgramEnded when a program ends, KeyboardInterrupt within `stoppable`."""
        while True:
            self.check()
            time.sleep(TICK)

    def stop(self) -> None:
        """Stops every program, the last started first; kills what does not stop in time, and orphans."""
        processes = list(reversed(self.running.values()))
        for process in processes:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
        deadline = time.monotonic() + self.grace
        for process in processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, deadline - time.monotonic()))
        for process in processes:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.running.clear()
        self._end_orphans()

    def _end_orphans(self) -> None:
        # Ending one may hand us its own children, so look until there are none.
        while orphans := set(_children()) - self._not_ours:
            for pid in orphans:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(pid, 0)

    def _tail(self, name: str) -> str:
        lines = self.log_path(name).read_text(errors="replace").splitlines()[-TAIL:]
        return "\n".join([f"; {self.log_path(name)} ends:", *lines])


def _children() -> list[int]:
    """The direct children of this process, whichever of its threads started them."""
    tasks = Path("/proc/self/task").glob("*/children")
    return [int(pid) for task in tasks for pid in task.read_text().split()]


def celery(*arguments: str) -> list[str]:
    """The command of one Celery program of this project."""
    return [sys.executable, "-m", "celery", "--app=certification", *arguments]


def worker(concurrency: int, ready: Callable[[], bool] | None = None) -> Program:
    """A worker serving every queue with `concurrency` processes, given what the one with most needs is given."""
    queues = "default,untrusted,reports,probes,mail,planning"
    command = celery(
        "worker", f"--queues={queues}", f"--concurrency={concurrency}", "--loglevel=INFO", "--hostname=jalon@%h"
    )
    return Program("worker", command, ready, {"JALON_PROCESS": "mailer"})


def beat() -> Program:
    """The clock that wakes the sweeper."""
    return Program("beat", celery("beat", "--loglevel=INFO"), environment={"JALON_PROCESS": "beat"})


def web(address: str, ready: Callable[[], bool] | None = None) -> Program:
    """The web server on `address` (`host:port`)."""
    command = [sys.executable, "-m", "gunicorn", "certification.wsgi", f"--bind={address}", "--graceful-timeout=5"]
    command += ["--config=python:certification.serving.config"]
    # As in production: an error shows the page for errors, not the inside of the program.
    return Program("web", command, ready, {"JALON_DEBUG": "false", "JALON_PROCESS": "web"})
