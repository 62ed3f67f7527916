"""The référentiel “Ingénieur en intelligence artificielle (MS)”: nothing lost, nothing reworded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from certification.referentials.models import Assessment, Criterion
from certification.referentials.services import load_edition
from certification.referentials.shipped import shipped_tree
from certification.referentials.tree import edition_tree
from certification.referentials.validation import normalised, problems_of
from certification.referentials.yaml_form import parse_form

CODE = "ingenieur-ia-ms"
SENTENCES = {
    ("1", "A1-C1-E1"): "Le recueil des besoins métiers est exhaustif.",
    ("1", "A4-C4-E2"): (
        "Le candidat propose des solutions pour atténuer les risques identifiés, en recommandant des "
        "directrices éthiques et d'accessibilité pour la notification des changements dans les données ou les "
        "traitements notamment dans les applications dynamiques."
    ),
    ("1", "A5-C6-E6"): (
        "Les diagrammes d'architecture évaluent les points de connexion et son risque d'interruption de la "
        "continuité opérationnelle."
    ),
    ("2", "A2-C3-E4"): (
        "Les procédures de préparation(lemmatisation ou la racinisation), la suppression des stop words et la "
        "gestion des synonymes sont utilisées pour normaliser les termes"
    ),
    ("2", "A5-C7-E10"): (
        "La stratégie de combinaison choisie, répond bien à l'intégration des modèles individuels et à "
        "l'agrégation de leurs prédictions."
    ),
    ("3", "A2-C2-E3"): "Les missions de chaque membre de l'équipe sont attribuées.",
    ("4", "A1-C2-E4"): "Au moins une infographie est proposée pour rendre compte des résultats",
    ("5A", "A1-C4-E9"): (
        "Les architectures de modèles de représentation de texte disponibles, telles que les modèles basés "
        "sur des sacs de mots, les modèles de word embeddings, ou les transformers sont évaluées."
    ),
    ("5A", "A2-C5-E12"): (
        "Les performances des solveurs potentiels en termes de vitesse, de précision, de capacité de gestion "
        "des contraintes, et d'autres critères pertinents pour le problème donné sont évalués."
    ),
    ("5A", "A3-C6-E9"): (
        "Les approches de génération d'images sont différenciées afin de comprendre les différentes méthodes; "
        "architectures de modèles génératifs mécanismes de génération de ces architectures,"
    ),
    ("5B", "A4-C3-E4"): "Un traitement par lots avec reprise sur incident est implémentée",
    ("5B", "A5-C2-E2"): "L'utilisation de techniques de conteneurs (comme Docker) est assurée.",
}


@pytest.fixture(scope="module")
def edition() -> dict[str, Any]:
    tree: dict[str, Any] = shipped_tree(CODE)
    return tree


@pytest.fixture(scope="module")
def blocs(edition: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {bloc["code"]: bloc for bloc in edition["blocs"]}


def competencies_of(bloc: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for activity in bloc["activities"]:
        yield from activity["competencies"]


def criteria_of(bloc: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The criteria of a bloc by their code, which no two of them share."""
    found = [criterion for each in competencies_of(bloc) for criterion in each.get("criteria", [])]
    by_code = {criterion["code"]: criterion for criterion in found}
    assert len(by_code) == len(found)
    return by_code


def assessments_of(edition: dict[str, Any], bloc: str | None) -> list[dict[str, Any]]:
    return [each for each in edition["assessments"] if each.get("bloc") == bloc]


def test_it_holds(edition: dict[str, Any], blocs: dict[str, dict[str, Any]]) -> None:
    assert problems_of(edition) == []
    assert list(blocs) == ["1", "2", "3", "4", "5A", "5B"]
    assert sum(len(criteria_of(bloc)) for bloc in blocs.values()) == 161
    assert len(edition["assessments"]) == 42


