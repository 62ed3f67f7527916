"""What each worker tells of itself: that it lives, which queues it serves, how well it isolates candidates' code.

A worker keeps the isolation it has measured in its own memory and tells it with every sign of life, so that a Redis
lost and started again empty knows all of it a heartbeat later. One key for each worker, gone when it falls silent;
one list of their names, which a worker that does not find itself there writes again.
"""

import json
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypedDict

from django.core.cache import cache

NAMES = "workers"
LIFE = 30  # seconds without a sign after which no worker is taken to be there
SELFTEST = [sys.executable, "-m", "evaluator", "selftest", "--json"]
SELFTEST_TIMEOUT = 120.0  # seconds
AGAIN = 60.0  # seconds until a sandbox that was not found to isolate is tested again
LEVELS = ("none", "untested", "degraded", "full")  # the weakest first
NOT_ISOLATED = ("none", "untested")

logger = logging.getLogger(__name__)


class Sign(TypedDict):
    """One worker's sign of life: `at` in seconds since 1970; `level` and `start` empty where none was measured."""

    at: float
    queues: list[str]
    level: str
    start: str


@dataclass
class Vitals:
    """What one worker knows of itself. `start` is how its jobs start, `warm` or `cold`."""

    name: str
    queues: list[str] = field(default_factory=list)
    level: str = ""
    start: str = ""

    def tell(self) -> None:
        """Called every few seconds."""
        sign: Sign = {"at": time.time(), "queues": self.queues, "level": self.level, "start": self.start}
        cache.set(_key(self.name), sign, LIFE)
        if self.name not in (cache.get(NAMES) or ()):
            cache.set(NAMES, sorted({*signs(), self.name}), None)

    def inherit(self) -> None:
        """Stand by what the worker of this name, on this machine, had measured when it ended a moment ago."""
        before = signs().get(self.name)
        if before is not None:
            self.level, self.start = before["level"], before["start"]

    def measure(self) -> None:
        """Let the sandbox test itself, in a process of its own."""
        try:
            done = subprocess.run(SELFTEST, capture_output=True, text=True, timeout=SELFTEST_TIMEOUT, check=True)
            found = json.loads(done.stdout)
            self.level, self.start = str(found["level"]), str(found.get("start", ""))
        except (OSError, subprocess.SubprocessError, ValueError, KeyError) as error:
            logger.warning("the sandbox could not test itself: %s", error)
            self.level, self.start = "untested", ""
        self.tell()

    def measure_until_isolated(self, ended: threading.Event) -> None:
        """Measure, and again after a while for as long as the sandbox is not found to isolate."""
        self.measure()
        while self.level in NOT_ISOLATED and not ended.wait(AGAIN):
            self.measure()


def signs() -> dict[str, Sign]:
    """The workers that gave a sign in the last LIFE seconds, by name."""
    names = cache.get(NAMES) or ()
    found = cache.get_many([_key(name) for name in names])
    return {name: found[_key(name)] for name in names if _key(name) in found}


def weakest(alive: Iterable[Sign]) -> Sign | None:
    """Of those that measured their isolation, the one that isolates least; None when none has."""
    measured = [sign for sign in alive if sign["level"]]
    return min(measured, key=lambda sign: LEVELS.index(sign["level"]) if sign["level"] in LEVELS else 0, default=None)


def forget() -> None:
    """Forget every worker, so that the next sign is of one started since."""
    cache.delete_many([NAMES, *(_key(name) for name in cache.get(NAMES) or ())])


def _key(name: str) -> str:
    return f"worker:{name}"
