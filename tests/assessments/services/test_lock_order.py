"""Rows are held in one order by every act on a passage, so that no two acts wait for each other."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.domain.appeals import AppealEvent
from assessments.domain.passages import PassageEvent
from assessments.models import Role, Slot
from assessments.services import appeals, decisions, passages, retakes, sittings, slots
from assessments.services.locking import Lock
from assessments.services.planning import drafts, serving
from tests import factories
from tests.assessments.services.test_planning import given, planned, tomorrow
from tests.assessments.services.test_sittings import newcomer
from tests.factories import World

pytestmark = pytest.mark.django_db
ROWS = re.compile(
    r'FROM "assessments_(session|sitting|slot|work|ballot)".* FOR NO KEY UPDATE'
    r'|^UPDATE "assessments_(session|sitting|slot|work|ballot)"'
)
CHAIN = f"pg_advisory_xact_lock({Lock.JOURNAL.value}, 0)"


@pytest.fixture
def world() -> World:
    return factories.world()


def held(act: Callable[[], object]) -> list[str]:
    """What the act holds, in the order in which it came to hold it."""
    found: list[str] = []
    with CaptureQueriesContext(connection) as queries:
        act()
    for query in queries.captured_queries:
        row = ROWS.search(query["sql"])
        if row:
            found.append(row[1] or row[2])
        elif CHAIN in query["sql"]:
            found.append("journal")
    return list(dict.fromkeys(found))


def scheduled(world: World) -> Slot:
    factories.admitted(world)
    return given(world, tomorrow(9))


def joined(world: World) -> Callable[[], object]:
    slot, person = factories.marked(world), newcomer(world)
    return lambda: sittings.join(actor=world.administrator, sitting=slot.sitting, user=person)


def moved(world: World) -> Callable[[], object]:
    slot = scheduled(world)
    return lambda: slots.move(actor=world.administrator, slot=slot, starts_at=tomorrow(14))


def given_one(world: World) -> Callable[[], object]:
    factories.admitted(world)
    sitting = factories.sitting(world)
    return lambda: given(world, tomorrow(9), sitting)


def cancelled(world: World) -> Callable[[], object]:
    slot = scheduled(world)
    return lambda: sittings.cancel(actor=world.administrator, sitting=slot.sitting, reason="Grève.")


def adjourned(world: World) -> Callable[[], object]:
    slot = scheduled(world)
    return lambda: passages.tell(actor=world.administrator, slot=slot, event=PassageEvent.ADJOURN, reason="Alarme.")


def given_up(world: World) -> Callable[[], object]:
    scheduled(world)
    return lambda: retakes.withdraw(actor=world.candidate, work=world.work)


def decided(world: World) -> Callable[[], object]:
    slot = factories.marked(world)
    return lambda: decisions.decide(actor=world.president, slot=slot, rulings={})


def heard_again(world: World) -> Callable[[], object]:
    decision = decisions.decide(actor=world.president, slot=factories.marked(world), rulings={})
    appeal = appeals.contest(actor=world.candidate, decision=decision, motive="Non.")
    handler = factories.person(Role.ADMINISTRATOR)
    appeal = appeals.assign(actor=world.administrator, appeal=appeal, handler=handler)
    return lambda: appeals.answer(actor=handler, appeal=appeal, event=AppealEvent.HEAR_AGAIN, answer="Oui.")


def published(world: World) -> Callable[[], object]:
    """A plan that was published, again: its passages stand already."""
    draft, _worlds = planned(world)
    drafts.accept(actor=world.administrator, draft=draft)
    serving.serve(draft_id=draft.pk)
    draft.refresh_from_db()
    again = drafts.repair(actor=world.administrator, draft=draft)
    serving.serve(draft_id=again.pk)
    drafts.accept(actor=world.administrator, draft=again)
    return lambda: serving.serve(draft_id=again.pk)


ALL = ["session", "sitting", "slot", "work", "ballot", "journal"]
ACTS: dict[str, tuple[Any, list[str]]] = {
    "schedule": (given_one, ["session", "sitting", "work", "journal"]),
    "move": (moved, ["session", "sitting", "slot", "work", "journal"]),
    "join": (joined, ["session", "sitting", "slot", "work", "journal"]),
    "cancel": (cancelled, ALL),
    "tell": (adjourned, ["session", "slot", "work", "ballot", "journal"]),
    "withdraw": (given_up, ["session", "slot", "work", "ballot", "journal"]),
    "decide": (decided, ["slot", "work", "ballot", "journal"]),
    "hear again": (heard_again, ["slot", "work", "ballot", "journal"]),
    "publish": (published, ["session", "sitting", "slot", "work", "journal"]),
}


@pytest.mark.parametrize("act", ACTS)
def test_every_act_holds_what_it_needs_in_one_order(world: World, act: str) -> None:
    prepare, wanted = ACTS[act]
    assert held(prepare(world)) == wanted


def test_awards_of_before_are_written_under_the_journals_own_lock(world: World) -> None:
    """Base: another lock of the same number, under which the chain could fork."""
    decisions.decide(actor=world.president, slot=factories.marked(world), rulings={})
    migration = importlib.import_module("assessments.migrations.0025_awards_of_before")
    with CaptureQueriesContext(connection) as queries:
        migration.reconstruct(apps, None)
    locks = [query["sql"] for query in queries.captured_queries if "pg_advisory" in query["sql"]]
    assert locks == [f"SELECT {CHAIN}"]
