"""The real web server as a process of its own, as production runs it."""

from __future__ import annotations

import http.client
import signal
import socket
import subprocess
import sys
from pathlib import Path

from tests.workers import until

CONFIG = "--config=python:certification.serving.config"


class Site:
    """gunicorn with our own worker class; ``options`` go to its command line."""

    def __init__(self, environment: dict[str, str], log: Path, *options: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        command = [sys.executable, "-m", "gunicorn", "certification.wsgi", f"--bind=127.0.0.1:{self.port}"]
        self.log = log
        with log.open("ab") as out:
            self.process = subprocess.Popen([*command, CONFIG, *options], env=environment, stdout=out, stderr=out)

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
