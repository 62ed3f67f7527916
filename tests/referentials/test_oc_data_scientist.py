"""The référentiel “Data scientist”: nothing lost, nothing reworded."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from certification.referentials.shipped import shipped_tree
from certification.referentials.validation import problems_of


@pytest.fixture(scope="module")
def blocs() -> list[dict[str, Any]]:
    tree: dict[str, Any] = shipped_tree("oc-data-scientist")
    return tree["blocs"]


def competencies_of(bloc: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for activity in bloc["activities"] for each in activity["competencies"]]


def test_it_holds() -> None:
    assert problems_of(shipped_tree("oc-data-scientist")) == []


@pytest.mark.parametrize(
    ("rank", "activities", "criteria"),
    [
        (0, ["1.1", "1.2", "1.3", "1.4"], [3, 3, 4, 2, 2, 2]),
        (1, ["2.1", "2.2"], [3, 2, 5, 3]),
        (2, ["3.1", "3.2"], [2, 3, 3, 2]),
        (3, ["4.1", "4.2"], [3, 6, 5, 3, 3]),
        (4, ["5.1", "5.2"], [4, 4, 3, 4, 4]),
        (5, ["6.1", "6.2"], [2, 3, 2]),
    ],
)
def test_every_line_is_there(
    blocs: list[dict[str, Any]], rank: int, activities: list[str], criteria: list[int]
) -> None:
    bloc = blocs[rank]

    assert bloc["code"] == str(rank + 1)
    assert [activity["code"] for activity in bloc["activities"]] == activities
    assert [len(each["criteria"]) for each in competencies_of(bloc)] == criteria


@pytest.mark.parametrize(
    ("rank", "competency", "criterion", "text"),
    [
        (
            0,
            0,
            2,
            "Les objectifs de l'analyse de données à mener sont pertinents et permettent de répondre à la "
            "problématique métier.",
        ),
        (
            0,
            4,
            0,
            "Les graphiques produits comprennent au moins un graphique de chaque parmi les suivants : box-plot "
            "(boîte à moustaches), barplot (graphique en barres), pie chart (diagramme circulaire), histogramme, "
            "scatter plot (nuage de points).",
        ),
        (1, 1, 0, "La (les) variable(s) cibles sont correctement choisies et corrélées."),
        (
            3,
            1,
            3,
            "Une fonction permettant de lemmatiser une phrase a été écrite et fonctionne correctement.",
        ),
        (
            4,
            3,
            3,
            "Le limites et les améliorations envisageables pour gagner en performance et en interprétabilité de "
            "l'approche de modélisation sont décrites (1 page max).",
        ),
        (5, 2, 1, "Les scripts sont développés en Pyspark (API)."),
    ],
)
def test_some_lines_word_for_word(
    blocs: list[dict[str, Any]], rank: int, competency: int, criterion: int, text: str
) -> None:
    found = competencies_of(blocs[rank])[competency]["criteria"][criterion]["text"]

    assert found == text


def test_sub_items_belong_to_their_criterion(blocs: list[dict[str, Any]]) -> None:
    items = [
        (criterion["text"], len(criterion["items"]))
        for competency in competencies_of(blocs[4])
        for criterion in competency["criteria"]
        if "items" in criterion
    ]

    assert items == [
        ("La démarche de modélisation est détaillée avec :", 3),
        ("Le travail est réutilisable par d'autres personnes et la collaboration est facilitée :", 2),
    ]


def test_the_note_has_its_page_limits(blocs: list[dict[str, Any]]) -> None:
    note = competencies_of(blocs[4])[3]["criteria"]

    assert [criterion["page_limit"] for criterion in note] == [2, 1, 1, 1]
    assert [criterion["checks"][0]["params"]["max_pages"] for criterion in note] == [2, 1, 1, 1]


def test_one_project_a_bloc_before_mentor_and_jury() -> None:
    assessments = shipped_tree("oc-data-scientist")["assessments"]

    assert [each["bloc"] for each in assessments] == ["1", "2", "3", "4", "5", "6"]
    assert {each["title"] for each in assessments} == {"Mise en situation professionnelle (projet) Et Soutenance orale"}
    assert all(each["assessors"] == ["mentor", "jury"] for each in assessments)
    assert all([part["kind"] for part in each["parts"]] == ["project", "defence"] for each in assessments)


def test_deliverables_are_said_to_be_implied() -> None:
    deliverables = [
        each for assessment in shipped_tree("oc-data-scientist")["assessments"] for each in assessment["deliverables"]
    ]

    assert all(each["implied"] for each in deliverables)
    assert Counter(each["kind"] for each in deliverables)["slides"] == 6


def test_what_the_text_does_not_say_stays_unsaid() -> None:
    tree = shipped_tree("oc-data-scientist")

    assert not {"certifier", "rncp_code", "level"} & set(tree["metadata"])
    assert tree["metadata"]["legal_basis"]["text"].startswith("Les certifications professionnelles enregistrées")
    assert tree["award_rule"]["stated"] == []
    assert len(tree["notes"]) > 10
