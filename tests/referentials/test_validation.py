"""What is wrong with a tree is named with its place."""

from __future__ import annotations

from typing import Any

import pytest

from assessments.models.sessions import AccessPath
from certification.referentials import rules
from certification.referentials.errors import InvalidTree, Problem
from certification.referentials.structure import content_hash
from certification.referentials.validation import Catalogue, normalised
from certification.referentials.validation import problems_of as every_problem_of
from tests.referentials.conftest import CATALOGUE, of_the_form

CRITERION = "blocs[0].activities[0].competencies[0].criteria[0]"


def problems_of(tree: Any, catalogue: Catalogue | None = None) -> list[Problem]:
    return of_the_form(every_problem_of(tree, catalogue))


def put(tree: dict[str, Any], path: str, value: Any) -> None:
    """Write `value` at a path such as `blocs[0].title`."""
    steps: list[str | int] = []
    for name in path.split("."):
        head, *ranks = name.replace("]", "").split("[")
        steps += [head, *(int(rank) for rank in ranks)]
    here: Any = tree
    for step in steps[:-1]:
        here = here[step]
    here[steps[-1]] = value


def test_the_small_edition_holds(tree: dict[str, Any]) -> None:
    assert problems_of(tree, CATALOGUE) == []


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("title", None, "missing"),
        ("title", "", "empty"),
        ("title", " x ", "spaces"),
        ("title", "x\x00", "control_character"),
        ("title", "x" * 301, "too_long"),
        ("code", 1.1, "type"),
        ("code", "Pas Un Slug", "slug"),
        ("format", 2, "range"),
        ("format", True, "type"),
        ("inconnu", 1, "unknown_key"),
        ("metadata", [], "type"),
        ("metadata", {"level": 9}, "metadata"),
        ("metadata", {"x": float("nan")}, "type"),
        ("metadata", {"x": "\x00"}, "type"),
        ("metadata", {1: "x"}, "type"),
        ("scale", [], "scale"),
        ("scale[1].code", "acquired", "duplicate_code"),
        ("scale[0].acquired", False, "scale"),
        ("scale[0].assessed", False, "scale"),
        ("award_rule", {"bloc": {"rule": "share"}}, "award_rule"),
        ("award_rule", {"bloc": {"rule": "all", "threshold": 0.5}}, "award_rule"),
        ("award_rule", {"bloc": {"rule": "share", "threshold": 1.5}}, "award_rule"),
        ("award_rule", {"certification": {"rule": "hasard"}}, "award_rule"),
        ("award_rule", {"certification": {"rule": "all_blocs", "assessments": ["quiz"]}}, "award_rule"),
        ("award_rule", {"certification": {"rule": "all_blocs", "exempt": ["amis"]}}, "award_rule"),
        ("award_rule", {"certification": {"exempt": ["VAE"]}}, "award_rule"),
        ("award_rule", {"stated": [""]}, "award_rule"),
        ("blocs", {}, "type"),
        ("blocs[0]", "x", "type"),
        ("blocs[0].titre", "x", "unknown_key"),
        ("blocs[2].code", "5A", "duplicate_code"),
        ("blocs[1].option_group", "9", "unknown_reference"),
        ("option_groups[0].choose", 3, "option_group"),
        (f"{CRITERION}.covers", ["C99"], "unknown_reference"),
        (f"{CRITERION}.covers", ["A1-C1", "1/A1-C1"], "duplicate"),
        (f"{CRITERION}.covers", ["A1-C1", "A1-C1"], "duplicate"),
        (f"{CRITERION}.items[0]", 3, "type"),
        (f"{CRITERION}.page_limit", 0, "range"),
        (f"{CRITERION}.eliminatory", "oui", "type"),
        (f"{CRITERION}.checks[0].code", "code.absent", "unknown_check"),
        (f"{CRITERION}.checks[0].role", "decides", "choice"),
        (f"{CRITERION}.checks[0].params", {"minimum": 0}, "check_params"),
        (f"{CRITERION}.checks[0].params", {"maximum": 1}, "check_params"),
        ("assessments[0].bloc", "9", "unknown_reference"),
        ("assessments[0].kind", "épreuve", "choice"),
        ("assessments[0].activities", ["A9"], "unknown_reference"),
        ("assessments[0].assessors", ["jury", "jury"], "duplicate"),
        ("assessments[0].assessors", ["voisin"], "choice"),
        ("assessments[0].questions_minutes", None, "range"),
        ("assessments[1].competencies", ["A1-C1"], "ambiguous_reference"),
        ("blocs[1].competencies[0].key", "sans-code", "duplicate_key"),
        ("deliverables[0].container", "absent", "unknown_reference"),
        ("deliverables[0].container", "dossier", None),
    ],
)
def test_each_fault_is_named(tree: dict[str, Any], path: str, value: Any, code: str | None) -> None:
    put(tree, path, value)

    problems = problems_of(tree, CATALOGUE)

    assert [problem.code for problem in problems][:1] == ([code] if code else [])
    if code:
        assert problems[0].path.split("[")[0].split(".")[0] == path.split("[")[0].split(".")[0]


