"""What an administrator does in the editor: to parts of every kind, recorded, and said in two languages."""

from __future__ import annotations

import copy
import re
from itertools import pairwise
from typing import Any
from urllib.parse import quote

import pytest

from assessments.models import JournalEntry, Role
from assessments.services import journal
from assessments.services import referentials as services
from assessments.services.errors import Denied
from assessments.services.verification import Verification
from certification.referentials import editing
from certification.referentials.errors import InvalidTree
from certification.referentials.models import Referential
from certification.referentials.places import joined, place_at
from certification.referentials.services import load_edition, publish
from certification.referentials.spec import PLACEHOLDER
from certification.referentials.structure import content_hash
from evaluator.checks import REGISTRY
from tests import factories
from tests.web.desk import CRITERION, REAL, Desk


@pytest.fixture
def draft(db: None) -> Referential:
    return load_edition(tree=copy.deepcopy(REAL)).referential


@pytest.fixture
def desk(draft: Referential) -> Desk:
    return Desk(draft)


KINDS = {
    "option_groups": ("", {"code": "6", "title": "Autre choix", "choose": "1"}),
    "blocs": ("", {"code": "7", "title": "Diffuser"}),
    "activities": ("blocs[1]", {"code": "A9", "title": "Publier"}),
    "tasks": ("blocs[0].activities[0]", {"text": "Dater les sources"}),
    "competencies": ("blocs[1]", {"code": "C9", "text": "Diffuser", "weight": "2", "eliminatory": "on"}),
    "criteria": ("blocs[1].competencies[0]", {"text": "Le ton est juste", "weight": "1", "page_limit": "4"}),
    "items": (CRITERION, {"text": "il est signé"}),
    "assessments": ("", {
        "title": "Oral", "kind": "defence", "bloc": "1", "assessors": ["jury", "peers"], "talk_minutes": "20",
        "work": "solo", "marking": "individual", "scenario": "real", "competencies": ["A1-C2"], "activities": ["A1"],
    }),
    "parts": ("assessments[1]", {"title": "Mémoire", "kind": "thesis", "brief": "Écrire."}),
    "deliverables": ("assessments[1]", {"key": "memoire", "kind": "document", "text": "Mémoire", "required": "on"}),
}  # fmt: skip
"""Of every kind of part: where one may be added, and what is typed of it."""


@pytest.mark.parametrize("kind", KINDS)
def test_a_part_of_every_kind_is_added_written_moved_and_deleted(desk: Desk, kind: str) -> None:
    before, (parent, typed) = desk.tree, KINDS[kind]
    desk.post("add", parent, kind=kind, rank="0")
    path = joined(parent, kind, 0)
    added = place_at(desk.tree, path)
    assert PLACEHOLDER in (added.node, *(added.node.values() if isinstance(added.node, dict) else ()))
    empty = desk.post("save", path, **dict.fromkeys(typed, "")).content.decode()
    assert "Ce champ est obligatoire" in empty
    assert desk.post("save", path, **typed).status_code == 302
    written = place_at(desk.tree, path).node
    texts = [each for each in typed.values() if isinstance(each, str) and not each.isdecimal() and each != "on"]
    shown = [written] if isinstance(written, str) else list(written.values())
    assert set(texts) <= {each for each in shown if isinstance(each, str)}
    if len(place_at(desk.tree, path).siblings) > 1:
        desk.post("move", path, to="down")
        path = joined(parent, kind, 1)
        assert place_at(desk.tree, path).node == written
    desk.post("delete", path)
    assert desk.tree == before


def test_each_act_has_its_row_in_the_journal(desk: Desk, django_capture_on_commit_callbacks: Any) -> None:
    desk.post("add", "", kind="blocs")
    desk.post("save", "blocs[3]", title="Diffuser")
    desk.post("move", "blocs[3]", to="up")
    desk.post("delete", "blocs[2]")
    desk.post("save", "blocs[0]", code="1", title="Tronc commun")  # nothing changes: nothing is recorded
    desk.post("delete", "blocs[9]")  # refused
    with django_capture_on_commit_callbacks(execute=True):
        desk.post("undo", "")
    about = JournalEntry.objects.filter(object_type="referential", object_id=desk.draft.pk)
    assert list(about.order_by("pk").values_list("verb", flat=True)) == [
        "referential.added", "referential.saved", "referential.moved", "referential.deleted", "referential.undone",
    ]  # fmt: skip
    rows = list(about.order_by("pk"))
    assert rows[-1].payload["after"] == content_hash(desk.tree)
    for row, following in pairwise(rows):
        assert row.payload["after"] == following.payload["before"]
    assert list(Verification().of_journal()) == []


def test_an_act_and_its_row_are_one(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError

    before = desk.tree
    monkeypatch.setattr(journal, "record", fails)
    with pytest.raises(RuntimeError):
        desk.post("delete", "blocs[0]")
    assert desk.tree == before


def test_only_an_administrator_changes_a_draft(desk: Desk) -> None:
    mentor = factories.person(Role.MENTOR)
    operation = editing.delete("blocs[0]")
    with pytest.raises(Denied):
        services.change(
            actor=mentor, referential=desk.draft, version=content_hash(desk.tree), operation=operation, act="deleted"
        )
    for act in (services.publish, services.archive):
        with pytest.raises(Denied):
            act(actor=mentor, referential=desk.draft)


def test_what_is_still_to_be_written_is_told_beside_it_and_keeps_from_publishing(desk: Desk) -> None:
    desk.post("add", CRITERION, kind="items")
    item = f"{CRITERION}.items[2]"
    page = desk.read(element=item)
    assert page.count("à rédiger</span>") == 1
    assert "texte encore à rédiger." in page
    with pytest.raises(InvalidTree, match="encore à rédiger"):
        publish(referential=desk.draft)
    refused = desk.read("admin_publish")
    assert f"element={quote(item)}" in refused
    assert "E1 Le choix est juste" in refused
    desk.post("save", item, text="il est signé")
    assert publish(referential=desk.draft).is_frozen


def test_the_reader_s_language_and_that_of_the_texts(desk: Desk) -> None:
    desk.client.cookies["django_language"] = "en"
    page = desk.read(element=CRITERION)
    assert '<html lang="en"' in page
    assert REGISTRY["repository.versions"].title["en"] in page
    assert re.search(r'<span class="tree-text" lang="fr"><b>1</b> Tronc commun</span>', page)
    assert re.search(r'<span class="tree-text">[^<]*' + re.escape(REGISTRY["repository.versions"].title["en"]), page)
    assert re.search(r'<textarea[^>]*lang="fr"[^>]*>\s*Le choix est juste', page)
    assert '<span lang="fr">A1-C1 – Choisir</span>' in page
    read = desk.read("admin_referential")
    assert '<h1><span lang="fr">Soudure des données</span></h1>' in read
    assert '<p class="criterion-text" lang="fr">' in read
