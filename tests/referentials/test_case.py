"""CASE 1.1: the package is valid, stable, whole, and comes back as it left."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings

from certification.referentials.exporters.base import Origin
from certification.referentials.exporters.case import package, write
from certification.referentials.importers.base import ImportRefused
from certification.referentials.importers.case import read_case, tree_of
from certification.referentials.shipped import shipped_codes, shipped_tree
from certification.referentials.validation import normalised, problems_of
from tests.referentials.test_round_trip import editions

ORIGIN = Origin("published", datetime(2026, 11, 20, 10, tzinfo=UTC), "https://jalon.example")
SCHEMA = json.loads((Path(__file__).parent / "schemas" / "case-v1p1-cfpackage.json").read_text())
VALIDATOR = jsonschema.Draft201909Validator(SCHEMA, format_checker=jsonschema.Draft201909Validator.FORMAT_CHECKER)
OBJECTS = ("CFItems", "CFAssociations", "CFRubrics")


def errors(found: Any) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in VALIDATOR.iter_errors(found)]


@pytest.mark.parametrize("code", shipped_codes())
def test_every_shipped_edition_is_a_valid_package_and_comes_back(code: str) -> None:
    tree = normalised(shipped_tree(code))

    found = json.loads(write(tree, ORIGIN))

    assert errors(found) == []
    back = tree_of(found)
    assert back.tree == tree
    assert back.remarks == ()


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(tree=editions())
def test_nothing_is_lost_on_the_way_there_and_back(tree: dict[str, Any]) -> None:
    whole = normalised(tree)
    found = write(whole, ORIGIN)

    assert errors(json.loads(found)) == []
    assert read_case(found).tree == whole


def test_identifiers_are_unique_and_stable(tree: dict[str, Any]) -> None:
    whole = normalised(tree)
    found = package(whole, ORIGIN)

    identifiers = [each["identifier"] for name in OBJECTS for each in found[name]]
    assert len(set(identifiers)) == len(identifiers)
    assert package(copy.deepcopy(whole), ORIGIN) == found


def test_items_and_grids_say_what_the_edition_says(tree: dict[str, Any]) -> None:
    found = package(normalised(tree), ORIGIN)

    criterion = next(item for item in found["CFItems"] if item["fullStatement"] == "Le choix est juste :")
    assert (criterion["CFItemType"], criterion["humanCodingScheme"]) == ("Critère", "E1")
    related = [
        link["destinationNodeURI"]["title"]
        for link in found["CFAssociations"]
        if link["associationType"] == "isRelatedTo" and link["originNodeURI"]["identifier"] == criterion["identifier"]
    ]
    assert related == ["A1-C1", "A1-C2", "A1-C1"]
    titles = [rubric["title"] for rubric in found["CFRubrics"]]
    assert titles == ["Tronc commun", "Ingénierie", "Soudure des données"]
    line = found["CFRubrics"][0]["CFRubricCriteria"][0]
    assert line["description"] == "Capacité à : Le choix est juste :"
    assert [(level["quality"], level["score"]) for level in line["CFRubricCriterionLevels"]] == [
        ("acquis", 1.0),
        ("non acquis", 0.0),
    ]


def foreign(*items: tuple[str, str | None, str, str], **document: str) -> dict[str, Any]:
    """A package of someone else: (identifier, type, parent, statement)."""
    return {
        "CFDocument": {"identifier": "doc", "title": "Cadre étranger", "creator": "Ailleurs", **document},
        "CFItems": [
            {"identifier": key, "fullStatement": text, **({"CFItemType": kind} if kind else {})}
            for key, kind, _, text in items
        ],
        "CFAssociations": [
            {
                "associationType": "isChildOf",
                "originNodeURI": {"identifier": key},
                "destinationNodeURI": {"identifier": parent},
            }
            for key, _, parent, _ in items
        ],
    }


def test_the_types_of_others_are_understood() -> None:
    found = tree_of(
        foreign(
            ("b", "Unit", "doc", "Analyser"),
            ("s", "Learning outcome", "b", "Nettoyer"),
            ("c", "Assessment criterion", "s", "Rien ne manque"),
        )
    )
    (bloc,) = found.tree["blocs"]
    assert bloc["title"] == "Analyser"
    assert bloc["competencies"][0]["criteria"][0]["text"] == "Rien ne manque"
    assert found.tree["metadata"] == {"certifier": "Ailleurs"}
    assert [problem for problem in problems_of(found.tree) if problem.level == "error"] == []


def test_depth_speaks_where_types_are_silent() -> None:
    found = tree_of(
        foreign(
            ("1", None, "doc", "Bloc"),
            ("2", None, "1", "Activité"),
            ("3", None, "2", "Compétence"),
            ("4", None, "3", "Critère"),
            ("5", None, "4", "Sous-critère"),
            ("6", None, "5", "Plus bas"),
        )
    )
    criterion = found.tree["blocs"][0]["activities"][0]["competencies"][0]["criteria"][0]
    assert criterion["items"] == ["Sous-critère", "Plus bas"]
    assert [remark.code for remark in found.remarks] == ["flattened"]


def test_doubts_are_told_and_circles_left_aside() -> None:
    strange = foreign(
        ("a", "Bloc", "doc", "Premier"),
        ("b", "Bloc", "a", "Bloc dans un bloc"),
        ("x", None, "y", "Cercle"),
        ("y", None, "x", "Cercle"),
        ("e", None, "a", " "),
    )
    codes = {remark.code for remark in tree_of(strange).remarks}
    assert codes == {"kind_by_depth", "unplaced", "empty"}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\xff\xfe\x00", "encoding"),
        (b"{", "unreadable"),
        (b"[]", "unreadable"),
        (b'{"CFDocument": {}, "CFItems": [1]}', "unreadable"),
        (b"[" * 200_000, "too_deep"),
        (b'{"a": ' + b"9" * 10_000 + b"}", "unreadable"),
    ],
)
def test_what_is_no_package_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(ImportRefused) as refused:
        read_case(data)
    assert refused.value.code == code


def test_a_very_deep_hierarchy_is_flattened_and_told() -> None:
    chain = [(str(rank), "Compétence", str(rank - 1) if rank else "doc", "x") for rank in range(10_000)]
    found = tree_of(foreign(*chain))
    assert len(found.remarks) > 9_000
