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
        # Django's checks, which load every page, are made by `make lint`.
        command = [sys.executable, "-m", "celery", "--skip-checks", "--app=certification", f"--broker={self.broker}"]
        command += ["worker", "--concurrency=1", "--queues=default,untrusted,reports,probes,mail,planning"]
        command += ["--loglevel=INFO", "--without-gossip", "--without-mingle"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )

    def kill(self) -> None:
        """SIGKILL to the worker and its pool: no handler runs, nothing is given back."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None
