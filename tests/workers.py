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
    """A Celery worker that can be killed without warning, and started again."""

    def __init__(self, environment: dict[str, str], broker: str, log: Path) -> None:
        self.broker = broker
        self.environment = environment
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Does nothing while it runs."""
        if self.process is not None:
            return
        command = [sys.executable, "-m", "celery", "--app=certification", f"--broker={self.broker}"]
        command += ["worker", "--concurrency=1", f"--queues={','.join(dict.fromkeys(QUEUES.values()))}"]
        command += ["--loglevel=INFO", "--without-gossip", "--without-mingle"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )

    def rest(self) -> None:
        """What it has not begun is dropped, and what it does comes to its end."""
        queues = Redis.from_url(self.broker)

        def idle() -> bool:
            queues.delete(*QUEUES.values())
            return not queues.hlen("unacked")

        until(lambda: idle() and idle(), "the worker at rest")

    def kill(self) -> None:
        """SIGKILL to the worker and its pool: no handler runs, nothing is given back."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None
