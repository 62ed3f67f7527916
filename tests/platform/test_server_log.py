"""What the real web server writes of requests that carry something secret in their address."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from django.conf import settings

from certification import processes

KEY = "d4x9kq-" + "9f8e7d6c5b4a" * 3
TOKEN = "jalon_" + "Zk3v9" * 9
ASKED = (
    f"/comptes/password/reset/key/2n-{KEY}/",
    f"/comptes/password/reset/key/2n-{KEY}/?next=/profil/",
    f"/verifier/RE-2026-000042/{KEY}/",
    f"/nulle-part/?key={KEY}",
)


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def answered(address: str, headers: dict[str, str]) -> None:
    request = urllib.request.Request(address, headers=headers)  # noqa: S310 - our own server
    try:
        urllib.request.urlopen(request, timeout=20).read()  # noqa: S310
    except urllib.error.HTTPError as error:
        error.read()


@pytest.mark.usefixtures("transactional_db")
def test_no_log_of_the_server_holds_what_opens_something(child_environment: dict[str, str], tmp_path: Path) -> None:
    port = free_port()
    program = processes.web(f"127.0.0.1:{port}")
    said = tmp_path / "web.log"
    with said.open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, *program.command[1:]], env=child_environment, stdout=log, stderr=subprocess.STDOUT,
            cwd=settings.BASE_DIR,
        )  # fmt: skip
        try:
            for _second in range(120):
                try:
                    answered(f"http://127.0.0.1:{port}/healthz", {})
                    break
                except (urllib.error.URLError, ConnectionError):
                    time.sleep(0.5)
            for path in ASKED:
                address = f"http://127.0.0.1:{port}{path}"
                answered(address, {"Authorization": f"Token {TOKEN}", "Referer": f"http://127.0.0.1:{port}{ASKED[0]}"})
        finally:
            server.terminate()
            server.wait(20)
    text = said.read_text()
    assert "GET /comptes/password/reset/key/***" in text or "GET" not in text  # without its key, or not at all
    assert KEY not in text
    assert TOKEN not in text
