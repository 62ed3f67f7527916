"""Whether the platform is alive, and whether it can do its work."""

import time
from collections.abc import Callable, Iterable
from typing import Any, TypedDict

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from certification import space, vitals

NO_RETRY = Retry(NoBackoff(), 0)


class Probe(TypedDict):
    ok: bool
    detail: str


def worker_is_up() -> bool:
    """Whether a worker gave a sign of life lately."""
    return bool(vitals.signs())


def unserved_queues(alive: Iterable[vitals.Sign]) -> list[str]:
    """The queues that none of the workers alive serves."""
    served = {queue for sign in alive for queue in sign["queues"]}
    return [queue.name for queue in settings.CELERY_TASK_QUEUES if queue.name not in served]


def _database() -> Probe:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return {"ok": True, "detail": "answers"}


def _redis() -> Probe:
    # Not by the cache, which answers from memory while Redis does not.
    patience = settings.REDIS_SECONDS
    with Redis.from_url(
        settings.REDIS_URL, socket_timeout=patience, socket_connect_timeout=patience, retry=NO_RETRY
    ) as client:
        client.ping()
    return {"ok": True, "detail": "answers"}


def _worker() -> Probe:
    """Whether each queue is served by a worker that lives."""
    alive = vitals.signs().values()
    if not alive:
        return {"ok": False, "detail": f"no sign of life in {vitals.LIFE} s"}
    if unserved := unserved_queues(alive):
        return {"ok": False, "detail": f"nobody serves {', '.join(unserved)}"}
    seen = max(sign["at"] for sign in alive)
    return {"ok": True, "detail": f"seen {max(0.0, time.time() - seen):.0f} s ago"}


def _isolation() -> Probe:
    weakest = vitals.weakest(vitals.signs().values())
    if weakest is None:
        return {"ok": False, "detail": "no worker has recorded the isolation in force"}
    return {"ok": weakest["level"] not in vitals.NOT_ISOLATED, "detail": weakest["level"]}


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
    """`{"ok": bool, "checks": {name: {"ok", "detail"}}}` over PROBES."""
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
