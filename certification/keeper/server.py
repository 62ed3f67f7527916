"""One server as a child process, and Redis as the simplest of them."""

import contextlib
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import BinaryIO

from certification.keeper.state import KeeperError, Plan, die_with_parent

START_TIMEOUT = 60.0
STOP_TIMEOUT = 15.0
REDIS_DATABASES = 64


def free_port(preferred: int | None) -> int:
    """`preferred` when nobody listens on it (clients reconnect to a restarted server), else another."""
    for port in (preferred or 0, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise KeeperError("no free port on 127.0.0.1")


class Server:
    """One child process and how it is started, known to be ready, and stopped."""

    name: str
    stop_signal: signal.Signals

    def __init__(self, plan: Plan, password: str) -> None:
        self.plan = plan
        self.password = password
        self.port: int | None = None
        self.process: subprocess.Popen[bytes] | None = None

    def spawn(self) -> None:
        raise NotImplementedError

    def ready(self) -> bool:
        raise NotImplementedError

    def prepare(self) -> None:
        """What must be true before each start."""

    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Starts the server, on another port should its own be taken. Raises KeeperError."""
        deadline = time.monotonic() + START_TIMEOUT
        while time.monotonic() < deadline:
            self.prepare()
            self.port = free_port(self.port)
            self.spawn()
            while self.running() and time.monotonic() < deadline:
                if self.ready():
                    return
                time.sleep(0.02)
            self.stop()
            time.sleep(0.5)
        raise KeeperError(f"{self.name} does not start; see {self.log_path}")

    def stop(self) -> None:
        if self.process is None:
            return
        for number in (self.stop_signal, signal.SIGKILL):
            if self.process.poll() is None:
                self.process.send_signal(number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(STOP_TIMEOUT)
                return

    @property
    def log_path(self) -> Path:
        return self.plan.root / f"{self.name}.log"

    def log(self) -> BinaryIO:
        return self.log_path.open("ab")


class Redis(Server):
    name = "redis"
    stop_signal = signal.SIGTERM

    def spawn(self) -> None:
        # The broker is only a bell and the cache a cache: nothing is worth keeping on disk.
        config = (
            f'bind 127.0.0.1\nport {self.port}\nrequirepass {self.password}\nsave ""\nappendonly no\n'
            f"databases {REDIS_DATABASES}\nloglevel warning\n"
        )
        with self.log() as log:
            self.process = subprocess.Popen(
                [self.plan.redis, "-"],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGTERM),
            )
        if self.process.stdin is not None:
            with contextlib.suppress(BrokenPipeError), self.process.stdin as pipe:
                pipe.write(config.encode())

    def ready(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port or 0), timeout=1) as link:
                link.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                return b"+OK" in link.recv(64)
        except OSError:
            return False
