"""A part keeps its identity when it moves, when it is reworded, and from one edition to the next."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from certification.referentials import drafts, editing
from certification.referentials.difference import difference
from certification.referentials.editing import Refusal
from certification.referentials.exporters import export
from certification.referentials.identity import Content, followed, places_of, shared
from certification.referentials.models import Competency, Referential
from certification.referentials.places import place_at
from certification.referentials.services import load_edition, new_edition, publish
from certification.referentials.structure import content_hash
from certification.referentials.tree import edition_content, edition_tree
from certification.referentials.validation import normalised
from tests.referentials.conftest import TREE
from tests.referentials.test_editing import operations

CRITERION = "blocs[0].activities[0].competencies[0].criteria[0]"
ITEMS = f"{CRITERION}.items"
BASE = "https://jalon.example"


def change(draft: Referential, operation: editing.Operation) -> str:
    """Carry out an operation on a draft; the path of the part to look at."""
    version = content_hash(edition_tree(draft))
    return drafts.change(referential=draft, version=version, operation=operation).path


def items(referential: Referential) -> dict[str, dict[str, Any]]:
    """The CFItems of an export, by the path of their part."""
    package = json.loads(export(referential, "case", BASE))
    paths = {uid: path for path, uid in edition_content(referential).identities.items()}
    return {paths[item["extensions"]["jalon"]["uid"]]: item for item in package["CFItems"]}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_operation_says_where_each_part_comes_from(data: st.DataObject, known_checks: dict[str, Any]) -> None:
    tree = normalised(copy.deepcopy(TREE))
    operation = data.draw(operations(tree))
    try:
        edit = operation(tree, None)
    except Refusal:
        return
    before, after = dict(places_of(tree)), dict(places_of(edit.tree))
    assert set(edit.origins) <= set(after)
    assert set(edit.origins.values()) <= set(before)
    assert len(set(edit.origins.values())) == len(edit.origins)
    if len(after) == len(before):  # an edition or a move: nobody is new
        assert set(edit.origins) == set(after)
    content = Content(tree, {path: f"u:{path}" for path in before})
    assert len(set(followed(content, edit.tree, edit.origins).values())) == len(after)


@pytest.mark.django_db
@pytest.mark.usefixtures("known_checks")
class TestInTheDatabase:
    @pytest.fixture
    def draft(self) -> Referential:
        return load_edition(tree=copy.deepcopy(TREE)).referential

    def test_a_part_that_moves_keeps_its_identifiers_in_every_export(self, draft: Referential) -> None:
        before = items(draft)
        at = change(draft, editing.move(CRITERION, "blocs[1].competencies[0]"))
        change(draft, editing.move_up("blocs[1]"))
        at = at.replace("blocs[1]", "blocs[0]")

        after = items(draft)
        for name in ("", ".items[0]", ".items[1]"):
            assert after[at + name]["identifier"] == before[CRITERION + name]["identifier"]
            assert after[at + name]["uri"] == before[CRITERION + name]["uri"]
        assert {item["identifier"] for item in after.values()} == {item["identifier"] for item in before.values()}
        assert export(draft, "case", BASE) == export(draft, "case", BASE)
        published = items(publish(referential=draft))
        assert {path: each["uri"] for path, each in published.items()} == {
            path: each["uri"] for path, each in after.items()
        }

    def test_identifiers_are_unique_after_any_change(self, draft: Referential) -> None:
        change(draft, editing.move_down(f"{ITEMS}[0]"))
        change(draft, editing.add("", "blocs", {"title": "Neuf"}, 0))
        package = json.loads(export(draft, "case", BASE))
        found = [each["identifier"] for name in ("CFItems", "CFAssociations", "CFRubrics") for each in package[name]]
        assert len(set(found)) == len(found)

    def test_what_is_new_is_nobody_else(self, draft: Referential) -> None:
        known = set(edition_content(draft).identities.values())
        gone = edition_content(draft).identities["blocs[2]"]
        change(draft, editing.delete("blocs[2]"))
        at = change(draft, editing.add("", "blocs", {"code": "5B", "title": "Science", "option_group": "5"}))
        assert at == "blocs[2]"
        identities = edition_content(draft).identities
        assert identities[at] not in known
        assert gone not in identities.values()

    def test_a_bare_line_is_itself_in_other_words(self, draft: Referential) -> None:
        before = edition_content(draft).identities
        change(draft, editing.edit(f"{ITEMS}[0]", {"text": "il est fondé"}))
        change(draft, editing.move_down(f"{ITEMS}[0]"))
        content = edition_content(draft)
        assert place_at(content.tree, CRITERION).node["items"] == ["il est daté", "il est fondé"]
        assert content.identities[f"{ITEMS}[1]"] == before[f"{ITEMS}[0]"]
        assert content.identities[f"{ITEMS}[0]"] == before[f"{ITEMS}[1]"]

    def test_undoing_gives_back_who_was_there(
        self, draft: Referential, django_capture_on_commit_callbacks: Any
    ) -> None:
        before = edition_content(draft)
        change(draft, editing.delete("blocs[1]"))
        with django_capture_on_commit_callbacks(execute=True):
            drafts.undo(referential=draft, version=content_hash(edition_tree(draft)))
        assert edition_content(draft) == before

    def test_a_new_edition_has_the_same_parts_in_another_document(self, draft: Referential) -> None:
        first = publish(referential=draft)
        second = new_edition(from_referential=first, edition="2027")
        assert edition_content(second).identities == edition_content(first).identities
        old, new = items(first), items(second)
        assert not {each["identifier"] for each in old.values()} & {each["identifier"] for each in new.values()}
        uids = [[each["extensions"]["jalon"]["uid"] for each in found.values()] for found in (old, new)]
        assert uids[0] == uids[1]

    def test_a_part_moved_and_written_anew_is_still_recognised(self, draft: Referential) -> None:
        first = publish(referential=draft)
        second = new_edition(from_referential=first, edition="2027")
        at = change(second, editing.move(CRITERION, "competencies[0]"))
        change(second, editing.edit(at, {"code": None, "lead_in": None, "text": "Tout autre chose"}))
        for rank in (1, 0):
            change(second, editing.delete(f"{at}.items[{rank}]"))

        old, new = edition_content(first), edition_content(second)
        blind = difference(old.tree, new.tree)
        found = difference(old.tree, new.tree, shared(old.identities, new.identities))
        assert blind.of_old[CRITERION].outcome == "removed"
        assert (found.of_old[CRITERION].outcome, found.of_old[CRITERION].moved) == ("reworded", True)

    def test_a_file_loaded_over_a_draft_keeps_who_is_recognised(self, draft: Referential) -> None:
        before = edition_content(draft).identities
        tree = copy.deepcopy(TREE)
        tree["blocs"].insert(0, {"code": "0", "title": "Accueillir"})
        tree["blocs"][1]["activities"][0]["tasks"].reverse()
        after = edition_content(load_edition(tree=tree).referential).identities
        tasks = "blocs[{}].activities[0].tasks[{}]"
        assert after["blocs[1]"] == before["blocs[0]"]
        assert after[tasks.format(1, 0)] == before[tasks.format(0, 1)]
        assert after["option_groups[0]"] == before["option_groups[0]"]
        assert after["blocs[0]"] not in before.values()
        assert len(set(after.values())) == len(after)

    def test_the_same_file_has_the_same_identities_on_two_machines(self, draft: Referential) -> None:
        before = edition_content(draft).identities
        assert Competency.objects.filter(uid=before["competencies[0]"], text="Parler clairement").exists()
        Referential.objects.filter(pk=draft.pk).update(edition="autre")
        again = load_edition(tree=copy.deepcopy(TREE)).referential
        assert edition_content(again).identities == before
