"""The référentiel “Science des données et apprentissage profond”: no bloc, nothing lost, nothing reworded."""

from __future__ import annotations

from typing import Any

import pytest

from certification.referentials.services import load_edition
from certification.referentials.shipped import shipped_tree
from certification.referentials.tree import edition_tree
from certification.referentials.validation import normalised, problems_of
from certification.referentials.yaml_form import parse_form, write_form

CODE = "sd-deep-learning-ia"


@pytest.fixture(scope="module")
def tree() -> dict[str, Any]:
    shipped: dict[str, Any] = shipped_tree(CODE)
    return shipped


def test_it_holds(tree: dict[str, Any]) -> None:
    """Three épreuves share the whole référentiel, and the text says of none what it judges: that alone is told."""
    told = [(problem.path, problem.code, problem.level) for problem in problems_of(tree)]
    assert told == [(f"assessments[{rank}].competencies", "unmapped", "warning") for rank in range(3)]


@pytest.mark.django_db
@pytest.mark.usefixtures("known_checks")
def test_the_database_and_the_export_lose_nothing(tree: dict[str, Any]) -> None:
    stored = edition_tree(load_edition(tree=tree).referential)

    assert stored == normalised(tree)
    assert normalised(parse_form(write_form(stored).encode())) == stored


def test_every_line_is_there_outside_any_bloc(tree: dict[str, Any]) -> None:
    assert not {"blocs", "activities", "criteria"} & set(tree)
    assert {each["code"]: len(each["criteria"]) for each in tree["competencies"]} == {
        "C1": 3,
        "C2": 3,
        "C3": 3,
        "C4": 3,
        "C5": 3,
        "C6": 2,
        "C7": 2,
        "C8": 2,
        "C9": 5,
        "C10": 4,
        "C11": 2,
    }


def test_criteria_share_their_lead_in(tree: dict[str, Any]) -> None:
    criteria = [criterion for each in tree["competencies"] for criterion in each["criteria"]]

    assert {criterion["lead_in"] for criterion in criteria} == {"Capacité à :"}
    assert not any("code" in criterion for criterion in criteria)


@pytest.mark.parametrize(
    ("rank", "text"),
    [
        (
            0,
            "Recueillir des données publiques ou privées exploitables pour l'entraînement de modèles d'apprentissage "
            "automatique",
        ),
        (
            6,
            "Adapter une architecture d'apprentissage profonde pré-entraînée aux spécificités des problématiques "
            "applicatives.",
        ),
        (
            10,
            "Respecter la réglementation et les bonnes pratiques d'utilisation des données, concernant le respect des "
            "données personnelles, de sécurité et d'éthique",
        ),
    ],
)
def test_some_competencies_word_for_word(tree: dict[str, Any], rank: int, text: str) -> None:
    assert tree["competencies"][rank]["text"] == text


@pytest.mark.parametrize(
    ("rank", "criterion", "text"),
    [
        (0, 0, "Déterminer l'architecture de stockage des données ;"),
        (1, 2, "Interpréter les valeurs obtenues au regard de l'ensemble de la chaîne de traitement visée."),
        (
            2,
            2,
            "Utiliser l'infrastructure logicielle Spark pour manipuler les données et mettre en place les schémas "
            "MapReduce.",
        ),
        (
            3,
            2,
            "Définir la nature et la quantité des données à exploiter ; proposer une architecture d'acquisition et de "
            "stockage des données à exploiter",
        ),
        (5, 1, "entraîner un réseau de neurones profond"),
        (
            7,
            0,
            "Entraîner des modèles d'apprentissage automatique de natures variées sur un même jeu de données ;",
        ),
        (
            8,
            4,
            "Informer relativement à l'éthique, la sécurité et au droit d'utilisation des données.",
        ),
        (9, 2, "restituer les évolutions techniques des bibliothèques logicielles de référence ;"),
        (10, 1, "Se tenir informé des évolutions réglementaires concernant l'utilisation des données."),
    ],
)
def test_some_criteria_word_for_word(tree: dict[str, Any], rank: int, criterion: int, text: str) -> None:
    assert tree["competencies"][rank]["criteria"][criterion]["text"] == text


def test_three_assessments_stand_outside_any_bloc(tree: dict[str, Any]) -> None:
    assessments = tree["assessments"]

    assert [(each["code"], each["title"], each["kind"]) for each in assessments] == [
        ("E1", "Mise en situation professionnelle", "situation"),
        ("E2", "Mise en situation professionnelle", "situation"),
        ("E3", "Projet professionnel", "project"),
    ]
    assert all(each["scenario"] == "either" for each in assessments)
    assert not any({"bloc", "competencies"} & set(each) for each in assessments)


def test_only_the_defence_of_the_project_has_durations_and_a_jury(tree: dict[str, Any]) -> None:
    names = ("talk_minutes", "questions_minutes", "assessors", "audience")

    assert [[each.get(name) for name in names] for each in tree["assessments"]] == [
        [None] * 4,
        [None] * 4,
        [20, 10, ["jury"], "jury"],
    ]


def test_what_is_to_hand_in_is_kept_with_its_assessment(tree: dict[str, Any]) -> None:
    report, code = tree["assessments"][1]["deliverables"]

    assert report["text"] == (
        "Rapport écrit comprenant une synthèse du code informatique développé pour mener à bien l'élaboration du jeu "
        "de données et le modèle d'apprentissage, une analyse et une critique constructive des résultats numériques "
        "permettant d'améliorer l'ensemble."
    )
    assert code["implied"]
    assert tree["assessments"][2]["deliverables"][0]["text"].startswith("Une soutenance composée d'une présentation")


def test_what_the_text_does_not_say_stays_unsaid(tree: dict[str, Any]) -> None:
    assert set(tree["metadata"]) == {"description"}
    assert tree["award_rule"]["certification"] == {"rule": "jury"}
    assert (tree["award_rule"]["stated"], len(tree["award_rule"]["implied"])) == ([], 1)
