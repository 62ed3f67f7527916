"""What each épreuve is judged on, by hand for the five référentiels shipped; what nothing judges is told."""

from __future__ import annotations

from typing import Any

import pytest

from certification.referentials import spec
from certification.referentials.carry_over import proposed
from certification.referentials.difference import difference
from certification.referentials.lines import lines_of, lines_of_units, unmapped
from certification.referentials.shipped import shipped_codes, shipped_tree
from certification.referentials.structure import content_hash
from certification.referentials.validation import normalised, problems_of
from tests.referentials.conftest import JUDGING

PUBLISHED = {
    "expert-science-donnees": "e9bd23db61971578b1fc6d6506fb078f61c0d8482481e3dfb9e2ae61744d4e51",
    "ingenieur-ia-ms": "732efd41b25638339177d799c6be5eeeaa6613dc37e2ce75dc58827171cdd213",
    "jedha-rncp35288": "78600a90c7db78e5ec36a96f8dc4ce6a126f4231a52ebe26c12971bded31edf0",
    "oc-data-scientist": "d02b0181f6dd9811e59cfbf387fa52493578bbec24b88e89580badbd82329d40",
    "sd-deep-learning-ia": "717bff7a816753c58539aae630f6ea5c8a66da619be20d0e6a08b502b7d13096",
}
"""By code, the content hash that sessions and decisions already refer to."""
CERTIFIERS = (["C1", "C2", "C3"], ["C4", "C5", "C6", "C7"], ["C8", "C9", "C10", "C11"])
"""A mapping that a certifier might give E1, E2 and E3: the text gives none."""


def shipped(code: str) -> dict[str, Any]:
    return normalised(shipped_tree(code))


def told(tree: dict[str, Any]) -> list[tuple[str, str, str]]:
    """What is told of judging and of the award rule: (path, code, level)."""
    found = [each for each in problems_of(tree) if each.code in JUDGING or each.code.startswith("award_")]
    return [(each.path, each.code, each.level) for each in found]


@pytest.mark.parametrize("code", shipped_codes())
def test_what_was_published_keeps_its_hash(code: str) -> None:
    assert content_hash(shipped(code)) == PUBLISHED[code]


def test_what_is_said_later_counts_in_the_hash() -> None:
    tree = shipped("sd-deep-learning-ia")
    tree["assessments"][0]["mapping"] = "certifier"
    mapped = content_hash(tree)
    tree["assessments"][0]["criteria"] = [
        {name: field.fresh_default() for name, field in spec.CRITERION.fields.items()}
        | {"text": "Clair", "items": [], "checks": []}
    ]
    assert len({PUBLISHED["sd-deep-learning-ia"], mapped, content_hash(tree)}) == 3


@pytest.mark.parametrize(
    ("code", "units"),
    [
        ("oc-data-scientist", {"1": 16, "2": 13, "3": 10, "4": 20, "5": 19, "6": 7}),
        ("expert-science-donnees", {"1": 19, "2": 16, "3": 32, "4": 18, "5": 21}),
        ("jedha-rncp35288", {"BC01": 4, "BC02": 4, "BC03": 4, "BC04": 5, "BC05": 3, "BC06": 6}),
        ("ingenieur-ia-ms", {"1": 18, "2": 42, "3": 11, "4": 14, "5A": 50, "5B": 27}),
        ("sd-deep-learning-ia", {"": 32}),
    ],
)
def test_the_lines_of_each_unit(code: str, units: dict[str, int]) -> None:
    assert {unit: len(lines) for unit, lines in lines_of_units(shipped(code)).items()} == units


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("oc-data-scientist", []),
        ("expert-science-donnees", []),
        ("jedha-rncp35288", []),
        ("ingenieur-ia-ms", []),
        ("sd-deep-learning-ia", ["E1", "E2", "E3"]),
    ],
)
def test_only_three_epreuves_say_nothing_of_what_they_judge(code: str, expected: list[str]) -> None:
    tree = shipped(code)
    assert [tree["assessments"][rank]["code"] for rank in unmapped(tree)] == expected
    assert [code for _path, code, _level in told(tree)] == ["unmapped"] * len(expected)


