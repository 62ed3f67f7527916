"""Keeps one PostgreSQL and one Redis running for as long as somebody uses them.

Run as a script by `certification.embedded` and limited to the standard library so that it costs little: it starts
both servers, starts them again should they crash, and stops them when the last user's shared lock on `users.lock`
is gone, however that user ended.
"""

import contextlib
import ctypes
import fcntl
import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

PR_SET_PDEATHSIG = 1
TICK = 0.1  # seconds between two looks at the servers and at the users' lock
START_TIMEOUT = 60.0
STOP_TIMEOUT = 15.0
RESTARTS = 10  # in RESTART_WINDOW seconds, before giving up
RESTART_WINDOW = 60.0
USER = DATABASE = "jalon"
UNPRIVILEGED = "nobody"  # PostgreSQL refuses to run as root
FALLBACK = Path("/var/lib/jalon")


class KeeperError(Exception):
    """A server did not start; the message is for the person at the terminal."""


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Holds an exclusive lock on `path`, waiting for it."""
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def try_lock(descriptor: int, mode: int = fcntl.LOCK_EX) -> bool:
    """Whether the lock was obtained, without waiting."""
    try:
        fcntl.flock(descriptor, mode | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@dataclass(frozen=True)
class Plan:
    """Where the servers stand and how they are to run."""

    root: Path
    postgres: Path  # folder holding bin/, lib/ and share/
    redis: Path  # the server's executable
    durable: bool  # False lets PostgreSQL lose data in a power cut: for tests

    def dump(self) -> str:
        return json.dumps(
            {
                "root": str(self.root),
                "postgres": str(self.postgres),
                "redis": str(self.redis),
                "durable": self.durable,
            }
        )

    @classmethod
    def load(cls, text: str) -> "Plan":
        raw = json.loads(text)
        return cls(Path(raw["root"]), Path(raw["postgres"]), Path(raw["redis"]), bool(raw["durable"]))


def read_json(path: Path) -> dict[str, Any]:
    """The object in `path`; empty when there is none or it was cut short."""
    try:
        value = json.loads(path.read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return value if isinstance(value, dict) else {}


def write_json(path: Path, value: dict[str, Any]) -> None:
    """Replaces `path` in one step, readable by its owner only."""
    draft = path.with_suffix(".new")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(value))
    draft.replace(path)


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


def die_with_parent(number: signal.Signals) -> Callable[[], None]:
    """What a child runs before it starts, so that it receives `number` should its parent die."""
    libc = ctypes.CDLL(None, use_errno=True)

    def prepare() -> None:
        libc.prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)

    return prepare


@dataclass
class Identity:
    """Whom the servers run as: the present user, or an unprivileged one when that is root."""

    name: str | None = field(default_factory=lambda: UNPRIVILEGED if os.geteuid() == 0 else None)

    def options(self) -> dict[str, Any]:
        if self.name is None:
            return {}
        account = pwd.getpwnam(self.name)
        return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": [], "cwd": "/"}

    def take(self, path: Path) -> None:
        """Makes this identity the owner of `path`."""
        if self.name is not None:
            account = pwd.getpwnam(self.name)
            os.chown(path, account.pw_uid, account.pw_gid)

    def can(self, *command: str) -> bool:
        """Whether `command` succeeds as this identity; the truest test of what it may reach."""
        try:
            return subprocess.run(command, capture_output=True, **self.options()).returncode == 0
        except PermissionError:
            return False


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
            f"databases 64\nloglevel warning\n"
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


class Postgres(Server):
    name = "postgres"
    stop_signal = signal.SIGINT  # "fast": open transactions are rolled back

    def __init__(self, plan: Plan, password: str) -> None:
        super().__init__(plan, password)
        self.identity = Identity()
        self.install, self.data = self._places()

    def _places(self) -> tuple[Path, Path]:
        """Program and data folders that the server's identity can reach.

        A project below a closed folder such as /root is out of reach of the unprivileged user that root's
        PostgreSQL runs as; program and data then stand below FALLBACK.
        """
        data = self.plan.root / "postgres"
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.identity.take(data)
        program = self.plan.postgres
        if self.identity.can("/usr/bin/test", "-w", str(data)) and self.identity.can(
            str(program / "bin" / "initdb"), "--version"
        ):
            return program, data
        place = fallback_for(self.plan.root)
        place.mkdir(parents=True, exist_ok=True)
        for folder in (FALLBACK, place):
            folder.chmod(0o755)
        data = place / "postgres"
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.identity.take(data)
        return self._copy(program, place / "program"), data

    def _copy(self, program: Path, place: Path) -> Path:
        """A copy of `program` in `place` that every user can run, with the libraries its wheel puts beside it."""
        package = program.parent
        copy = place / package.name / program.name
        stamp = place / ".complete"
        if stamp.exists() and stamp.read_text() == str(program):
            return copy
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(program, copy, ignore=shutil.ignore_patterns("include"))
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, place / libraries.name)
        for path in (place, *place.rglob("*")):
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        stamp.write_text(str(program))
        return copy

    def binary(self, name: str) -> str:
        return str(self.install / "bin" / name)

    def prepare(self) -> None:
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        self._clear_stale()

    def _initialise(self) -> None:
        for leftover in self.data.iterdir():
            shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
        password = self.data.with_name("postgres.password")
        password.touch(mode=0o600)
        password.write_text(self.password)
        self.identity.take(password)
        command = [self.binary("initdb"), "-D", str(self.data), "-U", USER, f"--pwfile={password}"]
        command += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--locale-provider=builtin"]
        command += ["--builtin-locale=C.UTF-8", "--no-sync", "--no-instructions"]
        with self.log() as log:
            done = subprocess.run(command, stdout=log, stderr=log, **self.identity.options())
        password.unlink()
        if done.returncode != 0:
            raise KeeperError(f"initdb failed; see {self.log_path}")

    def _clear_stale(self) -> None:
        """Ends a server whose keeper died without it, and removes the pid file of one that is gone."""
        pid_file = self.data / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().splitlines()[0])
        except (FileNotFoundError, IndexError, ValueError):
            pid = 0
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            deadline = time.monotonic() + STOP_TIMEOUT / 3
            if not self._is_ours(pid):
                break
            os.kill(pid, number)
            while self._is_ours(pid) and time.monotonic() < deadline:
                time.sleep(0.05)
        pid_file.unlink(missing_ok=True)

    def _is_ours(self, pid: int) -> bool:
        try:
            return str(self.data).encode() in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            return False

    def spawn(self) -> None:
        options = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": "",
            "max_connections": 100,
            "shared_buffers": "128MB",
            "timezone": "UTC",
            "log_min_messages": "warning",
            "jit": "off",
        }
        if not self.plan.durable:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        arguments = [part for key, value in options.items() for part in ("-c", f"{key}={value}")]
        with self.log() as log:
            self.process = subprocess.Popen(
                [self.binary("postgres"), "-D", str(self.data), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGINT),
                **self.identity.options(),
            )

    def ready(self) -> bool:
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) > 7 and lines[7].strip() == "ready" and self._ensure_database()

    def _ensure_database(self) -> bool:
        made = self.data / "jalon.created"
        if made.exists():
            return True
        done = subprocess.run(
            [self.binary("createdb"), "-h", "127.0.0.1", "-p", str(self.port), "-U", USER, DATABASE],
            env={"PGPASSWORD": self.password, "LC_ALL": "C"},
            capture_output=True,
            text=True,
        )
        if done.returncode != 0 and "already exists" not in done.stderr:
            return False
        made.touch()
        return True


def fallback_for(root: Path) -> Path:
    """Where root's PostgreSQL stands when `root` is out of its reach."""
    return FALLBACK / sha256(str(root).encode()).hexdigest()[:12]


