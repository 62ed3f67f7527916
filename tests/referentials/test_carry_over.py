"""What of an old edition counts in a new one: what is proposed, what is decided, what is refused."""

from __future__ import annotations

import copy
from collections import Counter
from typing import Any

import pytest
from hypothesis import given

from certification.referentials.carry_over import Row, Table, proposed
from certification.referentials.carry_over_form import as_metadata, decided
from certification.referentials.errors import EditionExists, EditionFrozen, InvalidTree
from certification.referentials.models import Certification
from certification.referentials.pairing import parts_of
from certification.referentials.services import decide_carry_over, load_edition, new_edition, publish
from certification.referentials.shipped import shipped_codes, shipped_tree
from certification.referentials.tree import edition_tree
from certification.referentials.validation import normalised, problems_of
from tests.referentials.test_difference import TREES, UNHURRIED


def verdicts(table: Table) -> list[tuple[str | None, str, list[str | None]]]:
    return [(row.old.code, row.verdict, [part.code for part in row.new]) for row in table.competencies]


def read_back(table: Table) -> list[tuple[str, str, list[str]]]:
    return [(row.old.path, row.verdict, [part.path for part in row.new]) for row in (*table.competencies, *table.blocs)]


@pytest.mark.parametrize("code", shipped_codes())
def test_everything_carries_over_to_the_same_edition(code: str) -> None:
    whole = normalised(shipped_tree(code))

    table = proposed(whole, whole)

    assert {row.verdict for row in (*table.competencies, *table.blocs)} == {"same"}
    assert not any(table.required(whole).values())


@UNHURRIED
@given(old=TREES, new=TREES)
def test_every_competency_and_bloc_is_judged_once(old: dict[str, Any], new: dict[str, Any]) -> None:
    table = proposed(old, new)

    for name, kind in (("competencies", "competency"), ("blocs", "bloc")):
        rows: tuple[Row, ...] = getattr(table, name)
        assert Counter(row.old.path for row in rows) == Counter(
            part.path for part in parts_of(old) if part.kind == kind
        )
        assert {part.path for row in rows for part in row.new} <= {part.path for part in parts_of(new)}


@UNHURRIED
@given(old=TREES, new=TREES)
def test_what_is_kept_is_what_was_decided(old: dict[str, Any], new: dict[str, Any]) -> None:
    table = proposed(old, new)
    new["metadata"]["carry_over"] = as_metadata(table, old, new)

    assert [problem for problem in problems_of(new) if problem.code.startswith("carry_over")] == []
    kept = decided(old, new)
    assert kept is not None
    assert [row.verdict for row in kept.competencies] == [row.verdict for row in table.competencies]
    assert [row.verdict for row in kept.blocs] == [row.verdict for row in table.blocs]


COLLECT = "Collecter les données utiles au projet depuis les sources de l'entreprise"
CLEAN = "Nettoyer ces données pour les rendre exploitables par un modèle d'apprentissage"
SHOW = "Présenter oralement les résultats devant un public de décideurs"


@pytest.fixture
def old(tree: dict[str, Any]) -> dict[str, Any]:
    tree |= {"assessments": [], "competencies": [], "option_groups": []}
    tree["blocs"] = [
        {
            "code": "1",
            "title": "Données",
            "competencies": [{"code": "C1", "text": f"{COLLECT} ; {CLEAN}"}, {"code": "C2", "text": SHOW}],
        },
        {"code": "2", "title": "Restitution", "competencies": [{"code": "C3", "text": "Rédiger une note de synthèse"}]},
    ]
    return normalised(tree)


def test_a_competency_cut_in_two_is_split(old: dict[str, Any]) -> None:
    new = copy.deepcopy(old)
    bloc = new["blocs"][0]["competencies"]
    bloc[0]["text"] = COLLECT
    bloc.insert(1, {**bloc[0], "code": "C1b", "text": CLEAN})

    table = proposed(old, normalised(new))

    assert verdicts(table) == [("C1", "split", ["C1", "C1b"]), ("C2", "same", ["C2"]), ("C3", "same", ["C3"])]
    assert [row.verdict for row in table.blocs] == ["reworded", "same"]


def test_two_competencies_made_one_are_merged(old: dict[str, Any]) -> None:
    new = copy.deepcopy(old)
    new["blocs"][0]["competencies"] = [
        {**old["blocs"][0]["competencies"][0], "text": f"{COLLECT} ; {CLEAN} ; {SHOW}"},
    ]

    table = proposed(old, normalised(new))

    assert verdicts(table)[:2] == [("C1", "merged", ["C1"]), ("C2", "merged", ["C1"])]


