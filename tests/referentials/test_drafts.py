"""A draft under the hands of its editor: changed, undone, and never overwritten unseen."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from certification.referentials import drafts, editing, history
from certification.referentials.editing import Refusal
from certification.referentials.errors import EditionFrozen, InvalidTree
from certification.referentials.models import Competency, Referential
from certification.referentials.services import load_edition, publish
from certification.referentials.structure import content_hash
from certification.referentials.tree import edition_tree
from tests.referentials.conftest import TREE
from tests.referentials.test_editing import operations

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("known_checks")]
ITEM = "blocs[0].activities[0].competencies[0].criteria[0].items[0]"


@pytest.fixture
def draft() -> Referential:
    return load_edition(tree=copy.deepcopy(TREE)).referential


def version(draft: Referential) -> str:
    return content_hash(edition_tree(draft))


def test_a_change_is_kept_and_undone(draft: Referential, django_capture_on_commit_callbacks: Any) -> None:
    before = edition_tree(draft)
    changed = drafts.change(
        referential=draft, version=version(draft), operation=editing.edit(ITEM, {"text": "il tient"}), looked_at=ITEM
    )
    assert edition_tree(draft) == changed.tree != before
    assert changed.version == version(draft) == Referential.objects.get(pk=draft.pk).content_hash
    with django_capture_on_commit_callbacks(execute=True):
        undone = drafts.undo(referential=draft, version=changed.version)
    assert edition_tree(draft) == undone.tree == before
    assert undone.path == ITEM
    with pytest.raises(drafts.NothingToUndo):
        drafts.undo(referential=draft, version=undone.version)


def test_identities_follow_from_paths(draft: Referential) -> None:
    before = set(Competency.objects.values_list("uid", flat=True))
    drafts.change(referential=draft, version=version(draft), operation=editing.move_down(ITEM))
    assert set(Competency.objects.values_list("uid", flat=True)) == before


def test_a_draft_changed_meanwhile_is_left_alone(draft: Referential) -> None:
    seen = version(draft)
    drafts.change(referential=draft, version=seen, operation=editing.delete(ITEM))
    with pytest.raises(drafts.EditionChanged):
        drafts.change(referential=draft, version=seen, operation=editing.delete(ITEM))
    with pytest.raises(drafts.EditionChanged):
        drafts.undo(referential=draft, version=seen)


def test_a_refused_change_leaves_no_trace(draft: Referential) -> None:
    seen = version(draft)
    with pytest.raises(Refusal):
        drafts.change(referential=draft, version=seen, operation=editing.edit("blocs[0]", {"title": ""}))
    assert version(draft) == seen
    assert not history.can_undo(draft.pk, seen)


def test_a_change_that_changes_nothing_is_not_remembered(draft: Referential) -> None:
    seen = version(draft)
    answer = drafts.change(
        referential=draft, version=seen, operation=editing.edit("blocs[0]", {"title": "Tronc commun"})
    )
    assert answer.version == seen
    assert not history.can_undo(draft.pk, seen)


def test_a_published_edition_is_not_changed(draft: Referential) -> None:
    seen = version(draft)
    publish(referential=draft)
    with pytest.raises(EditionFrozen):
        drafts.change(referential=draft, version=seen, operation=editing.delete(ITEM))
    with pytest.raises(EditionFrozen):
        drafts.undo(referential=draft, version=seen)


def test_only_the_last_changes_are_remembered(draft: Referential, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "KEPT", 3)
    digest = version(draft)
    for rank in range(5):
        edit = editing.edit(ITEM, {"text": f"il tient {rank}"})
        digest = drafts.change(referential=draft, version=digest, operation=edit).version
    assert len(history._names(draft.pk)) == 3


def test_an_empty_draft_is_started_once() -> None:
    made = drafts.start_empty(code="neuf", title="Neuf", edition="2026")
    tree = edition_tree(made)
    assert (tree["code"], tree["title"], tree["blocs"]) == ("neuf", "Neuf", [])
    with pytest.raises(InvalidTree, match="existe déjà"):
        drafts.start_empty(code="neuf", title="Autre", edition="2026")
    with pytest.raises(InvalidTree, match="minuscules"):
        drafts.start_empty(code="Neuf !", title="Autre", edition="2026")


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_undoing_gives_back_every_earlier_tree(
    data: st.DataObject, known_checks: dict[str, Any], django_capture_on_commit_callbacks: Any
) -> None:
    edition = f"essai-{Referential.objects.count()}"
    draft = load_edition(tree=copy.deepcopy(TREE) | {"edition": edition}).referential
    trees = [edition_tree(draft)]
    for _ in range(data.draw(st.integers(1, 6))):
        operation = data.draw(operations(trees[-1]))
        try:
            answer = drafts.change(referential=draft, version=content_hash(trees[-1]), operation=operation)
        except Refusal:
            continue
        assert edition_tree(draft) == answer.tree
        if answer.tree != trees[-1]:
            trees.append(answer.tree)
    while len(trees) > 1:
        with django_capture_on_commit_callbacks(execute=True):
            drafts.undo(referential=draft, version=content_hash(trees.pop()))
        assert edition_tree(draft) == trees[-1]