def test_a_certifier_maps_what_the_text_does_not() -> None:
    tree = shipped("sd-deep-learning-ia")
    for assessment, codes in zip(tree["assessments"], CERTIFIERS, strict=True):
        assessment |= {"competencies": codes, "mapping": "certifier"}
    assert (unmapped(tree), told(tree)) == ([], [])
    by_epreuve = [{line.path for line in lines_of(tree, rank)} for rank in range(3)]
    assert sum(map(len, by_epreuve)) == len(set.union(*by_epreuve)) == 32


def test_a_competency_that_the_mapping_forgets_is_judged_nowhere() -> None:
    tree = shipped("sd-deep-learning-ia")
    for assessment, codes in zip(tree["assessments"], (CERTIFIERS[0], CERTIFIERS[1][1:], CERTIFIERS[2]), strict=True):
        assessment |= {"competencies": codes, "mapping": "certifier"}
    assert told(tree) == [("competencies[3]", "unjudged", "warning")]


def test_the_first_epreuve_of_a_bloc_judges_five_of_its_eighteen_lines() -> None:
    tree = shipped("ingenieur-ia-ms")
    assert [len(lines_of(tree, rank)) for rank in range(4)] == [5, 3, 4, 6]


def test_the_thesis_is_one_line() -> None:
    tree = shipped("ingenieur-ia-ms")
    (line,) = lines_of(tree, 41)
    assert (line.kind, line.text, line.weight) == ("assessment", tree["assessments"][41]["title"], 1)


def test_the_thesis_has_the_criteria_that_the_certifier_gives_it() -> None:
    tree = shipped_tree("ingenieur-ia-ms")
    tree["assessments"][41] |= {"mapping": "certifier", "criteria": [{"text": "Problématique"}, {"text": "Oral"}]}
    whole = normalised(tree)
    assert [(line.kind, line.text) for line in lines_of(whole, 41)] == [
        ("criterion", "Problématique"), ("criterion", "Oral"),
    ]  # fmt: skip
    assert {unit: len(lines) for unit, lines in lines_of_units(whole).items()}["1"] == 18


def test_what_no_epreuve_of_its_unit_judges_is_told(tree: dict[str, Any]) -> None:
    assert told(tree) == [
        ("assessments[1]", "award_unasked", "warning"),
        ("blocs[1]", "unjudged", "warning"),
        ("blocs[2]", "unjudged", "warning"),
        ("competencies[0]", "unjudged", "warning"),
        ("blocs[0].activities[0].criteria[0]", "unjudged", "warning"),
    ]


def test_a_mapping_that_names_nothing_is_told(tree: dict[str, Any]) -> None:
    tree["assessments"][1] |= {"competencies": [], "mapping": "certifier"}
    assert ("assessments[1].mapping", "mapping_empty", "warning") in told(tree)


ZERO = {"blocs": [{"code": "1", "title": "Un", "competencies": [{"text": "Faire", "weight": 0}]}]}
ALONE = {"title": "Oral", "kind": "defence", "bloc": "1"}
WHOLE = {"title": "Thèse", "kind": "thesis"}


