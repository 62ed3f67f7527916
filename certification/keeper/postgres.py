"""PostgreSQL as a child process, as the present user or, for root, as an unprivileged one."""

import os
import pwd
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from certification.keeper.server import STOP_TIMEOUT, Server
from certification.keeper.state import DATABASE, USER, KeeperError, Plan, die_with_parent

UNPRIVILEGED = "nobody"  # PostgreSQL refuses to run as root
FALLBACK = Path("/var/lib/jalon-embedded")


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
