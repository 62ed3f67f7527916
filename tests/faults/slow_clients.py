"""Slow clients against a real web server: `python -m tests.faults.slow_clients --seconds 120 --clients 20`.

So many clients of each kind hold it: headers that never end, a log-in form and a piece of an upload that come byte by
byte, an answer that is not read. Meanwhile /healthz and the log-in page are asked for without a pause. Prints the
slowest answer of each page; the status is 1 where one took more than a second, or did not come. `--worker-class`
takes another of gunicorn's instead of ours: `gthread` shows what ours is for.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

PAGES = ("/healthz", "/comptes/login/")
MOST_SECONDS = 1.0
TICK = 1.0
HOST = "Host: localhost\r\n"
LONG_ANSWER = "/static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui-bundle.js"


@dataclass(frozen=True)
class Kind:
    """``opening`` is sent at once, then one byte of ``drip`` a second; nothing of the answer is ever read."""

    name: str
    opening: bytes
    drip: bytes = b""


def kinds(piece_path: str, cookie: str) -> list[Kind]:
    form = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 5000\r\n\r\nlogin="
    piece = f"Cookie: {cookie}\r\nAccept: application/json\r\nUpload-Offset: 0\r\nContent-Length: 100000\r\n\r\n"
    return [
        Kind("headers", f"GET / HTTP/1.1\r\n{HOST}X-Slow: ".encode(), b"a"),
        Kind("log-in form", f"POST /comptes/login/ HTTP/1.1\r\n{HOST}{form}".encode(), b"a"),
        Kind("piece of an upload", f"PATCH {piece_path} HTTP/1.1\r\n{HOST}{piece}".encode(), b"a"),
        Kind("answer not read", f"GET {LONG_ANSWER} HTTP/1.1\r\n{HOST}\r\n".encode() * 20),
    ]


@dataclass
class Crowd:
    """``count`` clients of each kind; one that the server sends away comes back."""

    port: int
    kinds: list[Kind]
    count: int
    held: list[tuple[Kind, socket.socket]] = field(default_factory=list)
    sent_away: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def open(self) -> None:
        self.held = [(kind, self._client(kind)) for kind in self.kinds for _ in range(self.count)]

    def _client(self, kind: Kind) -> socket.socket:
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.settimeout(60)
        client.connect(("127.0.0.1", self.port))
        client.sendall(kind.opening)
        return client

    def drip(self) -> None:
        """One more byte of each, until the crowd is over."""
        while not self.over.wait(TICK):
            self.held = [self._dripped(kind, client) for kind, client in self.held]

    def _dripped(self, kind: Kind, client: socket.socket) -> tuple[Kind, socket.socket]:
        try:
            client.sendall(kind.drip)
        except OSError:
            self.sent_away += 1
            client.close()
            client = self._client(kind)
        return kind, client

    def close(self) -> None:
        self.over.set()
        for _kind, client in self.held:
            client.close()

    @contextlib.contextmanager
    def holding(self) -> Iterator[None]:
        self.open()
        dripping = threading.Thread(target=self.drip)
        dripping.start()
        try:
            yield
        finally:
            self.over.set()
            dripping.join()
            self.close()


def slowest(ask: Callable[[str], int], seconds: float) -> dict[str, tuple[int, float]]:
    """How many answers each page gave within ``seconds`` and how long the slowest took; infinite if one failed."""
    seen = dict.fromkeys(PAGES, (0, 0.0))
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for page in PAGES:
            began = time.monotonic()
            try:
                good = ask(page) == 200
            except OSError:
                good = False
            taken = time.monotonic() - began if good else float("inf")
            seen[page] = (seen[page][0] + 1, max(seen[page][1], taken))
        time.sleep(0.1)
    return seen


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--clients", type=int, default=20)
    parser.add_argument("--worker-class")
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "certification.settings.test")
    import django

    django.setup()
    with own_database() as environment, tempfile.TemporaryDirectory() as folder:
        options = [f"--worker-class={asked.worker_class}"] if asked.worker_class else []
        return attack(environment, Path(folder) / "web.log", asked.clients, asked.seconds, *options)


@contextlib.contextmanager
def own_database() -> Iterator[dict[str, str]]:
    """A database made for this run, and the environment of a program that works on it."""
    from urllib.parse import urlsplit

    from django.db import connection
    from django.test.utils import setup_databases, teardown_databases

    made = setup_databases(verbosity=0, interactive=False)
    address = urlsplit(os.environ["DATABASE_URL"])
    try:
        yield os.environ | {"DATABASE_URL": address._replace(path=f"/{connection.settings_dict['NAME']}").geturl()}
    finally:
        teardown_databases(made, verbosity=0)


def attack(environment: dict[str, str], log: Path, clients: int, seconds: float, *options: str) -> int:
    from tests.faults.sites import Site

    site = Site(environment, log, *options)
    try:
        site.wait()
        crowd = Crowd(site.port, kinds(*a_candidates_upload()), clients)
        with crowd.holding():
            seen = slowest(lambda page: site.status(page, timeout=10), seconds)
    finally:
        site.stop()
    print(f"{clients} clients of each of {len(crowd.kinds)} kinds for {seconds:.0f} s, {crowd.sent_away} sent away")
    for page, (answers, longest) in seen.items():
        print(f"{page:<20} {answers:>5} answers, the slowest in {longest * 1000:.0f} ms")
    return int(any(longest > MOST_SECONDS for _answers, longest in seen.values()))


def a_candidates_upload() -> tuple[str, str]:
    """The address of an upload of 100 kB, and the cookie of its candidate."""
    from django.conf import settings
    from django.test import Client
    from django.urls import reverse

    from assessments.services import uploads
    from tests import factories

    world = factories.world()
    upload = uploads.start(actor=world.candidate, work=world.work, file_name="projet.zip", size=100_000)
    client = Client()
    client.force_login(world.candidate, backend="django.contrib.auth.backends.ModelBackend")
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    return reverse("web:upload_piece", kwargs={"pk": upload.pk}), f"{settings.SESSION_COOKIE_NAME}={session}"


if __name__ == "__main__":
    sys.exit(main())
