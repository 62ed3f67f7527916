"""Every state of a decision × every act upon it: it is never edited, an act makes a new one or is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assessments.domain.appeals import AppealEvent
from assessments.models import Decision
from assessments.services import appeals, corrections, decisions
from assessments.services.errors import Refused
from tests import factories
from tests.assessments.services.test_appeals import all_acquired, assigned, filed
from tests.factories import World

pytestmark = pytest.mark.django_db

EXPECTED = {
    ("standing", "decide"): "decision.made",
    ("standing", "correct"): "done",
    ("standing", "contest"): "done",
    ("contested", "decide"): "decision.made",
    ("contested", "correct"): "decision.appealed",
    ("contested", "contest"): "appeal.open",
    ("maintained", "decide"): "decision.made",
    ("maintained", "correct"): "done",
    ("maintained", "contest"): "appeal.answered",
    ("superseded", "decide"): "decision.made",
    ("superseded", "correct"): "decision.superseded",
    ("superseded", "contest"): "appeal.superseded",
}


def correct(world: World, decision: Decision) -> object:
    return corrections.correct(
        actor=world.president, decision=decision, rulings=all_acquired(decision), motive="Erreur de saisie."
    )


def maintain(world: World, decision: Decision) -> object:
    appeal = assigned(world, decision)
    return appeals.answer(
        actor=world.administrator, appeal=appeal, event=AppealEvent.MAINTAIN, answer="Elle a été lue."
    )


REACHED: dict[str, Callable[[World, Decision], object]] = {
    "standing": lambda world, decision: None,
    "contested": filed,
    "maintained": maintain,
    "superseded": correct,
}
ACTS: dict[str, Callable[[World, Decision], object]] = {
    "decide": lambda world, decision: decisions.decide(actor=world.president, slot=decision.slot, rulings={}),
    "correct": correct,
    "contest": filed,
}


@pytest.mark.parametrize(("state", "act"), EXPECTED)
def test_every_state_and_act(state: str, act: str) -> None:
    world = factories.world()
    slot = factories.marked(world, "not_acquired", "not_acquired", "acquired")
    decision = decisions.decide(actor=world.president, slot=slot, rulings={})
    REACHED[state](world, decision)
    before = list(Decision.objects.order_by("pk").values())
    decision = Decision.objects.select_related("slot__sitting", "work__enrolment").get(pk=decision.pk)
    try:
        ACTS[act](world, decision)
        got = "done"
    except Refused as refused:
        got = refused.code
    assert got == EXPECTED[(state, act)]
    after = list(Decision.objects.order_by("pk").values())
    assert after[: len(before)] == before
    assert len(after) - len(before) == (got == "done" and act == "correct")


def test_the_table_is_whole() -> None:
    assert set(EXPECTED) == {(state, act) for state in REACHED for act in ACTS}
