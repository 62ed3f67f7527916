"""A large file of France compétences through the real programs: nothing is lost, and memory stays flat.

60 MB here; `LARGE_IMPORT_MB=470` gives the measure that docs/operators.md tells.
"""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from django.test import Client

from assessments.models import ReferentialImport, Role
from assessments.models.imports import ImportState
from assessments.services import import_reading, imports
from assessments.services.sweeping import sweep
from tests.factories import person
from tests.faults.sites import CONFIG
from tests.referentials import large_flux
from tests.workers import Worker, until

pytestmark = pytest.mark.django_db(transaction=True)
SIZE = int(os.environ.get("LARGE_IMPORT_MB", "60")) * 1_000_000
MOST = 300_000_000
PIECE = 1 << 20


class Web:
    """The real web server, and one person logged in to it."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        command = [sys.executable, "-m", "gunicorn", "certification.wsgi", f"--bind=127.0.0.1:{self.port}"]
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                [*command, CONFIG, "--workers=1", "--threads=4"], env=environment, stdout=out, stderr=out
            )
        client = Client()
        client.force_login(person(Role.ADMINISTRATOR), backend="django.contrib.auth.backends.ModelBackend")
        self.cookies = {"sessionid": client.cookies["sessionid"].value}

    def ask(self, method: str, path: str, body: Iterable[bytes] = (), **headers: str) -> tuple[int, str, str]:
        """The status, the address it leads to, the page."""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        link.request(method, path, body=body if method == "POST" else None, headers={"Cookie": cookie, **headers})
        answer = link.getresponse()
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, _, rest = line.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        page = answer.read().decode()
        link.close()
        return answer.status, answer.headers.get("Location", ""), page

    def answers(self) -> bool:
        try:
            return self.ask("GET", "/healthz")[0] == 200
        except OSError:
            return False


@pytest.fixture
def web(child_environment: dict[str, str], tmp_path: Path) -> Iterator[Web]:
    server = Web(child_environment, tmp_path / "web.log")
    until(server.answers, "the web server")
    yield server
    server.process.send_signal(signal.SIGTERM)
    server.process.wait(30)
    print((tmp_path / "web.log").read_text()[-4000:])


def most_resident(root: int) -> int:
    """The largest resident memory that a process or one of its children has had, in bytes."""
    most = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            text = status.read_text()
        except OSError:  # it has ended meanwhile
            continue
        found = dict(re.findall(r"^(\w+):\s+(\d+)", text, re.MULTILINE))
        if int(found["PPid"]) == root:
            most = max(most, most_resident(int(found["Pid"])))
        if int(found["Pid"]) == root:
            most = max(most, int(found.get("VmHWM", 0)) * 1024)
    return most


def parts(path: Path, token: str) -> Iterator[bytes]:
    """The body of the form, with the file in pieces."""
    for name, value in (("csrfmiddlewaretoken", token), ("fiche", large_flux.LAST)):
        yield f'--jalon\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
    yield b'--jalon\r\nContent-Disposition: form-data; name="file"; filename="flux.xml"\r\n\r\n'
    with path.open("rb") as stream:
        while piece := stream.read(PIECE):
            yield piece
    yield b"\r\n--jalon--\r\n"


def test_a_killed_worker_loses_nothing_and_memory_stays_flat(web: Web, worker: Worker, tmp_path: Path) -> None:
    path = tmp_path / "flux.xml"
    large_flux.write(path, SIZE)
    form = "/administration/referentiels/importer/"
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', web.ask("GET", form)[2])
    assert token is not None
    size = str(sum(len(piece) for piece in parts(path, token[1])))
    kind = "multipart/form-data; boundary=jalon"
    status, address, _ = web.ask("POST", form, parts(path, token[1]), **{"Content-Type": kind, "Content-Length": size})
    assert (status, address.startswith(form)) == (302, True)
    web_most = most_resident(web.process.pid)
    row = ReferentialImport.objects.get()
    assert row.size == path.stat().st_size
    path.unlink()

    worker.start()
    until(lambda: ReferentialImport.objects.get().attempts == 1, "the first worker")
    until(lambda: ReferentialImport.objects.get().bytes_read > 0 or _ended(), "some progress")
    worker.kill()
    killed_at = ReferentialImport.objects.get()  # not before: the file may be read to its end meanwhile
    worker.start()
    until(_swept, "the second worker")
    worker_most = most_resident(worker.process.pid if worker.process else 0)
    row = ReferentialImport.objects.get()
    assert row.state == ImportState.READY
    assert killed_at.state == ImportState.READY or row.attempts == 2
    assert imports.pending_of(row).imported.tree["code"] == large_flux.LAST.lower()
    assert "Lire un texte" in web.ask("GET", address)[2]
    print(f"{SIZE // 10**6} MB: web {web_most // 10**6} MB, worker {worker_most // 10**6} MB")
    assert 0 < web_most < MOST
    assert 0 < worker_most < MOST


def _ended() -> bool:
    return ReferentialImport.objects.get().state != ImportState.READING


def _swept() -> bool:
    """What the clock does every ten seconds, here as often as we look."""
    sweep(import_reading.KIND)
    return _ended()
