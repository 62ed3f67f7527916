"""The five shipped référentiels: which épreuves make a unit and the title, written by hand from their texts.

- oc-data-scientist, jedha-rncp35288: "un bloc = une épreuve"; six blocs make the title.
- expert-science-donnees: blocs 1, 2, 3 and one of the two specialties 4 and 5, one épreuve each.
- sd-deep-learning-ia: no bloc; E1, E2 and E3 make the certification.
- ingenieur-ia-ms: "valider les 4 premiers blocs de compétences et l'une des deux en option (5A ou 5B) et soutenir
  oralement une thèse professionnelle", "hors VAE"; 4, 9, 3, 3 épreuves in blocs 1 to 4, 12 in 5A, 10 in 5B.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from assessments.domain.award import Edition, award
from assessments.domain.award_trial import given_of
from assessments.domain.lines import LineKey
from assessments.management.commands.referentials import as_json
from assessments.models import AccessPath
from assessments.selectors.award import edition_of
from certification.referentials.services import load_edition
from certification.referentials.shipped import shipped_tree

pytestmark = pytest.mark.django_db

YES, SOON, NO, NONE = "acquired", "in_progress", "not_acquired", ""
PENDING = "pending"


def loaded(code: str) -> Edition[LineKey]:
    return edition_of(load_edition(tree=shipped_tree(code)).referential)


def proposed(edition: Edition[LineKey], **given: Any) -> dict[str, Any]:
    return as_json(award(edition, given_of(given, edition, AccessPath.values)))


def units_of(answer: Mapping[str, Any]) -> dict[str, str]:
    return {unit["code"]: unit["proposal"] for unit in answer["units"]}


@pytest.mark.parametrize(
    ("code", "blocs"),
    [
        ("oc-data-scientist", ["1", "2", "3", "4", "5", "6"]),
        ("jedha-rncp35288", ["BC01", "BC02", "BC03", "BC04", "BC05", "BC06"]),
    ],
)
def test_one_epreuve_a_bloc_six_blocs_the_title(code: str, blocs: list[str]) -> None:
    edition = loaded(code)
    for outcomes in product([YES, SOON, NONE], repeat=6):
        given = {str(number): level for number, level in enumerate(outcomes, start=1) if level}
        answer = proposed(edition, path="FC", assessments=given)
        words = {YES: "acquired", SOON: "not_acquired", NONE: PENDING}
        assert units_of(answer) == {bloc: words[level] for bloc, level in zip(blocs, outcomes, strict=True)}
        if NONE in outcomes:
            title = PENDING
        elif YES not in outcomes:
            title = "refused"
        else:
            title = "partial" if SOON in outcomes else "full"
        assert answer["title"]["proposal"] == title, outcomes
        assert answer["title"]["missing"] == [b for b, level in zip(blocs, outcomes, strict=True) if level != YES]


def test_an_expert_chooses_a_specialty() -> None:
    edition = loaded("expert-science-donnees")
    common = {"1": YES, "2": YES, "3": YES}
    table: list[tuple[list[str], dict[str, str], str, list[str]]] = [
        ([], common, PENDING, ["specialite"]),
        ([], common | {"4": YES}, PENDING, ["specialite"]),
        (["4"], common | {"4": YES}, "full", []),
        (["5"], common | {"5": YES}, "full", []),
        (["5"], common | {"4": YES}, PENDING, ["specialite"]),
        (["5"], common | {"5": NO}, "partial", ["specialite"]),
        (["4", "5"], common | {"4": YES, "5": NO}, "full", []),
        (["4"], {"1": YES, "2": NO, "3": YES, "4": YES}, "partial", ["2"]),
        (["4"], {"1": NO, "2": NO, "3": NO, "4": NO}, "refused", ["1", "2", "3", "specialite"]),
    ]
    for options, given, title, missing in table:
        answer = proposed(edition, path="FC", options=options, assessments=given)
        assert (answer["title"]["proposal"], answer["title"]["missing"]) == (title, missing), (options, given)


@pytest.mark.parametrize("chosen", [[], ["4"], ["5"], ["4", "5"]])
def test_every_combination_for_an_expert(chosen: list[str]) -> None:
    """Blocs 1 to 3, and one at least of the specialties that were chosen."""
    edition = loaded("expert-science-donnees")
    words = {YES: "acquired", NO: "not_acquired", NONE: PENDING}
    for outcomes in product([YES, NO, NONE], repeat=5):
        given = {str(number): level for number, level in enumerate(outcomes, start=1) if level}
        answer = proposed(edition, path="FC", options=chosen, assessments=given)
        presented = [number for number in range(1, 6) if number < 4 or str(number) in chosen]
        assert units_of(answer) == {str(number): words[outcomes[number - 1]] for number in presented}, outcomes
        specialties = [outcomes[int(number) - 1] for number in chosen]
        special = YES if YES in specialties else NONE if NONE in specialties or not chosen else NO
        won = YES in [*outcomes[:3], special]
        assert answer["title"]["proposal"] == _title([*outcomes[:3], special], won=won), outcomes


def _title(required: Sequence[str], *, won: bool) -> str:
    """Pending while something required is; else full, partial where a bloc is ``won``, or refused."""
    if NONE in required:
        return PENDING
    if NO not in required:
        return "full"
    return "partial" if won else "refused"


def test_three_epreuves_make_a_certification_without_blocs() -> None:
    """E1 alone awards nothing: "le jury décide de la certification entière"."""
    edition = loaded("sd-deep-learning-ia")
    for outcomes in product([YES, NO, NONE], repeat=3):
        given = {str(number): level for number, level in enumerate(outcomes, start=1) if level}
        answer = proposed(edition, path="FI", assessments=given)
        if NONE in outcomes:
            unit, title = PENDING, PENDING
        elif NO in outcomes:
            unit, title = "not_acquired", "refused"
        else:
            unit, title = "acquired", "full"
        assert units_of(answer) == {"sd-deep-learning-ia": unit}, outcomes
        assert answer["title"]["proposal"] == title


BLOCS = {"1": range(1, 5), "2": range(5, 14), "3": range(14, 17), "4": range(17, 20)}
OPTIONS = {"5A": range(20, 32), "5B": range(32, 42)}
THESIS = "42"


def levels(numbers: Sequence[int], level: str = YES) -> dict[str, str]:
    return {str(number): level for number in numbers}


@pytest.fixture
def engineer(db: None) -> Edition[LineKey]:
    return loaded("ingenieur-ia-ms")


def test_a_bloc_waits_for_each_of_its_epreuves(engineer: Edition[LineKey]) -> None:
    for bloc, numbers in (BLOCS | OPTIONS).items():
        options = [bloc] if bloc in OPTIONS else []
        whole = levels(numbers)
        assert units_of(proposed(engineer, options=options, assessments=whole))[bloc] == "acquired"
        for number in numbers:
            without = {name: level for name, level in whole.items() if name != str(number)}
            assert units_of(proposed(engineer, options=options, assessments=without))[bloc] == PENDING
            failed = whole | {str(number): SOON}
            assert units_of(proposed(engineer, options=options, assessments=failed))[bloc] == "not_acquired"


def _combinations(count: int) -> Iterator[tuple[str, ...]]:
    """Every one of few épreuves; of many, each decided or not, and each acquired or not once all are decided."""
    if count <= 4:
        yield from product([YES, NO, NONE], repeat=count)
    else:
        yield from product([YES, NONE], repeat=count)
        yield from product([YES, NO], repeat=count)


def test_every_combination_in_each_bloc_of_an_engineer(engineer: Edition[LineKey]) -> None:
    for unit in engineer.units:
        alone = replace(engineer, units=[replace(unit, group="")], groups=[], beside=[])
        numbers = (BLOCS | OPTIONS)[unit.code]
        for outcomes in _combinations(len(numbers)):
            given = {str(number): level for number, level in zip(numbers, outcomes, strict=True) if level}
            expected = PENDING if NONE in outcomes else "not_acquired" if NO in outcomes else "acquired"
            assert units_of(proposed(alone, assessments=given)) == {unit.code: expected}, outcomes


@pytest.mark.parametrize(("path", "option"), [("FC", "5A"), ("FC", "5B"), ("VAE", "5B")])
def test_every_combination_of_blocs_and_thesis(engineer: Edition[LineKey], path: str, option: str) -> None:
    """Four blocs, the option chosen and, but for VAE, the thesis, which wins nothing by itself."""
    parts = [*BLOCS.values(), OPTIONS[option], [int(THESIS)]]
    for outcomes in product([YES, NO, NONE], repeat=6):
        given = {
            str(number): level for numbers, level in zip(parts, outcomes, strict=True) for number in numbers if level
        }
        required = outcomes[:5] if path == "VAE" else outcomes
        answer = proposed(engineer, path=path, options=[option], assessments=given)
        assert answer["title"]["proposal"] == _title(required, won=YES in outcomes[:5]), outcomes


ALL_FOUR = {name: level for numbers in BLOCS.values() for name, level in levels(numbers).items()}
A, B = levels(OPTIONS["5A"]), levels(OPTIONS["5B"])
NO_BLOC = dict.fromkeys(ALL_FOUR, NO)


TITLES: list[tuple[str, list[str], dict[str, str], str, list[str]]] = [
    ("FC", ["5B"], {}, PENDING, ["1", "2", "3", "4", "5", "Thèse professionnelle"]),
    ("FC", ["5B"], ALL_FOUR | B | {THESIS: YES}, "full", []),
    ("FC", ["5A"], ALL_FOUR | A | {THESIS: YES}, "full", []),
    ("FC", ["5B"], ALL_FOUR | A | {THESIS: YES}, PENDING, ["5"]),
    ("FC", [], ALL_FOUR | A | B | {THESIS: YES}, PENDING, ["5"]),
    ("FC", ["5B"], ALL_FOUR | B, PENDING, ["Thèse professionnelle"]),
    ("FC", ["5B"], ALL_FOUR | B | {THESIS: NO}, "partial", ["Thèse professionnelle"]),
    ("VAE", ["5B"], ALL_FOUR | B, "full", []),
    ("VAE", ["5B"], ALL_FOUR | B | {"40": NO}, "partial", ["5"]),
    ("FC", ["5B"], ALL_FOUR | {"16": NO} | B | {THESIS: YES}, "partial", ["3"]),
    ("FC", ["5B"], NO_BLOC | levels(OPTIONS["5B"], NO) | {THESIS: YES}, "refused", ["1", "2", "3", "4", "5"]),
    ("VAE", ["5B"], NO_BLOC | levels(OPTIONS["5B"], NO), "refused", ["1", "2", "3", "4", "5"]),
    ("FI", ["5A"], ALL_FOUR | A | {"31": ""}, PENDING, ["5", "Thèse professionnelle"]),
]


def test_the_title_of_an_engineer(engineer: Edition[LineKey]) -> None:
    for path, options, given, title, missing in TITLES:
        decided = {name: level for name, level in given.items() if level}
        answer = proposed(engineer, path=path, options=options, assessments=decided)
        assert (answer["title"]["proposal"], answer["title"]["missing"]) == (title, missing), (path, options)


def test_a_thesis_is_one_line_and_blocs_share_no_line(engineer: Edition[LineKey]) -> None:
    (thesis,) = engineer.beside
    assert [line.key.kind for line in thesis.lines] == ["assessment"]
    assert [len(unit.assessments) for unit in engineer.units] == [4, 9, 3, 3, 12, 10]
    keys = [line.key for unit in engineer.units for each in unit.assessments for line in each.lines]
    assert len({key for key in keys if key.kind == "criterion"}) <= 161


def given_file(path: Path, content: str) -> str:
    path.write_text(content)
    return str(path)


def test_the_command_tells_units_title_and_reasons(engineer: Edition[LineKey], tmp_path: Path) -> None:
    given = given_file(
        tmp_path / "given.json",
        '{"path": "FC", "options": ["5B"], "assessments": {"1": "acquired", "2": {"1": "acquired", "*": "acquired"}}}',
    )
    said = io.StringIO()
    call_command("referentials", "award", "ingenieur-ia-ms", "--given", given, "--json", stdout=said)
    answer = json.loads(said.getvalue())
    assert [unit["code"] for unit in answer["units"]] == ["1", "2", "3", "4", "5B"]
    assert answer["units"][0]["proposal"] == PENDING
    assert any("épreuve 3" in reason for reason in answer["units"][0]["reasons"])
    assert answer["title"]["proposal"] == PENDING
    assert "Thèse professionnelle" in answer["title"]["missing"]
    call_command("referentials", "award", "ingenieur-ia-ms", "--given", given, stdout=said)
    assert "Titre" in said.getvalue()


def test_everything_wrong_is_told_at_once(engineer: Edition[LineKey], tmp_path: Path) -> None:
    wrong = {"path": "XX", "options": ["1"], "assessments": {"43": YES, "1": "parfait", "2": {"99": YES}}, "voie": 1}
    given = given_file(tmp_path / "given.json", json.dumps(wrong))
    with pytest.raises(CommandError) as raised:
        call_command("referentials", "award", "ingenieur-ia-ms", "--given", given)
    said = str(raised.value).splitlines()
    assert len(said) == 6
    for place in ("voie", "path", "options", "assessments.43", "assessments.1", "assessments.2.99"):
        assert any(line.startswith(place) for line in said), place


@pytest.mark.parametrize("content", ["[", "[]", "[" * 100_000, '{"assessments": []}', "\xff"])
def test_what_is_no_standing_is_refused_by_name(engineer: Edition[LineKey], tmp_path: Path, content: str) -> None:
    with pytest.raises(CommandError):
        call_command(
            "referentials", "award", "ingenieur-ia-ms", "--given", given_file(tmp_path / "given.json", content)
        )
    with pytest.raises(CommandError):
        call_command("referentials", "award", "ingenieur-ia-ms", "--given", str(tmp_path / "none.json"))
