"""waitress under gunicorn: the one holds slow clients, the other keeps processes, restarts and drains them."""

from __future__ import annotations

import os
import tempfile
import time
from typing import Any

from django.conf import settings
from django.urls import resolve
from gunicorn.workers.base import Worker
from waitress import wasyncore

from certification.serving.server import Threads, listen

TICK = 1.0  # seconds; gunicorn ends a process whose loop has not turned for its `timeout`


class PatientWorker(Worker):  # type: ignore[misc]  # gunicorn has no types
    """One process: an event loop for all of its clients, threads for their complete requests."""

    def run(self) -> None:
        # What overflows memory lies where files are received: on a disk that is watched, and swept.
        tempfile.tempdir = str(settings.FILE_UPLOAD_TEMP_DIR)
        resolve("/healthz")  # imports every view: the first client of a process does not wait for that
        threads = Threads(self.cfg.threads)
        connections = listen(self.wsgi, [held.sock for held in self.sockets], threads)
        while self.alive and self.ppid == os.getppid():
            self._turn(connections)
        self._drain(connections)
        threads.shutdown()

    def _turn(self, connections: dict[int, Any]) -> None:
        self.notify()
        wasyncore.loop(timeout=TICK, use_poll=True, map=connections, count=1)

    def _drain(self, connections: dict[int, Any]) -> None:
        """Accept nobody any more; finish what is on its way, within gunicorn's patience."""
        for listener in [each for each in connections.values() if each.accepting]:
            listener.accepting = False
        until = time.monotonic() + self.cfg.graceful_timeout
        while time.monotonic() < until and any(_is_busy(each) for each in connections.values()):
            self._turn(connections)


def _is_busy(held: Any) -> bool:
    return not getattr(held, "is_idle", True)
