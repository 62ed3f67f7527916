"""Real workers as processes of their own, on this test's database and broker."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from redis import Redis

from assessments.dispatch import QUEUES

PATIENCE = 90.0


def until(done: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
    deadline = time.monotonic() + patience
    while not done():
        assert time.monotonic() < deadline, f"{what}: not after {patience:.0f} s"
        time.sleep(0.05)


class Worker:
    """A Celery worker that can be killed without warning, started again, and stand still between two tests."""

    def __init__(self, environment: dict[str, str], broker: str, log: Path) -> None:
        self.broker = broker
        self.environment = environment
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Or wake it, when it rests."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGCONT)
            return
        # Django's checks, which load every page, are made by `make lint`.
        command = [sys.executable, "-m", "celery", "--skip-checks", "--app=certification", f"--broker={self.broker}"]
        command += ["worker", "--concurrency=1", f"--queues={','.join(dict.fromkeys(QUEUES.values()))}"]
        command += ["--loglevel=INFO", "--without-gossip", "--without-mingle"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )

    def rest(self) -> None:
        """What it has not begun is dropped, what it does comes to its end, and it hears nothing until it is started."""
        if self.process is None:
            return
        queues = Redis.from_url(self.broker)

        def idle() -> bool:
            queues.delete(*QUEUES.values())
            return not queues.hlen("unacked")

        until(lambda: idle() and idle(), "the worker at rest")
        os.killpg(self.process.pid, signal.SIGSTOP)

    def kill(self) -> None:
        """SIGKILL to the worker and its pool: no handler runs, nothing is given back."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None
