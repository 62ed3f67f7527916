"""The référentiel “Expert(e) en science des données”: nothing lost, nothing reworded."""

from __future__ import annotations

from typing import Any

import pytest

from certification.referentials.services import load_edition
from certification.referentials.shipped import shipped_tree
from certification.referentials.tree import edition_tree
from certification.referentials.validation import normalised, problems_of
from certification.referentials.yaml_form import parse_form, write_form

CODE = "expert-science-donnees"


@pytest.fixture(scope="module")
def tree() -> dict[str, Any]:
    shipped: dict[str, Any] = shipped_tree(CODE)
    return shipped


@pytest.fixture(scope="module")
def competencies(tree: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The competencies by their code."""
    return {
        competency["code"]: competency
        for bloc in tree["blocs"]
        for activity in bloc["activities"]
        for competency in activity["competencies"]
    }


def test_it_holds(tree: dict[str, Any]) -> None:
    assert problems_of(tree) == []


@pytest.mark.django_db
@pytest.mark.usefixtures("known_checks")
def test_the_database_and_the_export_lose_nothing(tree: dict[str, Any]) -> None:
    stored = edition_tree(load_edition(tree=tree).referential)

    assert stored == normalised(tree)
    assert normalised(parse_form(write_form(stored).encode())) == stored


@pytest.mark.parametrize(
    ("rank", "tasks", "criteria"),
    [
        (
            0,
            {"A1.1": 5, "A1.2": 3, "A1.3": 4, "A.1.4": 4},
            {"1.1": [1, 2, 2], "1.2": [2, 2], "1.3": [2, 2, 2], "1.4": [2, 2]},
        ),
        (1, {"A2.1": 7, "A2.2": 3, "A2.3": 2}, {"2.1": [1, 2, 2, 2], "2.2": [3, 2], "2.3": [2, 2]}),
        (
            2,
            {"A3.1": 6, "A3.2": 5, "A3.3": 5, "A3.4": 4},
            {"3.1": [1, 2, 2], "3.2": [6, 3], "3.3": [6, 4, 3], "3.4": [2, 3]},
        ),
        (
            3,
            {"A4.1": 3, "A4.2": 3, "A4.3": 3, "A4.4": 3},
            {"4.1": [2, 2], "4.2": [1, 2, 1], "4.3": [2, 2, 1], "4.4": [2, 3]},
        ),
        (4, {"A5.1": 3, "A5.2": 5, "A5.3": 5}, {"5.1": [2, 2, 2], "5.2": [2, 2, 3, 2], "5.3": [2, 1, 2, 1]}),
    ],
)
def test_every_line_is_there(
    tree: dict[str, Any], rank: int, tasks: dict[str, int], criteria: dict[str, list[int]]
) -> None:
    bloc = tree["blocs"][rank]
    found = {
        competency["code"]: len(competency["criteria"])
        for activity in bloc["activities"]
        for competency in activity["competencies"]
    }

    assert bloc["code"] == str(rank + 1)
    assert {activity["code"]: len(activity["tasks"]) for activity in bloc["activities"]} == tasks
    assert found == {
        f"C{activity}.{place}": count for activity, counts in criteria.items() for place, count in enumerate(counts, 1)
    }


@pytest.mark.parametrize(
    ("competency", "criterion", "text"),
    [
        ("C1.1.1", 0, "La stratégie de collecte présentée permet d'identifier :"),
        (
            "C1.1.3",
            0,
            "La méthode d'automatisation utilisée pour la collecte des données est présentée et argumentée. Elle "
            "comporte par exemple :",
        ),
        (
            "C1.3.3",
            0,
            "La solution ETL choisie (ex : Talend, SSIS, plateforme AWS Glue) est justifiée avec les bénéfices "
            "attendus (ex : facilité de développement, efficacité)",
        ),
        (
            "C2.1.3",
            0,
            "Plusieurs techniques d'analyse sont présentées. (ex : requêtes SQL, Jupyter Notebook, Tableurs, "
            "Dashboard)",
        ),
        (
            "C2.1.3",
            1,
            "Elles permettent d'obtenir rapidement des résultats justes au regard de la problématique traitée.",
        ),
        (
            "C3.2.1",
            4,
            "Les tâches sont assignées aux différents membres de l'équipe selon leurs compétences (matrice RACI, "
            "RASCI) et tiennent compte des personnes en situation d'handicap.",
        ),
        (
            "C4.1.2",
            1,
            "Ces composants et ces technologies permettent de concevoir une architecture DATA qui répondent "
            "efficacement au besoin exprimé par le commanditaire",
        ),
        (
            "C5.2.3",
            2,
            "L'entrainement fonctionne et produit un modèle d'apprentissage automatique capable d'inférences.",
        ),
        ("C5.3.3", 0, "Le système de monitoring permet de suivre la performance du modèle au cours du temps."),
        ("C5.3.3", 1, "Il permet de remonter les alertes."),
    ],
)
def test_some_criteria_word_for_word(
    competencies: dict[str, dict[str, Any]], competency: str, criterion: int, text: str
) -> None:
    assert competencies[competency]["criteria"][criterion]["text"] == text


@pytest.mark.parametrize(
    ("competency", "text"),
    [
        (
            "C1.1.2",
            "Mettre en œuvre des techniques de collecte de données en exploitant les API externes et les bases de "
            "données disponibles, des techniques de web crawling et de web scraping afin de recueillir les données "
            "ciblées.",
        ),
        (
            "C3.2.2",
            "Suivre l'avancement du projet en mettant en place un outil de suivi (logiciel de suivi, tableau de "
            "bord), en définissant les indicateurs (qualitatifs et/ou quantitatifs) pour chaque jalon défini dans "
            "le planning, en réalisant des reportings et des comptes rendus de réunion afin d'anticiper les aléas "
            "éventuels.",
        ),
        (
            "C5.2.2",
            "Sélectionner les variables en identifiant les différentes méthodes de sélection de variables "
            "possibles, en utilisant des méthodologies d'apprentissage automatique afin d'optimiser la performance "
            "du modèle.",
        ),
        (
            "C5.3.2",
            "Déployer des modèles d'apprentissage automatique en utilisant des API et des outils CI/CD afin de le "
            "mettre en production.",
        ),
    ],
)
def test_competencies_cut_by_pages_or_notes_are_whole(
    competencies: dict[str, dict[str, Any]], competency: str, text: str
) -> None:
    assert competencies[competency]["text"] == text


@pytest.mark.parametrize(
    ("competency", "criterion", "beginning"),
    [
        ("C2.2.1", 0, "Le choix des outils de mise en forme"),
        ("C3.3.1", 4, "Des formations sont préconisées"),
        ("C3.3.1", 5, "Les modalités de formation sont adaptées"),
        ("C3.3.2", 3, "Les personnes en situation de handicap"),
        ("C4.3.1", 1, "Le système de supervision permet de surveiller"),
        ("C4.3.2", 1, "La feuille de route d'exploitation permet"),
        ("C5.1.1", 1, "L'analyse du besoin permet de conclure"),
        ("C5.3.1", 0, "La méthode de sauvegarde permet"),
    ],
)
def test_criteria_printed_a_row_away_are_back_in_place(
    competencies: dict[str, dict[str, Any]], competency: str, criterion: int, beginning: str
) -> None:
    assert competencies[competency]["criteria"][criterion]["text"].startswith(beginning)


@pytest.mark.parametrize(
    ("competency", "criterion", "items"),
    [
        ("C1.1.2", 0, ["Web crawling", "Web Scraping", "requêtes SQL", "API externes"]),
        (
            "C4.3.1",
            0,
            [
                "Les éléments et les indicateurs à surveiller",
                "Les choix et la configuration des outils de supervision",
                "La visualisation des indicateurs",
                "Le système d'alertes",
            ],
        ),
        (
            "C4.3.2",
            0,
            [
                "les tâches à réaliser (ex : expiration et renouvellement des certificats)",
                "les échéances (ex : tests, mises à jour)",
                "la planification de la maintenance",
                "les points de vigilance",
            ],
        ),
        (
            "C5.3.4",
            0,
            [
                "d'historiser les prévisions",
                "de collecter de nouvelles données d'apprentissage",
                "de mettre à jour des modèles Machine Learning.",
            ],
        ),
    ],
)
def test_sub_items_cut_by_pages_are_whole(
    competencies: dict[str, dict[str, Any]], competency: str, criterion: int, items: list[str]
) -> None:
    assert competencies[competency]["criteria"][criterion]["items"] == items


def test_three_methods_of_treatment_are_a_minimum(competencies: dict[str, dict[str, Any]]) -> None:
    assert competencies["C4.2.2"]["criteria"][0]["minimum"] == 3


def test_one_speciality_is_chosen_of_two(tree: dict[str, Any]) -> None:
    assert [bloc.get("option_group") for bloc in tree["blocs"]] == [None, None, None, "specialite", "specialite"]
    assert [group["choose"] for group in tree["option_groups"]] == [1]


def test_each_bloc_has_its_situation_and_gathers_its_deliverables(
    tree: dict[str, Any], competencies: dict[str, dict[str, Any]]
) -> None:
    gathered = [
        [assessment["deliverables"][0][name] for name in ("key", "kind", "text")] for assessment in tree["assessments"]
    ]
    contained = [
        deliverable["container"] for competency in competencies.values() for deliverable in competency["deliverables"]
    ]

    assert [assessment["scenario"] for assessment in tree["assessments"]] == ["either"] * 5
    assert gathered == [
        ["dossier-1", "document", "Un dossier écrit"],
        ["dossier-2", "document", "Un dossier écrit"],
        ["dossier-3", "document", "Un dossier écrit"],
        ["soutenance-4", "slides", "Une soutenance"],
        ["soutenance-5", "slides", "Une soutenance"],
    ]
    assert [contained.count(key) for key, _, _ in gathered] == [13, 8, 11, 10, 11]


def test_only_the_model_file_is_implied(tree: dict[str, Any]) -> None:
    implied = [
        deliverable["kind"]
        for assessment in tree["assessments"]
        for deliverable in assessment["deliverables"]
        if deliverable.get("implied")
    ]

    assert implied == ["model"]


def test_what_the_text_does_not_say_stays_unsaid(tree: dict[str, Any]) -> None:
    assert not {"certifier", "rncp_code", "level"} & set(tree["metadata"])
    assert tree["award_rule"]["stated"] == []
    assert not any("duration_minutes" in assessment or "work" in assessment for assessment in tree["assessments"])
