"""Live means this process answers; ready means that the work can be done."""

import sys
from types import SimpleNamespace

import pytest
from celery import Celery
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test import Client
from kombu import Queue
from redis.exceptions import ConnectionError as RedisConnectionError

from certification import health
from certification.celery import test_sandbox as on_worker_ready


@pytest.fixture(autouse=True)
def no_worker() -> None:
    health.forget_workers()


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
    health.record_heartbeat()
    health.record_isolation("full")

    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json()["checks"]["isolation"] == {"ok": True, "detail": "full"}


def test_a_broken_part_is_told_without_its_address(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise OperationalError("password=s3cret")

    def lose(*args: object, **kwargs: object) -> None:
        raise RedisConnectionError("redis://:s3cret@host")

    monkeypatch.setattr(connection, "cursor", refuse)
    monkeypatch.setattr(cache, "set", lose)
    monkeypatch.setattr(cache, "get", lose)

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert "s3cret" not in answer.content.decode()
    assert answer.json()["checks"]["database"] == {"ok": False, "detail": "OperationalError"}
    assert answer.json()["checks"]["redis"] == {"ok": False, "detail": "ConnectionError"}


def test_a_lost_broker_does_not_stop_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    def lose(*args: object, **kwargs: object) -> None:
        raise RedisConnectionError

    monkeypatch.setattr(cache, "set", lose)
    health.record_heartbeat()


@pytest.mark.parametrize(
    ("command", "level"),
    [
        ('print(\'{"level": "full"}\')', "full"),
        ('print(\'{"level": "none"}\')', "none"),
        ("raise SystemExit(1)", "untested"),
        ("print('not json')", "untested"),
    ],
)
def test_the_isolation_found_is_recorded(monkeypatch: pytest.MonkeyPatch, command: str, level: str) -> None:
    monkeypatch.setattr(health, "SELFTEST", [sys.executable, "-c", command])
    health.measure_isolation()
    check = health.PROBES["isolation"]()
    assert check == {"ok": level == "full", "detail": level}


def test_how_jobs_start_is_recorded_with_the_isolation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "SELFTEST", [sys.executable, "-c", 'print(\'{"level": "full", "start": "warm"}\')'])
    health.measure_isolation()
    assert health.start_recorded() == "warm"
    health.forget_workers()
    assert health.start_recorded() == ""


@pytest.mark.parametrize(("queues", "measured"), [(["default", "untrusted"], 1), (["probes"], 0), (["reports"], 0)])
def test_only_a_worker_that_opens_candidates_material_measures(
    monkeypatch: pytest.MonkeyPatch, queues: list[str], measured: int
) -> None:
    begun: list[str] = []
    thread = SimpleNamespace(start=lambda: begun.append("selftest"))
    monkeypatch.setattr("certification.celery.threading.Thread", lambda **_: thread)
    consumer = SimpleNamespace(app=Celery("essai", set_as_current=False))
    consumer.app.conf.task_queues = [Queue(name) for name in ("default", "untrusted", "reports", "probes")]
    consumer.app.amqp.queues.select(queues)
    on_worker_ready(consumer)
    assert len(begun) == measured