def small(rule: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """One bloc of two competencies, weights 1 and 2, judged by one épreuve."""
    competencies = [{"text": "Faire"}, {"text": "Dire", "weight": 2}]
    tree = {
        "format": 1, "code": "essai", "edition": "1", "title": "Essai", "award_rule": rule,
        "scale": shipped_tree("oc-data-scientist")["scale"],
        "blocs": [{"code": "1", "title": "Un", "competencies": competencies}], "assessments": [ALONE],
    }  # fmt: skip
    return tree | changed


WITHOUT_BLOCS: dict[str, Any] = {
    "blocs": [],
    "competencies": [{"text": "Faire"}],
    "assessments": [{**ALONE, "bloc": None}],
}


@pytest.mark.parametrize(
    ("tree", "codes"),
    [
        (small({"bloc": {"rule": "points", "threshold": 3}}), []),
        (small({"bloc": {"rule": "points", "threshold": 3.5}}), ["award_points"]),
        (small({"bloc": {"rule": "share", "threshold": 1}}), []),
        (small({"bloc": {"rule": "share", "threshold": 0.5}}, **ZERO), ["award_weights"]),
        (small({"bloc": {"rule": "points", "threshold": 1}}, **ZERO), ["award_weights"]),
        (small({"bloc": {"rule": "all", "repeated": "best"}}, **ZERO), []),
        (small({"bloc": {"rule": "all", "repeated": "worst"}}), ["award_rule"]),
        (small({"bloc": {"rule": "points"}}), ["award_rule"]),
        (small({"bloc": {"rule": "points", "threshold": 0}}), ["award_rule"]),
        (small({"bloc": {"rule": "share", "threshold": 1.5}}), ["award_rule"]),
        (small({"certification": {"rule": "all_blocs"}}), []),
        (small({"certification": {"rule": "all_blocs"}}, **WITHOUT_BLOCS), ["award_no_blocs"]),
        (small({"certification": {"rule": "jury"}}, **WITHOUT_BLOCS), []),
        (small({"bloc": {"rule": "points", "threshold": 2}}, **WITHOUT_BLOCS), ["award_points"]),
        (small({"certification": {"rule": "all_blocs", "assessments": ["thesis"]}}), ["award_kind"]),
        (small({"certification": {"rule": "all_blocs", "assessments": ["defence"]}}), ["award_kind"]),
        (
            small({"certification": {"rule": "jury", "assessments": ["thesis"]}}, assessments=[ALONE, WHOLE]),
            [],
        ),
        (small({"certification": {"rule": "all_blocs"}}, assessments=[ALONE, WHOLE]), ["award_unasked"]),
        (small({"certification": {"rule": "all_blocs", "exempt": ["VAE"]}}), ["award_exempt"]),
        (small({}, assessments=[ALONE, {**ALONE, "title": "Écrit"}]), ["unmapped", "unmapped"]),
    ],
)  # fmt: skip
def test_a_rule_that_the_edition_contradicts_is_refused(tree: dict[str, Any], codes: list[str]) -> None:
    found = problems_of(tree)
    assert [each.code for each in found] == codes
    warnings = {"award_unasked", "unmapped"}
    assert all((each.level == "warning") == (each.code in warnings) for each in found)


def test_an_eliminatory_line_may_weigh_nothing() -> None:
    tree = small({"bloc": {"rule": "share", "threshold": 0.5}})
    tree["blocs"][0]["competencies"][0] |= {"weight": 0, "eliminatory": True}
    assert problems_of(tree) == []


def test_the_difference_sees_the_mapping_and_the_criteria_of_an_epreuve() -> None:
    old, new = shipped("ingenieur-ia-ms"), shipped_tree("ingenieur-ia-ms")
    new["assessments"][0]["mapping"] = "certifier"
    new["assessments"][41]["criteria"] = [{"text": "La problématique est posée"}]
    changed = [change for change in difference(old, normalised(new)).changes if change.outcome != "unchanged"]
    assert [(change.part.path, change.outcome) for change in changed] == [
        ("assessments[0]", "adjusted"), ("assessments[41].criteria[0]", "added"),
    ]  # fmt: skip
    assert [(field.name, field.new) for field in changed[0].fields] == [("mapping", "certifier")]


def test_a_criterion_of_an_epreuve_stays_with_it_from_one_edition_to_the_next() -> None:
    old = shipped_tree("ingenieur-ia-ms")
    old["assessments"][41]["criteria"] = [{"text": "La problématique est posée"}]
    new = normalised(old)
    new["assessments"].insert(0, new["assessments"].pop(41))
    outcomes = {change.part.path: change.outcome for change in difference(normalised(old), new).changes}
    assert outcomes["assessments[0].criteria[0]"] == "unchanged"


def test_a_bloc_is_not_won_again_where_an_epreuve_asks_something_new() -> None:
    """A mapping takes nothing back from who won the bloc; a criterion of an épreuve is one more thing asked."""
    old, new = shipped("ingenieur-ia-ms"), shipped_tree("ingenieur-ia-ms")
    new["assessments"][0]["mapping"] = "certifier"
    new["assessments"][13]["criteria"] = [{"text": "Le débat est mené"}]
    verdicts = {row.old.code: row.verdict for row in proposed(old, normalised(new)).blocs}
    assert verdicts == {"1": "same", "2": "same", "3": "none", "4": "same", "5A": "same", "5B": "same"}