class Keeper:
    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.state = plan.root / "state.json"
        self.ready = plan.root / "ready.json"
        known = read_json(self.state)
        password = known.get("password") or secrets.token_hex(24)
        write_json(self.state, known | {"password": password})
        self.password = str(password)
        self.postgres = Postgres(plan, self.password)
        self.redis = Redis(plan, self.password)
        self.postgres.port, self.redis.port = known.get("postgres"), known.get("redis")
        self.restarts: list[float] = []
        self.asked_to_stop = False

    def run(self) -> None:
        """Keeps the servers until the last user is gone. Raises KeeperError."""
        signal.signal(signal.SIGTERM, self._stop_asked)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        users = os.open(self.plan.root / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            self._start(self.redis, self.postgres)
            while not self.asked_to_stop and not try_lock(users):
                self._revive()
                time.sleep(TICK)
        finally:
            self.ready.unlink(missing_ok=True)
            self.redis.stop()
            self.postgres.stop()

    def _stop_asked(self, *_: object) -> None:
        self.asked_to_stop = True

    def _start(self, *servers: Server) -> None:
        for server in servers:
            server.start()
        ports = {"postgres": self.postgres.port, "redis": self.redis.port}
        write_json(self.state, {"password": self.password, **ports})
        write_json(self.ready, {"keeper": os.getpid(), "password": self.password, **ports})

    def _revive(self) -> None:
        for server in (self.redis, self.postgres):
            if server.running():
                continue
            now = time.monotonic()
            self.restarts = [moment for moment in self.restarts if now - moment < RESTART_WINDOW] + [now]
            if len(self.restarts) > RESTARTS:
                raise KeeperError(f"{server.name} keeps ending; see {server.log_path}")
            self._start(server)


def main() -> int:
    """Run as a script with the plan on standard input; holds `keeper.lock` all its life."""
    plan = Plan.load(sys.stdin.read())
    lock = os.open(plan.root / "keeper.lock", os.O_RDWR | os.O_CREAT, 0o600)
    if not try_lock(lock):
        return 0
    try:
        Keeper(plan).run()
    except KeeperError as error:
        (plan.root / "failure").write_text(str(error))
        return 1
    finally:
        # Before the users' lock goes: whoever then obtains that one must find no keeper.
        os.close(lock)
    return 0


if __name__ == "__main__":
    sys.exit(main())
