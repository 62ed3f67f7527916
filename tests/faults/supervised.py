"""The whole platform on ports and in a folder of its own, each program started again when it ends, as in production."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from certification import processes
from certification.embedded import Services
from certification.keeper.state import die_with_parent
from certification.processes import Program

RESTART = 1.0  # seconds a supervisor waits before it starts a program again
SERVERS = ("redis", "postgres")
PROGRAMS = ("worker", "beat", "web")
UP = {"worker": " ready.", "beat": "beat: Starting..."}  # what a program prints once it is up


class Platform:
    """PostgreSQL and Redis under their keeper, and our three programs under this object."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.services = Services(folder / "services")
        self.environment = environment
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{free.getsockname()[1]}"
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self._stopping = threading.Event()
        self._supervisor = threading.Thread(target=self._supervise, name="supervisor")

    def start_services(self) -> None:
        addresses = self.services.join()
        self.environment |= {"DATABASE_URL": addresses.database, "REDIS_URL": addresses.redis}

    def start_programs(self) -> None:
        for program in (processes.worker(2), processes.beat(), processes.web(self.address)):
            self._start(program)
        self._supervisor.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._supervisor.is_alive():
            self._supervisor.join()
        for process in self.running.values():
            _end(process)
        self.services.leave()
        self.services.remove()

    def kill(self, name: str) -> Callable[[], bool]:
        """SIGKILL to one of the five, and to its pool; returns what tells whether another one is up in its place."""
        if name in SERVERS:
            killed = self._servers()[name]
            os.kill(killed, signal.SIGKILL)
            return lambda: self._servers().get(name, killed) != killed
        process, said = self.running[name], self._said(name)
        os.killpg(process.pid, signal.SIGKILL)
        return lambda: self.running[name] is not process and self._said(name) > said

    def health(self) -> dict[str, Any]:
        """What `/readyz` answers; empty when nobody does."""
        try:
            with urllib.request.urlopen(f"http://{self.address}/readyz", timeout=5) as answer:
                return dict(json.load(answer))
        except urllib.error.HTTPError as error:
            return dict(json.load(error))
        except (OSError, ValueError):
            return {}

    def ready(self) -> bool:
        return bool(self.health().get("ok"))

    def _start(self, program: Program) -> None:
        with self._log(program.name).open("ab") as log:
            self.running[program.name] = subprocess.Popen(
                program.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**self.environment, **program.environment},
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGTERM),
            )

    def _supervise(self) -> None:
        programs = {each.name: each for each in (processes.worker(2), processes.beat(), processes.web(self.address))}
        while not self._stopping.wait(0.1):
            for name, process in list(self.running.items()):
                if process.poll() is not None and not self._stopping.wait(RESTART):
                    self._start(programs[name])

    def _servers(self) -> dict[str, int]:
        """The pids of the keeper's two children."""
        with contextlib.suppress(OSError, ValueError):
            keeper = int((self.folder / "services" / "keeper.lock").read_text())
            children = Path(f"/proc/{keeper}/task/{keeper}/children").read_text().split()
            names = {Path(f"/proc/{child}/comm").read_text().strip(): int(child) for child in children}
            return {("redis" if name.startswith("redis") else name): pid for name, pid in names.items()}
        return {}

    def _said(self, name: str) -> int:
        """How often the program has told that it is up; a web server is asked instead."""
        return self._log(name).read_text(errors="replace").count(UP[name]) if name in UP else int(time.monotonic() * 10)

    def _log(self, name: str) -> Path:
        return self.folder / f"{name}.log"


def _end(process: subprocess.Popen[bytes]) -> None:
    """Stop a program and whatever it has left in its session."""
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(10)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
