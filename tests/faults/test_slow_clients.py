"""Slow clients, and rows that another act holds, stop nobody else. `slow_clients.py` does the same for minutes."""

from __future__ import annotations

import http.client
import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.urls import reverse

from assessments.models import Upload, Work
from assessments.services import uploads
from tests import factories
from tests.assessments.services.test_uploads import elsewhere
from tests.faults import slow_clients
from tests.faults.sites import Script, Site
from tests.faults.slow_clients import PAGES, Crowd
from tests.workers import until

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["elsewhere"]


@pytest.fixture(scope="module")
def site(own_database: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """With fewer threads than there are slow clients of any kind. The last test stops it."""
    log = tmp_path_factory.mktemp("site") / "web.log"
    running = Site(os.environ | own_database, log, "--workers=1", "--threads=2")
    running.wait()
    yield running
    running.stop()
    print(running.log.read_text()[-4000:])


def test_pages_answer_while_slow_clients_hold_on(site: Site) -> None:
    crowd = Crowd(site.port, slow_clients.kinds(*slow_clients.a_candidates_upload()), 6)
    with crowd.holding():
        time.sleep(1.5)  # every kind has been read from once
        for page in PAGES * 3:
            assert site.status(page, timeout=20) == 200
        assert crowd.sent_away == 0, "the clients no longer held it"


def test_a_body_longer_than_its_address_admits_is_refused_before_it_is_sent(site: Site) -> None:
    for path, length, status in (
        ("/comptes/login/", 5_000_000, 413),
        ("/travaux/1/archive/", 2_000_000_000, 413),
    ):
        connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=20)
        connection.putrequest("POST", path)
        connection.putheader("Content-Length", str(length))
        connection.endheaders()
        assert connection.getresponse().status == status


def test_the_answer_reaches_whoever_sends_everything_before_they_read(site: Site) -> None:
    for path, status in (("/comptes/login/", 413), ("/travaux/1/archive/", 401)):
        connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=20)
        connection.request("POST", path, b"x" * 30_000_000, {"Accept": "application/json"})
        assert connection.getresponse().status == status


def test_a_file_is_taken_from_members_only_and_before_it_is_sent(site: Site) -> None:
    world = factories.world()
    url = reverse("web:upload_plain", kwargs={"pk": world.work.pk})
    for headers, expected in (({}, 401), ({"Cookie": "sessionid=forged"}, 401), (Script(site, world).headers, 302)):
        connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=20)
        connection.putrequest("POST", url)
        body = b'--x\r\nContent-Disposition: form-data; name="archive"; filename="a.zip"\r\n\r\n'
        body += b"x" * 5_000_000 + b"\r\n--x--\r\n"
        for name, text in {**headers, "Content-Type": "multipart/form-data; boundary=x"}.items():
            connection.putheader(name, text)
        connection.putheader("Content-Length", str(len(body)))
        connection.endheaders()
        if expected == 302:
            connection.send(body)
        answer = connection.getresponse()
        assert answer.status == expected, answer.read()


def test_a_held_lock_is_named_at_once_and_the_rest_is_alive(site: Site, elsewhere: Callable[..., None]) -> None:
    world = factories.world()
    upload = uploads.start(actor=world.candidate, work=world.work, file_name="projet.zip", size=3)
    script = Script(site, world)
    elsewhere(lambda: Upload.objects.select_for_update().get(pk=upload.pk))
    elsewhere(lambda: Work.objects.select_for_update().get(pk=world.work.pk))
    piece = script.ask("PATCH", reverse("web:upload_piece", kwargs={"pk": upload.pk}), b"abc", Upload_Offset="0")
    announced = json.dumps({"name": "a.zip", "size": 3}).encode()
    begun = script.ask("POST", reverse("web:upload_start", kwargs={"pk": world.work.pk}), announced)
    for status, told, headers in (piece, begun):
        assert (status, told["code"], headers["Retry-After"]) == (503, "outage.busy", "5")
    assert site.status("/comptes/login/", timeout=20) == 200


def test_a_killed_process_is_replaced_and_a_stopped_server_finishes_what_it_began(site: Site) -> None:
    child = int(Path(f"/proc/{site.process.pid}/task/{site.process.pid}/children").read_text().split()[0])
    os.kill(child, signal.SIGKILL)
    until(site.answers, "another process")
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=20)
    connection.putrequest("POST", "/comptes/login/")
    connection.putheader("Content-Length", "5")
    connection.endheaders(b"lo")
    time.sleep(0.5)
    site.process.send_signal(signal.SIGTERM)
    time.sleep(1.5)
    connection.send(b"gin")
    assert connection.getresponse().status == 403  # no token: an answer of the application
    assert site.process.wait(30) == 0
