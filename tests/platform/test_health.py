"""Live means this process answers; ready means that the work can be done."""

import sys
import threading
from types import SimpleNamespace

import pytest
from celery import Celery
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test import Client
from kombu import Queue
from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from certification import health, vitals
from certification.caching import OutlivingCache
from certification.celery import introduce
from certification.vitals import Vitals

EVERY = ["default", "mail", "planning", "probes", "reports", "untrusted"]


@pytest.fixture(autouse=True)
def no_worker() -> None:
    vitals.forget()


def test_live_needs_nothing_else(client: Client) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"ok": True}
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_change_is_refused(client: Client) -> None:
    assert client.post("/readyz").status_code == 405


@pytest.mark.django_db
def test_ready_names_what_is_missing(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    checks = answer.json()["checks"]
    assert {name for name, check in checks.items() if not check["ok"]} == {"worker", "isolation"}


@pytest.mark.django_db
def test_ready_when_a_worker_lives_and_has_tested_its_sandbox(client: Client) -> None:
    Vitals("one", EVERY, "full").tell()
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["checks"]["isolation"] == {"ok": True, "detail": "full"}


@pytest.mark.django_db
def test_ready_again_once_a_worker_has_spoken_to_a_redis_started_empty(client: Client) -> None:
    worker = Vitals("one", EVERY, "full", "warm")
    worker.tell()
    cache.clear()
    assert client.get("/readyz").status_code == 503
    worker.tell()
    assert client.get("/readyz").status_code == 200
    assert vitals.signs()["one"]["start"] == "warm"


@pytest.mark.django_db
def test_a_queue_that_nobody_serves_is_named(client: Client) -> None:
    Vitals("opener", ["untrusted"], "full").tell()
    Vitals("clerk", ["default", "reports", "mail", "planning"]).tell()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["worker"] == {"ok": False, "detail": "nobody serves probes"}


def test_the_weakest_isolation_of_those_alive_is_the_one_in_force() -> None:
    strong, weak = Vitals("strong", EVERY, "full", "warm"), Vitals("weak", EVERY, "degraded", "cold")
    for worker in (strong, weak, Vitals("clerk", ["default"])):
        worker.tell()
    assert health.PROBES["isolation"]() == {"ok": True, "detail": "degraded"}
    weakest = vitals.weakest(vitals.signs().values())
    assert weakest is not None
    assert weakest["start"] == "cold"
    cache.delete("worker:weak")  # as its silence does, in time
    assert health.PROBES["isolation"]() == {"ok": True, "detail": "full"}
    Vitals("broken", EVERY, "of another version").tell()
    assert health.PROBES["isolation"]()["detail"] == "of another version"


def test_workers_that_register_at_once_all_end_up_known() -> None:
    one, other = Vitals("one"), Vitals("other")
    one.tell()
    other.tell()
    cache.set(vitals.NAMES, ["other"], None)  # as when both read the list before either wrote it
    other.tell()
    assert set(vitals.signs()) == {"other"}
    one.tell()
    assert set(vitals.signs()) == {"one", "other"}


def test_the_names_of_those_long_gone_are_forgotten() -> None:
    Vitals("gone").tell()
    cache.delete("worker:gone")
    Vitals("one").tell()
    assert cache.get(vitals.NAMES) == ["one"]


def test_a_broken_part_is_told_without_its_address(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise OperationalError("password=s3cret")

    def lose(*args: object, **kwargs: object) -> None:
        raise RedisConnectionError("redis://:s3cret@host")

    monkeypatch.setattr(connection, "cursor", refuse)
    monkeypatch.setattr(Redis, "ping", lose)

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert "s3cret" not in answer.content.decode()
    assert answer.json()["checks"]["database"] == {"ok": False, "detail": "OperationalError"}
    assert answer.json()["checks"]["redis"] == {"ok": False, "detail": "ConnectionError"}


def test_a_lost_cache_does_not_stop_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vitals, "cache", OutlivingCache("redis://127.0.0.1:1/0", {"OPTIONS": {}}))
    worker = Vitals("one")
    worker.tell()
    worker.inherit()


@pytest.mark.parametrize(
    ("command", "level"),
    [
        ('print(\'{"level": "full"}\')', "full"),
        ('print(\'{"level": "none"}\')', "none"),
        ("raise SystemExit(1)", "untested"),
        ("print('not json')", "untested"),
    ],
)
def test_the_isolation_found_is_told(monkeypatch: pytest.MonkeyPatch, command: str, level: str) -> None:
    monkeypatch.setattr(vitals, "SELFTEST", [sys.executable, "-c", command])
    Vitals("one", EVERY).measure()
    assert health.PROBES["isolation"]() == {"ok": level == "full", "detail": level}


def test_a_sandbox_that_did_not_isolate_is_tested_again(monkeypatch: pytest.MonkeyPatch) -> None:
    found = iter(["untested", "none", "degraded"])
    worker = Vitals("one", EVERY)
    monkeypatch.setattr(worker, "measure", lambda: setattr(worker, "level", next(found)))
    monkeypatch.setattr(vitals, "AGAIN", 0.0)
    worker.measure_until_isolated(threading.Event())
    assert worker.level == "degraded"


def test_a_worker_that_ends_tests_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    worker = Vitals("one", EVERY)
    monkeypatch.setattr(worker, "measure", lambda: setattr(worker, "level", "none"))
    ended = threading.Event()
    ended.set()
    worker.measure_until_isolated(ended)
    assert worker.level == "none"


def test_a_worker_started_again_stands_by_what_was_measured_until_it_has_measured() -> None:
    Vitals("one", EVERY, "full", "warm").tell()
    again, other = Vitals("one", EVERY), Vitals("other", EVERY)
    again.inherit()
    other.inherit()
    assert (again.level, again.start, other.level) == ("full", "warm", "")


@pytest.mark.parametrize(("queues", "measured"), [(["default", "untrusted"], 1), (["probes"], 0), (["reports"], 0)])
def test_only_a_worker_that_opens_candidates_material_measures(
    monkeypatch: pytest.MonkeyPatch, queues: list[str], measured: int
) -> None:
    begun: list[str] = []
    thread = SimpleNamespace(start=lambda: begun.append("selftest"))
    monkeypatch.setattr("certification.celery.threading.Thread", lambda **_: thread)
    monkeypatch.setattr("certification.celery._vitals", [])
    consumer = SimpleNamespace(app=Celery("essai", set_as_current=False), hostname="one")
    consumer.app.conf.task_queues = [Queue(name) for name in EVERY]
    consumer.app.amqp.queues.select(queues)
    introduce(consumer)
    assert len(begun) == measured
    assert vitals.signs()["one"]["queues"] == sorted(queues)
