"""The real web server as a process of its own, as production runs it."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.test import Client
from django.urls import reverse

from tests.factories import World
from tests.workers import until

CONFIG = "--config=python:certification.serving.config"


class Site:
    """gunicorn with our own worker class; ``options`` go to its command line, ``within`` comes before it."""

    def __init__(self, environment: dict[str, str], log: Path, *options: str, within: Sequence[str] = ()) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        command = [*within, sys.executable, "-m", "gunicorn", "certification.wsgi", CONFIG]
        command += [f"--bind=127.0.0.1:{self.port}", *options]
        self.log = log
        with log.open("ab") as out:
            self.process = subprocess.Popen(command, env=environment, stdout=out, stderr=out)

    def wait(self) -> None:
        until(self.answers, "the web server")

    def answers(self) -> bool:
        try:
            return self.status("/healthz") == 200
        except OSError:
            return False

    def status(self, path: str, timeout: float = 30, **headers: str) -> int:
        """The status of the answer, read to its end."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer.status

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Script:
    """What a page's script of the candidate does, with their session and their token."""

    def __init__(self, site: Site, world: World) -> None:
        self.site = site
        client = Client()
        client.force_login(world.candidate, backend="django.contrib.auth.backends.ModelBackend")
        page = client.get(reverse("web:work", kwargs={"pk": world.work.pk}))
        cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
        token = str(page.context["csrf_token"])
        self.headers = {"Cookie": cookies, "X-CSRFToken": token, "Accept": "application/json"}

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, Any, dict[str, str]]:
        """The status, what the JSON says (None without any), the headers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=30)
        headers = {"Content-Type": "application/json"} | {
            name.replace("_", "-"): text for name, text in headers.items()
        }
        connection.request(method, path, body, self.headers | headers)
        answer = connection.getresponse()
        content = answer.read()
        return answer.status, json.loads(content) if content else None, dict(answer.headers)