@pytest.mark.parametrize(
    ("code", "tasks", "competencies", "criteria", "items", "assessments"),
    [
        ("1", [2, 1, 1, 3, 3], [2, 1, 1, 7, 6], [3, 2, 3, 4, 6], 0, 4),
        ("2", [2, 1, 1, 2, 3, 2], [5, 3, 3, 4, 7, 5], [7, 4, 5, 9, 10, 6], 0, 9),
        ("3", [2, 3, 2], [3, 4, 2], [3, 6, 2], 4, 3),
        ("4", [2, 2, 3], [2, 2, 3], [5, 4, 5], 0, 3),
        ("5A", [2, 3, 3, 3, 1], [4, 5, 6, 5, 5], [11, 13, 15, 6, 5], 0, 12),
        ("5B", [2, 2, 2, 2, 1], [3, 5, 2, 6, 2], [7, 6, 5, 7, 2], 0, 10),
    ],
)
def test_every_line_is_there(
    edition: dict[str, Any],
    blocs: dict[str, dict[str, Any]],
    code: str,
    tasks: list[int],
    competencies: list[int],
    criteria: list[int],
    items: int,
    assessments: int,
) -> None:
    activities = blocs[code]["activities"]

    assert [activity["code"] for activity in activities] == [f"A{rank}" for rank in range(1, len(tasks) + 1)]
    assert [len(activity["tasks"]) for activity in activities] == tasks
    assert [len(activity["competencies"]) for activity in activities] == competencies
    assert [len(criteria_of({"activities": [activity]})) for activity in activities] == criteria
    assert sum(len(each.get("items", [])) for each in criteria_of(blocs[code]).values()) == items
    assert len(assessments_of(edition, code)) == assessments


@pytest.mark.parametrize(("bloc", "code"), SENTENCES)
def test_some_criteria_word_for_word(blocs: dict[str, dict[str, Any]], bloc: str, code: str) -> None:
    assert criteria_of(blocs[bloc])[code]["text"] == SENTENCES[bloc, code]


def test_competencies_cut_by_a_page_are_whole(blocs: dict[str, dict[str, Any]]) -> None:
    found = {(code, each["code"]): each["text"] for code, bloc in blocs.items() for each in competencies_of(bloc)}

    assert found["5A", "A3-C5"].endswith(
        "en les confrontant à des représentations d'une autre modalité afin de mieux fusionner l'information."
    )
    assert found["5A", "A4-C4"].endswith(
        "en permettant à un robot d'interagir avec un être humain afin de s'améliorer et de devenir plus performant."
    )
    assert found["5B", "A4-C6"].startswith("Améliorer l'efficacité des pipelines en optimisant")


def test_sub_items_belong_to_their_criterion(blocs: dict[str, dict[str, Any]]) -> None:
    criterion = criteria_of(blocs["3"])["A2-C4-E5"]

    assert criterion["text"] == "Des indicateurs de suivi sont mis en place :"
    assert criterion["items"] == [
        "Chaque indicateur est associé à un objectif précis;",
        "Ils sont réalistes, mesurables et définis dans le temps;",
        "Ils impliquent une décision (même de ne pas agir);",
        "Ils sont intelligibles par des profils non techniques",
    ]


def test_a_criterion_may_cover_several_competencies(blocs: dict[str, dict[str, Any]]) -> None:
    found = {
        (code, criterion["code"]): criterion["covers"]
        for code, bloc in blocs.items()
        for criterion in criteria_of(bloc).values()
        if "covers" in criterion
    }

    assert found == {
        ("1", "A4-C1 à C3-E1"): ["A4-C1", "A4-C2", "A4-C3"],
        ("1", "A4-C5 à C6-E3"): ["A4-C5", "A4-C6"],
        ("3", "A3-C1-E2"): ["A3-C1", "A3-C2"],
    }


def test_competencies_without_a_criterion_of_their_own(blocs: dict[str, dict[str, Any]]) -> None:
    found = [
        (code, each["code"]) for code, bloc in blocs.items() for each in competencies_of(bloc) if "criteria" not in each
    ]

    assert found == [("1", "A4-C2"), ("1", "A4-C3"), ("1", "A4-C6"), ("2", "A1-C3")]


def test_least_quantities_are_stated(blocs: dict[str, dict[str, Any]]) -> None:
    found = {
        (code, criterion["code"]): criterion["minimum"]
        for code, bloc in blocs.items()
        for criterion in criteria_of(bloc).values()
        if "minimum" in criterion
    }

    assert found == {("2", "A4-C1-E2"): 3, ("2", "A4-C1-E3"): 3, ("4", "A1-C2-E4"): 1}


def test_one_of_two_options_is_chosen(edition: dict[str, Any], blocs: dict[str, dict[str, Any]]) -> None:
    (group,) = edition["option_groups"]

    assert group["choose"] == 1
    assert [code for code, bloc in blocs.items() if bloc.get("option_group") == group["code"]] == ["5A", "5B"]


def test_kinds_of_assessments(edition: dict[str, Any]) -> None:
    assert Counter(each["kind"] for each in edition["assessments"]) == {
        "situation": 24,
        "role_play": 11,
        "case_study": 3,
        "peer": 2,
        "project": 1,
        "thesis": 1,
    }