def test_a_fault_is_named_with_its_whole_path(tree: dict[str, Any]) -> None:
    put(tree, f"{CRITERION}.checks[0].params", {"minimum": 0})

    (problem,) = problems_of(tree, CATALOGUE)

    assert problem.path == f"{CRITERION}.checks[0].params.minimum"
    assert str(problem).startswith(problem.path)


def test_a_container_may_not_be_contained(tree: dict[str, Any]) -> None:
    tree["deliverables"][0]["key"] = "coffre"
    tree["assessments"][0]["deliverables"][0]["container"] = "coffre"

    assert [problem.code for problem in problems_of(tree)] == ["nested_container"]


def test_a_check_named_twice_is_refused(tree: dict[str, Any]) -> None:
    checks = tree["blocs"][0]["activities"][0]["competencies"][0]["criteria"][0]["checks"]
    checks.append(dict(checks[0]))

    assert [problem.code for problem in problems_of(tree, CATALOGUE)] == ["duplicate"]


def test_a_number_printed_twice_is_only_a_warning(tree: dict[str, Any]) -> None:
    competencies = tree["blocs"][0]["activities"][0]["competencies"]
    competencies[0]["criteria"].append({"code": "E1", "text": "Le numéro se répète dans le texte"})

    (problem,) = problems_of(tree)

    assert (problem.code, problem.level) == ("duplicate_code", "warning")
    assert normalised(tree)


def test_a_bloc_without_code_is_named_by_its_key(tree: dict[str, Any]) -> None:
    tree["blocs"][1] |= {"code": None, "key": "ingenierie"}
    put(tree, f"{CRITERION}.covers", ["ingenierie/A1-C1"])
    put(tree, "assessments[1]", {"title": "Thèse", "kind": "thesis", "bloc": "ingenierie"})
    assert problems_of(tree) == []

    tree["blocs"][1]["key"] = "1"
    assert "duplicate_key" in [problem.code for problem in problems_of(tree)]


@pytest.mark.parametrize("value", [None, [], "x", 1, {}])
def test_anything_but_an_edition_is_refused(value: Any) -> None:
    with pytest.raises(InvalidTree):
        normalised(value)


def test_references_are_brought_to_their_shortest(tree: dict[str, Any]) -> None:
    put(tree, f"{CRITERION}.covers", ["1/A1-C1", "A1-C2", "sans-code"])
    put(tree, "assessments[1].competencies", ["1/A1-C2"])

    whole = normalised(tree)

    criterion = whole["blocs"][0]["activities"][0]["competencies"][0]["criteria"][0]
    assert criterion["covers"] == ["A1-C1", "A1-C2", "sans-code"]
    assert whole["assessments"][1]["competencies"] == ["A1-C2"]


def test_normalising_twice_is_normalising_once(tree: dict[str, Any]) -> None:
    once = normalised(tree)

    assert normalised(once) == once
    assert content_hash(normalised(once)) == content_hash(once)


def test_the_hash_sees_every_word(tree: dict[str, Any]) -> None:
    before = content_hash(normalised(tree))
    tree["blocs"][2]["title"] += "."

    assert content_hash(normalised(tree)) != before


def test_the_exempt_paths_are_those_of_an_enrolment() -> None:
    assert list(rules.ACCESS_PATHS) == AccessPath.values
