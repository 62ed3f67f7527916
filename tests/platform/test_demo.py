"""The demo on a machine that is busy: it waits while anything advances, says how far it is, and serves in any case."""

from __future__ import annotations

import io
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from assessments.management import scenario
from assessments.management.commands import demo
from certification import steps


class Clock:
    """Moves on by a second each time somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += 1.0


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(scenario, "time", clock)
    monkeypatch.setattr(steps, "time", clock)
    return clock


def test_a_worker_that_advances_is_waited_for_beyond_the_patience(clock: Clock) -> None:
    end = 3 * scenario.PATIENCE
    scenario._until(lambda: clock.now >= end, "l'évaluation", lambda: clock.now // 60, lambda text: None)
    assert clock.now == end


def test_a_worker_that_stands_still_is_given_up_and_named(clock: Clock) -> None:
    with pytest.raises(scenario.StoryStopped, match="l'évaluation n'avance plus depuis 240 s"):
        scenario._until(lambda: False, "l'évaluation", lambda: None, lambda text: None)


def test_a_long_step_says_every_ten_seconds_how_far_it_is(clock: Clock) -> None:
    out = io.StringIO()
    told = steps.Steps(out)
    with told.step("Projet évalué"):
        scenario._until(lambda: clock.now >= 25, "l'évaluation", lambda: clock.now, told.advance)
    assert out.getvalue().splitlines()[:-1] == ["  … l'évaluation : 10 s", "  … l'évaluation : 20 s"]


@pytest.fixture
def programs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the command did, in order; the story stops in its midst."""
    done: list[str] = []

    def tell(self: Any, steps: Any) -> None:
        raise scenario.StoryStopped("l'examen de l'archive n'avance plus depuis 240 s")

    monkeypatch.setattr(demo.processes, "Processes", lambda folder: Entered())
    monkeypatch.setattr(demo.processes, "stoppable", Entered)
    monkeypatch.setattr(demo.Command, "prepare", lambda *_: done.append("prepared"))
    monkeypatch.setattr(demo.Command, "tell", tell)
    monkeypatch.setattr(demo.Command, "serve", lambda *_: done.append("served"))
    return done


class Entered:
    def __enter__(self) -> SimpleNamespace:
        return SimpleNamespace()

    def __exit__(self, *_: object) -> None:
        return None


def test_a_story_that_stops_is_served_all_the_same_and_says_how_to_go_on(
    programs: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.delenv("JALON_BASE_URL", raising=False)
    with pytest.raises(CommandError, match="n'avance plus"):
        call_command("demo", address="127.0.0.1:8123")
    assert programs == ["prepared", "served"]
    assert "Relancer la même commande reprend" in capsys.readouterr().out


def test_addresses_lead_where_the_demo_is_served(
    programs: list[str], monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    environment: dict[str, str] = {}
    monkeypatch.setattr(demo.os, "environ", environment)
    with pytest.raises(CommandError):
        call_command("demo", address="127.0.0.1:8123", no_serve=True)
    assert settings.JALON_BASE_URL == environment["JALON_BASE_URL"] == "http://127.0.0.1:8123"
    assert programs == ["prepared"]
