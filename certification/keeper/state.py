"""What the keeper and its users tell each other: locks, a plan, small files."""

import contextlib
import ctypes
import fcntl
import json
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1
USER = DATABASE = "jalon"


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


def die_with_parent(number: signal.Signals) -> Callable[[], None]:
    """What a child runs before it starts, so that it receives `number` should its parent die."""
    libc = ctypes.CDLL(None, use_errno=True)

    def prepare() -> None:
        libc.prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)

    return prepare
