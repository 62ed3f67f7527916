"""The journal's page has a name for every act and every object that the services record."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import get_args

import pytest
from django.apps import apps
from django.conf import settings
from django.utils import timezone

from assessments.domain.appeals import AppealEvent
from assessments.domain.passages import PassageState
from assessments.domain.workflow import WorkEvent
from assessments.models.juries import LeaveKind
from assessments.models.reviews import ReviewOutcome
from assessments.selectors.administration.journal import JournalRow
from assessments.services.leased import KINDS
from assessments.services.referentials import Act
from assessments.web.administration.journal_words import ACTS, OBJECTS, acts_named, details_of

SERVICES = Path(settings.BASE_DIR) / "assessments" / "services"
BUILT = (
    {f"work.{event}" for event in WorkEvent}
    | {f"review.{outcome}" for outcome in ReviewOutcome.values}
    | {f"referential.{act}" for act in get_args(Act)}
    | {f"passage.{state}" for state in PassageState if state is not PassageState.DUE}
    | {f"appeal.{event}" for event in AppealEvent}
    | {f"leave.{kind}" for kind in LeaveKind.values}
    | {"run.done", "run.failed", "declaration.signed", "declaration.extended"}
    | {"award.reconstructed"}  # by a migration
    | {kind.buried for kind in KINDS if kind.buried}
)
"""The acts whose code is put together when they are recorded."""


def recorded() -> set[str]:
    """The codes that the services write in full: the second argument of `journal.record` or `Act`, or `verb`."""
    found = set()
    for path in SERVICES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func) in ("journal.record", "Act", "journal.Act")
                verbs = node.args[1:2] if called else [each.value for each in node.keywords if each.arg == "verb"]
                found |= {each.value for each in verbs if isinstance(each, ast.Constant)}
    return found


def test_every_act_has_a_name() -> None:
    assert recorded() | BUILT == set(ACTS)


def test_the_names_of_objects_are_those_of_models() -> None:
    assert set(OBJECTS) <= {model._meta.model_name for model in apps.get_models()}


def test_an_act_is_searched_by_its_name_too() -> None:
    assert acts_named("soutenance fixée") == ["work.schedule"]
    assert acts_named("") == []


@pytest.mark.parametrize(
    ("payload", "told"),
    [
        ({"before": "draft", "after": "submitted"}, [("avant", "Brouillon"), ("après", "Déposé")]),
        ({"code": "", "mentor": None, "submission": 3}, [("dépôt", 3)]),
        ({"whatever": "draft-ish"}, [("whatever", "draft-ish")]),
        ({"scopes": ["read", "deposit"]}, [("droits", "read, deposit")]),
        (
            {"after": {"roles": ["mentor"], "active": True}},
            [("après", "rôles\u00a0: mentor\u202f; compte ouvert\u00a0: oui")],
        ),
    ],
)
def test_details_are_told_in_words(payload: dict[str, object], told: list[tuple[str, object]]) -> None:
    row = JournalRow(1, timezone.now(), "", "work.submit", "work", 1, payload, "f" * 64)
    assert [(name, value if isinstance(value, int) else str(value)) for name, value in details_of(row)] == told
