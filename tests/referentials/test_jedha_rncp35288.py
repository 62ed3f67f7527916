"""The référentiel “Concepteur Développeur en Science des Données”: competencies that are the grid's own lines."""

from __future__ import annotations

from typing import Any

import pytest

from certification.referentials.services import load_edition
from certification.referentials.shipped import shipped_tree
from certification.referentials.tree import edition_tree
from certification.referentials.validation import normalised, problems_of
from certification.referentials.yaml_form import parse_form, write_form

CODE = "jedha-rncp35288"


@pytest.fixture(scope="module")
def tree() -> dict[str, Any]:
    shipped: dict[str, Any] = shipped_tree(CODE)
    return shipped


def test_it_holds(tree: dict[str, Any]) -> None:
    assert problems_of(tree) == []


@pytest.mark.django_db
@pytest.mark.usefixtures("known_checks")
def test_the_database_and_the_export_lose_nothing(tree: dict[str, Any]) -> None:
    stored = edition_tree(load_edition(tree=tree).referential)

    assert stored == normalised(tree)
    assert normalised(parse_form(write_form(stored).encode())) == stored


def test_every_line_is_there(tree: dict[str, Any]) -> None:
    counts = {"BC01": 4, "BC02": 4, "BC03": 4, "BC04": 5, "BC05": 3, "BC06": 6}
    found = {bloc["code"]: [each["code"] for each in bloc["competencies"]] for bloc in tree["blocs"]}

    assert found == {
        code: [f"C{int(code[2:])}.{place}" for place in range(1, count + 1)] for code, count in counts.items()
    }


def test_there_is_no_activity_and_no_criterion(tree: dict[str, Any]) -> None:
    assert not any("activities" in bloc or "criteria" in bloc for bloc in tree["blocs"])
    assert not any("criteria" in each for bloc in tree["blocs"] for each in bloc["competencies"])


@pytest.mark.parametrize(
    ("bloc", "competency", "text"),
    [
        (
            0,
            0,
            "Concevoir une architecture de données robuste et adaptée en créant des lacs de données (Data Lake en "
            "anglais) et des entrepôts de données (Data Warehouse en anglais) afin de répondre aux besoins de "
            "stockage, d'utilisation, de sécurité et de protection de l'organisation définie par un cahier des "
            "charges.",
        ),
        (
            0,
            2,
            "Collecter des données provenant de différentes sources (Web, Logiciels internes de type Sage / Excel ou "
            "externes de type Google Analytics) via des librairies de programmation de type Scrapy ou Beautifulsoup "
            "dans le respect des normes de protection des données utilisateurs définies dans le RGPD pour alimenter "
            "le Data Lake afin d'affiner le résultat d'analyses futures.",
        ),
        (
            2,
            1,
            "Effectuer des analyses prédictives sur un jeu de données structurées grâce à des algorithmes "
            "d'apprentissage automatique supervisés adaptés afin d'automatiser des tâches liées aux résultats des "
            "prédictions de ces algorithmes.",
        ),
        (
            3,
            3,
            "Créer des données non-structurées en élaborant des réseaux de neurones adverses afin de construire de "
            "nouvelles bases d'entrainement pour des applications d'intelligence artificielle.",
        ),
        (
            4,
            1,
            "Créer une interface de programmation applicative grâce à des outil comme AWS sagemaker afin de donner un "
            "accès à échelle aux prédictions des algorithmes d'apprentissage automatique à l'ensemble des équipes "
            "métiers concernées.",
        ),
        (
            5,
            2,
            "Définir un cahier des charges, un retroplanning et un budget afin de défendre et détailler aux directions "
            "métier un projet data répondant aux besoins de l'organisation.",
        ),
        (
            5,
            5,
            "Diriger un projet de gestion de données, allant de sa conception à la mise en place de solutions, afin de "
            "le mener jusqu'à son terme, d'être la personne clé disposant de toutes les informations sur le projet à "
            "tout moment, et d'accompagner d'autres services de l'organisation dans l'ensemble des activités relatives "
            "à celui-ci.",
        ),
    ],
)
def test_some_competencies_word_for_word(tree: dict[str, Any], bloc: int, competency: int, text: str) -> None:
    assert tree["blocs"][bloc]["competencies"][competency]["text"] == text


@pytest.mark.parametrize(
    ("bloc", "title"),
    [
        (0, "Construction et alimentation d'une infrastructure de gestion de donnees"),
        (3, "Analyse predictive de donnees non-structurees par IA (Deep Learning)"),
        (5, "Direction de projets de gestion de donnees"),
    ],
)
def test_titles_stay_without_accents(tree: dict[str, Any], bloc: int, title: str) -> None:
    assert tree["blocs"][bloc]["title"] == title


def test_each_bloc_has_the_studies_announced(tree: dict[str, Any]) -> None:
    found = [(each["bloc"], each["title"], len(each.get("parts", []))) for each in tree["assessments"]]

    assert found == [
        ("BC01", "Une étude de cas sur des données réelles", 0),
        ("BC02", "Deux études de cas sur des données réelles", 2),
        ("BC03", "Trois études de cas pratiques tirées de cas réels", 3),
        ("BC04", "Une étude de cas pratique sur des données non-structurées", 0),
        ("BC05", "Une étude de cas pratique sur le déploiement d'un algorithme d'apprentissage automatique", 0),
        ("BC06", "Un projet data conçu de A à Z", 2),
    ]


@pytest.mark.parametrize("rank", [1, 2])
def test_the_studies_of_a_bloc_make_up_its_theme(tree: dict[str, Any], rank: int) -> None:
    assessment = tree["assessments"][rank]

    assert " ".join(part["title"] for part in assessment["parts"]) == assessment["brief"]


def test_the_project_is_chosen_and_defended(tree: dict[str, Any]) -> None:
    project = tree["assessments"][5]

    assert [project[name] for name in ("talk_minutes", "questions_minutes", "questions_minutes_max")] == [10, 5, 10]
    assert project["scenario_chosen_by_candidate"]
    assert project["conditions"] == (
        "Il fera l'objet d'une soutenance orale de 10 minutes suivie de 5 à 10 minutes de questions."
    )


def test_deliverables_are_said_to_be_implied(tree: dict[str, Any]) -> None:
    assert all(each["implied"] for assessment in tree["assessments"] for each in assessment["deliverables"])


def test_metadata_are_those_printed(tree: dict[str, Any]) -> None:
    metadata = tree["metadata"]

    assert (metadata["rncp_code"], metadata["level"]) == ("RNCP35288", 6)
    assert [each["code"] for each in metadata["nsf"]] == ["326", "114g"]
    assert [each["code"] for each in metadata["formacodes"]] == ["11052", "11036", "31028", "31026"]
    assert "rome" not in metadata
