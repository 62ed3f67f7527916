"""The cache answers from memory while Redis does not, and limits go on being counted."""

from __future__ import annotations

import pickle
import socket
from collections.abc import Iterator

import pytest
import redis
from django.conf import settings
from django.core.cache import cache, caches
from django.core.cache.backends.base import BaseCache
from django.test import Client
from django.urls import reverse

from assessments.models import Role
from certification import caching
from certification.caching import OutlivingCache
from tests.factories import person


@pytest.fixture
def nobody() -> Iterator[str]:
    """The address of a Redis that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as mute:
        yield f"redis://127.0.0.1:{mute.getsockname()[1]}/0"


@pytest.fixture
def lost(nobody: str) -> OutlivingCache:
    options = {"serializer": "certification.caching.Json", "socket_connect_timeout": 1, "socket_timeout": 1}
    return OutlivingCache(nobody, {"OPTIONS": options, "KEY_PREFIX": "jalon"})


def exercise(tried: BaseCache) -> None:
    tried.clear()
    assert tried.get("a") is None
    assert tried.get("a", 3) == 3
    assert tried.add("a", 1)
    assert not tried.add("a", 2)
    assert tried.incr("a") == 2
    assert tried.set_many({"b": [1.5, "é"], "c": {"d": None}}) == []
    assert tried.get_many(["a", "b", "c", "e"]) == {"a": 2, "b": [1.5, "é"], "c": {"d": None}}
    assert "b" in tried
    assert tried.touch("b", 60)
    assert tried.delete("b")
    assert not tried.delete("b")
    tried.delete_many(["a", "c"])
    assert not tried.has_key("c")
    with pytest.raises(ValueError, match="not found"):
        tried.incr("c")


def test_redis_and_memory_answer_alike(lost: OutlivingCache) -> None:
    exercise(cache)
    exercise(lost)


def test_a_redis_that_hangs_is_asked_once(lost: OutlivingCache, nobody: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    connect = redis.Connection.connect
    monkeypatch.setattr(redis.Connection, "connect", lambda self: asked.append("") or connect(self))
    exercise(lost)
    assert len(asked) == 1
    monkeypatch.setattr(caching._breakers[nobody], "clock", lambda: float("inf"))  # time passes
    assert lost.get("a") is None
    assert len(asked) == 2


def test_another_thread_s_cache_knows_of_the_outage(lost: OutlivingCache, nobody: str) -> None:
    lost.set("a", 1)
    assert caching._breakers[nobody].open
    assert OutlivingCache(nobody, {"OPTIONS": {}, "KEY_PREFIX": "jalon"}).get("a") == 1


@pytest.mark.django_db
def test_log_ins_stay_limited_and_possible_without_redis(
    client: Client, nobody: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    caches["default"].clear()
    somebody = person(Role.CANDIDATE)
    somebody.set_password("une longue phrase de passe")
    somebody.save()
    own = OutlivingCache(nobody, {"OPTIONS": settings.CACHES["default"]["OPTIONS"] | {"socket_timeout": 1}})
    monkeypatch.setattr(caches._connections, "default", own)
    address = reverse("account_login")
    guess = {"login": "quelqu.un@jalon.example", "password": "au hasard"}
    pages = [client.post(address, guess).content.decode() for _ in range(12)]
    assert "Trop de tentatives" not in pages[0]
    assert "Trop de tentatives" in pages[-1]
    known = {"login": somebody.email, "password": "une longue phrase de passe"}
    assert client.post(address, known, REMOTE_ADDR="192.0.2.7").status_code == 302


def test_what_lies_in_redis_is_never_run() -> None:
    """Whoever writes to Redis would otherwise choose what every web process executes."""
    loader = settings.CACHES["default"]["OPTIONS"]["serializer"]
    assert loader == "certification.caching.Json"
    client = redis.Redis.from_url(settings.REDIS_URL)
    client.set(cache.make_key("trap"), pickle.dumps(print))
    try:
        with pytest.raises(ValueError, match="decode"):
            cache.get("trap")
    finally:
        cache.delete("trap")


def test_what_an_earlier_release_left_in_redis_is_not_there() -> None:
    """Its values were pickles: each would stop the page that asks for it until it expires."""
    client = redis.Redis.from_url(settings.REDIS_URL)
    client.set("jalon:1:workers", pickle.dumps(["worker@machine"]), ex=60)
    try:
        assert cache.get("workers") is None
    finally:
        client.delete("jalon:1:workers")
