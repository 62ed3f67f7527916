"""Whether the platform is alive, and whether it can do its work."""

import json
import logging
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any, TypedDict

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from certification import space

HEARTBEAT = "worker:heartbeat"  # epoch seconds
ISOLATION = "worker:isolation"
START = "worker:start"
HEARTBEAT_LIFE = 30  # seconds without one after which no worker is taken to be there
SELFTEST = [sys.executable, "-m", "evaluator", "selftest", "--json"]
SELFTEST_TIMEOUT = 120.0  # seconds
NOT_ISOLATED = ("none", "untested")

logger = logging.getLogger(__name__)


class Probe(TypedDict):
    ok: bool
    detail: str


def record_heartbeat() -> None:
    """Called by a worker every few seconds. A broker out of reach is nobody's reason to stop working."""
    try:
        cache.set(HEARTBEAT, time.time(), HEARTBEAT_LIFE)
    except RedisError:
        return


def record_isolation(level: str, start: str = "") -> None:
    """Keeps the isolation in force where candidates' code runs: `full`, `degraded`, `none` or `untested`.

    `start` is how jobs start there, `warm` or `cold`; empty where that is not known.
    """
    cache.set_many({ISOLATION: level, START: start}, None)


def start_recorded() -> str:
    return str(cache.get(START) or "")


def measure_isolation() -> None:
    """Lets the sandbox test itself, in a process of its own, and records the isolation found."""
    try:
        done = subprocess.run(SELFTEST, capture_output=True, text=True, timeout=SELFTEST_TIMEOUT, check=True)
        found = json.loads(done.stdout)
        level, start = str(found["level"]), str(found.get("start", ""))
    except (OSError, subprocess.SubprocessError, ValueError, KeyError) as error:
        logger.warning("the sandbox could not test itself: %s", error)
        level, start = "untested", ""
    record_isolation(level, start)


def worker_is_up() -> bool:
    """Whether a worker gave a sign of life in the last HEARTBEAT_LIFE seconds."""
    return cache.get(HEARTBEAT) is not None


def forget_workers() -> None:
    """Forgets every sign of life, so that the next one is of a worker started since."""
    cache.delete_many([HEARTBEAT, ISOLATION, START])


def _database() -> Probe:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return {"ok": True, "detail": "answers"}


def _redis() -> Probe:
    cache.set("health", 1, 10)
    return {"ok": True, "detail": "answers"}


def _worker() -> Probe:
    seen = cache.get(HEARTBEAT)
    if seen is None:
        return {"ok": False, "detail": f"no sign of life in {HEARTBEAT_LIFE} s"}
    return {"ok": True, "detail": f"seen {max(0.0, time.time() - seen):.0f} s ago"}


def _isolation() -> Probe:
    level = cache.get(ISOLATION)
    if level is None:
        return {"ok": False, "detail": "no worker has recorded the isolation in force"}
    return {"ok": level not in NOT_ISOLATED, "detail": str(level)}


def _disk() -> Probe:
    free = space.free_bytes()
    return {"ok": free >= settings.DISK_FLOOR_BYTES, "detail": f"{free / 1e9:.1f} GB free"}


PROBES: dict[str, Callable[[], Probe]] = {
    "database": _database,
    "redis": _redis,
    "worker": _worker,
    "isolation": _isolation,
    "disk": _disk,
}


def _probe(probe: Callable[[], Probe]) -> Probe:
    try:
        return probe()
    except (DatabaseError, RedisError, OSError) as error:
        # The kind of error only: its text may hold an address with a password.
        return {"ok": False, "detail": type(error).__name__}


def report() -> dict[str, Any]:
    """`{"ok": bool, "checks": {name: {"ok", "detail"}}}` over database, redis, worker, isolation and disk."""
    checks = {name: _probe(probe) for name, probe in PROBES.items()}
    return {"ok": all(check["ok"] for check in checks.values()), "checks": checks}


@never_cache
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """200 as long as this process answers; depends on nothing else."""
    return JsonResponse({"ok": True})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """200 when every part answers, 503 otherwise, with each part's state."""
    state = report()
    return JsonResponse(state, status=200 if state["ok"] else 503)