def test_a_bloc_that_asks_more_is_not_won_again(old: dict[str, Any]) -> None:
    new = copy.deepcopy(old)
    asked = {**old["blocs"][0]["competencies"][1], "code": "C9", "text": "Mesurer l'empreinte carbone des calculs"}
    new["blocs"][1]["competencies"].append(asked)

    table = proposed(old, normalised(new))

    assert [row.verdict for row in table.blocs] == ["same", "none"]
    assert [part.code for part in table.required(normalised(new))["competencies"]] == ["C9"]


def test_the_table_follows_the_order_of_the_old_edition(old: dict[str, Any]) -> None:
    new = copy.deepcopy(old)
    new["blocs"].reverse()

    table = proposed(old, normalised(new))

    assert [row.old.path for row in table.blocs] == ["blocs[0]", "blocs[1]"]


def test_a_competency_written_anew_is_left_to_the_reader(old: dict[str, Any]) -> None:
    new = copy.deepcopy(old)
    new["blocs"][0]["competencies"][1]["text"] = "Présenter oralement un bilan chiffré à une équipe technique"

    assert verdicts(proposed(old, normalised(new)))[1] == ("C2", "none", [])


@pytest.mark.django_db
@pytest.mark.usefixtures("known_checks")
class TestEditions:
    def test_a_new_edition_says_the_same_and_where_it_comes_from(self, tree: dict[str, Any]) -> None:
        first = publish(referential=load_edition(tree=tree).referential)

        draft = new_edition(from_referential=first, edition="2027")

        before, after = edition_tree(first), edition_tree(draft)
        assert draft.status == "draft"
        assert after["metadata"] == {**before["metadata"], "predecessor": "2026"}
        assert {**after, "edition": "2026", "metadata": before["metadata"]} == before
        assert {row.uid for row in first.bloc_rows.all()} == {row.uid for row in draft.bloc_rows.all()}

    def test_a_draft_is_corrected_rather_than_copied(self, tree: dict[str, Any]) -> None:
        draft = load_edition(tree=tree).referential

        with pytest.raises(EditionFrozen):
            new_edition(from_referential=draft, edition="2027")
        first = publish(referential=draft)
        with pytest.raises(EditionExists):
            new_edition(from_referential=first, edition="2026")
        with pytest.raises(InvalidTree):
            new_edition(from_referential=first, edition=" ")

    def test_the_decided_table_is_kept_and_frozen_with_the_edition(self, tree: dict[str, Any]) -> None:
        first = publish(referential=load_edition(tree=tree).referential)
        draft = new_edition(from_referential=first, edition="2027")
        table = proposed(edition_tree(first), edition_tree(draft))

        decide_carry_over(referential=draft, predecessor=first, table=table)

        kept = decided(edition_tree(first), edition_tree(draft))
        assert kept is not None
        assert read_back(kept) == read_back(table)
        published = publish(referential=draft)
        assert "carry_over" not in Certification.objects.get().metadata
        with pytest.raises(EditionFrozen):
            decide_carry_over(referential=published, predecessor=first, table=table)

    def test_a_table_that_names_what_is_gone_keeps_from_publishing(self, tree: dict[str, Any]) -> None:
        first = publish(referential=load_edition(tree=tree).referential)
        draft = new_edition(from_referential=first, edition="2027")
        decide_carry_over(
            referential=draft, predecessor=first, table=proposed(edition_tree(first), edition_tree(draft))
        )
        changed = edition_tree(draft)
        changed["competencies"] = []
        draft = load_edition(tree=changed).referential

        with pytest.raises(InvalidTree, match="n’est plus dans cette édition"):
            publish(referential=draft)

    def test_a_verdict_without_its_target_is_refused(self, tree: dict[str, Any]) -> None:
        first = publish(referential=load_edition(tree=tree).referential)
        draft = new_edition(from_referential=first, edition="2027")
        table = proposed(edition_tree(first), edition_tree(draft))
        wrong = Table((Row(table.competencies[0].old, "same"), *table.competencies[1:]), table.blocs)

        with pytest.raises(InvalidTree, match="un seul"):
            decide_carry_over(referential=draft, predecessor=first, table=wrong)