def test_every_competency_is_assessed_once(edition: dict[str, Any], blocs: dict[str, dict[str, Any]]) -> None:
    for code, bloc in blocs.items():
        assessed = [named for each in assessments_of(edition, code) for named in each["competencies"]]
        assert sorted(assessed) == sorted(each["code"] for each in competencies_of(bloc))


def test_who_is_marked_stays_apart_from_who_works(edition: dict[str, Any]) -> None:
    found = Counter((each.get("work"), each.get("marking")) for each in edition["assessments"])

    assert found == {
        ("solo", "individual"): 20,
        ("group", "individual"): 10,
        ("group", "collective"): 1,
        (None, "individual"): 10,
        (None, None): 1,
    }


def test_a_code_and_who_assesses_are_seldom_said(edition: dict[str, Any]) -> None:
    found = {rank: each["assessors"] for rank, each in enumerate(edition["assessments"], 1) if "assessors" in each}

    assert [rank for rank, each in enumerate(edition["assessments"], 1) if each.get("code") == "ME10"] == [29]
    assert found == {24: ["peers"], 33: ["peers"], 36: ["trainer"], 40: ["peers"], 42: ["jury"]}


@pytest.mark.parametrize(
    ("rank", "field", "end"),
    [
        (0, "brief", "dans le cadre d'une analyse risque/bénéfice des innovations étudiées."),
        (8, "conditions", "Évaluation individuelle de la présentation orale du rapport par l'équipe."),
        (
            14,
            "conditions",
            "Évaluation collective de plusieurs présentations orales au cours de la formation et de la production "
            "d'un rapport écrit.",
        ),
        (23, "brief", "élaborer des plans d'action optimaux qui répondent aux besoins de manière efficace."),
        (39, "conditions", "Le candidat est évalué individuellement par ses pairs."),
    ],
)
def test_some_assessments_word_for_word(edition: dict[str, Any], rank: int, field: str, end: str) -> None:
    assert edition["assessments"][rank][field].endswith(end)


def test_the_thesis_stands_outside_any_bloc(edition: dict[str, Any]) -> None:
    (thesis,) = assessments_of(edition, None)

    assert (thesis["kind"], thesis["scenario"], thesis["audience"]) == ("thesis", "real", "un jury")
    assert [part["kind"] for part in thesis["parts"]] == ["thesis", "defence"]
    assert thesis["conditions"].endswith("une mission en entreprise de 4 mois minimum équivalent temps plein")


def test_what_the_award_asks_and_whom_it_exempts(edition: dict[str, Any]) -> None:
    award = edition["award_rule"]

    assert award["certification"] == {"rule": "all_blocs", "assessments": ["thesis"], "exempt": ["VAE"]}
    assert all(each in award["text"] for each in award["stated"])
    assert not any(each in award["text"] for each in award["implied"])


def test_tasks_face_their_competencies(edition: dict[str, Any], blocs: dict[str, dict[str, Any]]) -> None:
    facing = edition["metadata"]["tasks_and_competencies"]

    for code, bloc in blocs.items():
        for activity in bloc["activities"]:
            shares = facing[code][activity["code"]]
            assert len(shares) == len(activity["tasks"])
            assert [named for share in shares for named in share] == [each["code"] for each in activity["competencies"]]


def test_no_criterion_is_left_to_the_machine(blocs: dict[str, dict[str, Any]]) -> None:
    checks = [
        check for bloc in blocs.values() for each in criteria_of(bloc).values() for check in each.get("checks", [])
    ]

    assert {check["role"] for check in checks} == {"informed"}


def test_what_the_text_does_not_say_stays_unsaid(edition: dict[str, Any]) -> None:
    assert not {"certifier", "rncp_code", "level"} & set(edition["metadata"])
    assert not any("minutes" in name for each in edition["assessments"] for name in each)


@pytest.mark.django_db
@pytest.mark.usefixtures("known_checks")
def test_it_loads_and_comes_back_without_loss(edition: dict[str, Any]) -> None:
    loaded = load_edition(tree=edition).referential
    out = StringIO()
    call_command("referentials", "export", CODE, "--format", "yaml", stdout=out)

    assert (Criterion.objects.count(), Assessment.objects.count()) == (161, 42)
    assert edition_tree(loaded) == normalised(edition)
    assert normalised(parse_form(out.getvalue().encode())) == normalised(edition)
