"""The cache: Redis, and this process's own memory for as long as Redis does not answer.

Pages need the cache for nothing that they could not do without, and the limits that it counts (log-ins, tokens,
verifications) go on being counted, by each process for itself: an outage neither opens the door to guessing nor
closes it to everybody. What was written meanwhile never goes to Redis.
"""

import json
import logging
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

from certification.breaker import Breaker

OUTAGE = 5.0  # seconds during which Redis is not asked again

logger = logging.getLogger(__name__)
_breakers: dict[str, Breaker] = {}  # by address: Django makes a cache for each thread, the outage is one for all


class Json:
    """Values as JSON. Not as pickles: whoever could write to Redis would have every reader run code of theirs."""

    def dumps(self, value: Any) -> int | bytes:
        return value if type(value) is int else json.dumps(value).encode()

    def loads(self, data: bytes) -> Any:
        return json.loads(data)


class OutlivingCache(RedisCache):
    """Django's Redis cache; each method answers from memory while Redis is out of reach."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        memory = {name: value for name, value in params.items() if name != "OPTIONS"}
        self._memory = LocMemCache(f"outage of {server}", memory)
        self._breaker = _breakers.setdefault(str(server), Breaker(OUTAGE))

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        return bool(self._ask("add", key, value, timeout, version))

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        return self._ask("get", key, default, version)

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> None:
        self._ask("set", key, value, timeout, version)

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        return bool(self._ask("touch", key, timeout, version))

    def delete(self, key: Any, version: Any = None) -> bool:
        return bool(self._ask("delete", key, version))

    def get_many(self, keys: Any, version: Any = None) -> dict[Any, Any]:
        found: dict[Any, Any] = self._ask("get_many", keys, version)
        return found

    def has_key(self, key: Any, version: Any = None) -> bool:
        return bool(self._ask("has_key", key, version))

    def incr(self, key: Any, delta: int = 1, version: Any = None) -> int:
        return int(self._ask("incr", key, delta, version))

    def set_many(self, data: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> list[Any]:
        return list(self._ask("set_many", data, timeout, version))

    def delete_many(self, keys: Any, version: Any = None) -> None:
        self._ask("delete_many", keys, version)

    def clear(self) -> None:
        self._ask("clear")

    def _ask(self, method: str, *arguments: Any) -> Any:
        if not self._breaker.open:
            try:
                return getattr(super(), method)(*arguments)
            except RedisError as error:
                self._breaker.trip()
                # The kind only: the text may hold an address with a password.
                logger.warning("the cache answers from memory: %s", type(error).__name__)
        return getattr(self._memory, method)(*arguments)
