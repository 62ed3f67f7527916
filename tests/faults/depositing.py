"""A candidate's tool at work over HTTP: it deposits one project, whatever fails on the way, and never gives up."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PATIENCE = 20.0  # seconds one exchange may take
PAUSE = 0.5


class Failed(Exception):
    """An exchange that did not come to its end, or was refused for now."""


@dataclass
class Depositor:
    """Deposits `archive` for `work`, as the person whose session cookie it holds."""

    site: str
    session: str
    work: int
    archive: Path
    refusals: int = 0

    def deposit(self, given_up: Callable[[], bool]) -> None:
        """Return once the work has a submission, whatever it takes. Raises TimeoutError once `given_up`."""
        while not given_up():
            try:
                if self._step():
                    return
            except (Failed, OSError, ValueError):  # an answer cut short may be no JSON
                self.refusals += 1
            time.sleep(PAUSE)
        raise TimeoutError(f"work {self.work} has no submission")

    def _step(self) -> bool:
        """One look at where we are, and what follows from it; whether we are done."""
        if self._ours("submissions"):
            return True
        states = {upload["state"]: upload["id"] for upload in self._ours("uploads")}
        if "accepted" in states:
            self._ask("POST", f"/api/v1/uploads/{states['accepted']}/submit/")
            return True
        if "inspecting" not in states:
            self._send()
        return False

    def _ours(self, kind: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._ask("GET", f"/api/v1/{kind}/")["results"]
        return [each for each in found if each["work"] == self.work]

    def _send(self) -> None:
        boundary = uuid.uuid4().hex
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="projet.zip"\r\n\r\n'
        body = head.encode() + self.archive.read_bytes() + f"\r\n--{boundary}--\r\n".encode()
        kind = f"multipart/form-data; boundary={boundary}"
        self._ask("POST", f"/api/v1/works/{self.work}/uploads/", body, kind)

    def _ask(self, method: str, path: str, body: bytes | None = None, kind: str = "application/json") -> Any:
        token = "k" * 32
        headers = {
            "Cookie": f"sessionid={self.session}; csrftoken={token}",
            "X-CSRFToken": token,
            "Content-Type": kind,
            "Accept": "application/json",
        }
        request = urllib.request.Request(self.site + path, body, headers, method=method)  # noqa: S310  our own server
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310  the same
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise Failed(f"{method} {path}: {error.code}") from error
