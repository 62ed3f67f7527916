"""Loading, publishing and archiving editions."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from assessments.models import Work
from certification.referentials.errors import EditionFrozen, EditionInUse, InvalidTree
from certification.referentials.models import Assessment, Bloc, Certification, Criterion, Deliverable, Referential
from certification.referentials.services import archive, load_edition, publish
from certification.referentials.shipped import shipped_codes, shipped_tree
from certification.referentials.tree import edition_tree
from certification.referentials.validation import normalised
from tests import factories
from tests.tampering import guards_off

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("known_checks")]


def test_what_is_loaded_comes_back_word_for_word(tree: dict[str, Any]) -> None:
    loaded = load_edition(tree=tree)

    assert loaded.outcome == "created"
    assert edition_tree(loaded.referential) == normalised(tree)


@pytest.mark.parametrize("code", shipped_codes())
def test_shipped_referentials_come_back_word_for_word(code: str) -> None:
    shipped = shipped_tree(code)

    assert edition_tree(load_edition(tree=shipped).referential) == normalised(shipped)


def test_the_same_content_again_changes_nothing(tree: dict[str, Any]) -> None:
    first = load_edition(tree=tree).referential
    blocs = list(Bloc.objects.values_list("pk", flat=True))

    again = load_edition(tree=copy.deepcopy(tree))

    assert (again.outcome, again.referential) == ("unchanged", first)
    assert list(Bloc.objects.values_list("pk", flat=True)) == blocs


def test_a_draft_is_replaced_and_keeps_its_identity(tree: dict[str, Any]) -> None:
    first = load_edition(tree=tree).referential
    uid = Bloc.objects.get(code="1").uid
    tree["blocs"][0]["title"] = "Tronc commun, revu"

    again = load_edition(tree=tree)

    assert (again.outcome, again.referential) == ("replaced", first)
    assert (Bloc.objects.get(code="1").title, Bloc.objects.get(code="1").uid) == ("Tronc commun, revu", uid)


def test_a_draft_edited_by_hand_is_put_back_by_its_file(tree: dict[str, Any]) -> None:
    first = load_edition(tree=tree).referential
    Bloc.objects.filter(code="1").update(title="Autre chose")

    assert load_edition(tree=tree).outcome == "replaced"
    assert edition_tree(first) == normalised(tree)


def test_a_published_edition_accepts_its_own_content_and_no_other(tree: dict[str, Any]) -> None:
    edition = publish(referential=load_edition(tree=tree).referential)

    assert load_edition(tree=tree).outcome == "unchanged"
    tree["title"] = "Un autre titre"
    with pytest.raises(EditionFrozen):
        load_edition(tree=tree)
    tree["edition"] = "2027"
    assert load_edition(tree=tree).referential != edition


def test_publishing_hashes_the_content_as_it_stands(tree: dict[str, Any]) -> None:
    draft = load_edition(tree=tree).referential
    before = draft.content_hash
    Bloc.objects.filter(code="1").update(title="Revu dans l'administration")

    edition = publish(referential=draft)

    assert edition.content_hash != before
    assert edition.published_at is not None


def test_several_editions_may_be_published_at_once(tree: dict[str, Any]) -> None:
    for label in ("2026", "2027"):
        tree["edition"] = label
        publish(referential=load_edition(tree=tree).referential)

    assert Referential.objects.published().count() == 2


def test_a_draft_that_does_not_hold_is_not_published(tree: dict[str, Any]) -> None:
    draft = load_edition(tree=tree).referential
    Referential.objects.filter(pk=draft.pk).update(scale=[])

    with pytest.raises(InvalidTree):
        publish(referential=draft)


def test_only_a_draft_is_published_and_only_a_published_edition_archived(tree: dict[str, Any]) -> None:
    draft = load_edition(tree=tree).referential
    with pytest.raises(EditionFrozen):
        archive(referential=draft)
    publish(referential=draft)
    with pytest.raises(EditionFrozen):
        publish(referential=draft)
    assert archive(referential=draft).status == "archived"
    with pytest.raises(EditionFrozen):
        archive(referential=draft)


def test_the_certification_is_described_by_its_edition(tree: dict[str, Any]) -> None:
    load_edition(tree=tree)

    certification = Certification.objects.get()
    assert (certification.level, certification.certifier, certification.metadata) == (6, "", {"nsf": ["326"]})


def test_a_draft_does_not_describe_a_certification_in_force(tree: dict[str, Any]) -> None:
    publish(referential=load_edition(tree=tree).referential)
    load_edition(tree=tree | {"edition": "2027", "title": "Un titre à l'étude"})

    assert Certification.objects.get().title == "Soudure des données"


def test_a_draft_that_a_work_answers_is_not_replaced(tree: dict[str, Any]) -> None:
    draft = load_edition(tree=tree).referential
    world = factories.world()
    with guards_off():
        Work.objects.filter(pk=world.work.pk).update(assessment=Assessment.objects.get(referential=draft, code="E1"))
    tree["title"] = "Un autre titre"

    with pytest.raises(EditionInUse):
        load_edition(tree=tree)
    assert edition_tree(draft)["title"] == "Soudure des données"


def test_an_invalid_tree_leaves_no_trace(tree: dict[str, Any]) -> None:
    tree["blocs"][0]["activities"][0]["competencies"][0]["criteria"][0]["covers"] = ["C99"]

    with pytest.raises(InvalidTree):
        load_edition(tree=tree)
    assert not Certification.objects.exists()


def test_the_parts_of_the_small_edition_are_where_they_belong(tree: dict[str, Any]) -> None:
    load_edition(tree=tree)

    criterion = Criterion.objects.get(code="E1")
    assert {competency.text for competency in criterion.covers.all()} == {"Choisir", "Interroger", "Bâtir"}
    assert Criterion.objects.get(text="On comprend").bloc is None
    relevé = Deliverable.objects.get(text="Un relevé")
    assert relevé.container == Deliverable.objects.get(key="dossier")
