"""Redis stops answering, then is lost: pages live, a submission is taken and evaluated later, health mends itself."""

from __future__ import annotations

import json
import signal
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from assessments.models import EvaluationRun, Submission, Upload
from assessments.models.runs import ACTIVE
from assessments.models.works import UploadState
from assessments.services import runs, storage, uploads
from assessments.services.sweeping import sweep
from certification import processes
from tests import factories
from tests.factories import World
from tests.faults.conftest import Broker
from tests.workers import Worker, until

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 15.0  # of a browser; a hung Redis used to hold a submission for a minute


@pytest.fixture
def child_environment(child_environment: dict[str, str], broker: Broker) -> dict[str, str]:
    return child_environment | {"REDIS_URL": broker.url, "JALON_REDIS_SECONDS": "1", "JALON_PROCESS": "web"}


class Site:
    """The real web server, and one person logged in."""

    def __init__(self, address: str, cookies: dict[str, str]) -> None:
        self.address = f"http://{address}"
        self.cookies = cookies

    def ask(self, path: str, body: bytes | None = None) -> tuple[int, str]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers |= {"X-CSRFToken": self.cookies["csrftoken"], "Referer": self.address}
        request = urllib.request.Request(self.address + path, body, headers)  # noqa: S310  our own server
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310  the same
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def ready(self) -> dict[str, Any]:
        state: dict[str, Any] = json.loads(self.ask("/readyz")[1])
        return state

    def up(self) -> bool:
        try:
            return self.ask("/healthz")[0] == 200
        except OSError:
            return False


@pytest.fixture
def world(transactional_db: None) -> World:
    return factories.world()


@pytest.fixture
def site(world: World, child_environment: dict[str, str], tmp_path: Path) -> Iterator[Site]:
    client = Client()
    client.force_login(world.candidate)
    client.get("/comptes/login/")
    cookies = {"sessionid": client.cookies["sessionid"].value, "csrftoken": "x" * 32}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    web = processes.web(address)
    with processes.Processes(tmp_path) as programs:
        programs.start(processes.Program(web.name, web.command, environment=child_environment | web.environment))
        served = Site(address, cookies)
        until(served.up, "the web server")
        yield served
    print((tmp_path / "web.log").read_text()[-4000:])


def accepted(world: World, archive: Path) -> Upload:
    upload = uploads.start(actor=world.candidate, work=world.work, file_name="p.zip", size=archive.stat().st_size)
    with archive.open("rb") as stream:
        upload = uploads.append(upload=upload, offset=0, pieces=iter(lambda: stream.read(storage.PIECE), b""))
    until(lambda: Upload.objects.get(pk=upload.pk).state == UploadState.ACCEPTED, "the inspection")
    return upload


def swept() -> bool:
    """What the clock does every ten seconds, here as often as we look."""
    sweep(runs.KIND)
    return not EvaluationRun.objects.filter(status__in=ACTIVE).exists()


def test_a_redis_that_hangs_and_one_that_is_lost(
    world: World, broker: Broker, worker: Worker, site: Site, good_archive: Path
) -> None:
    worker.start()
    upload = accepted(world, good_archive)
    until(lambda: site.ready()["ok"], "the site to be ready")

    assert broker.process is not None
    broker.process.send_signal(signal.SIGSTOP)
    try:
        status, _ = site.ask(f"/envois/{upload.pk}/deposer/", b"")
        assert status in (200, 302)
        submission = Submission.objects.get()
        assert site.ask("/healthz")[0] == 200
        assert site.ask("/comptes/login/")[0] == 200
        assert site.ask(f"/depots/{submission.pk}/")[0] == 200
        assert site.ready()["checks"]["redis"] == {"ok": False, "detail": "TimeoutError"}
    finally:
        broker.process.send_signal(signal.SIGCONT)
    until(swept, "the run's end")
    assert submission.runs.get().status == "done"

    broker.kill()
    assert not site.ready()["checks"]["redis"]["ok"]
    broker.start()
    until(lambda: site.ready()["ok"], "the site to be ready again by itself")
