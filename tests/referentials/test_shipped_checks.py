"""What the shipped référentiels ask of the engine: nothing decided that a machine cannot settle, nothing left out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from certification.referentials.shipped import shipped_codes, shipped_tree
from certification.referentials.structure import walk
from evaluator.checks import REGISTRY

WRITTEN = ("1", "2", "3")


def criteria(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for _, part, found in walk(node):
        if "page_limit" in part.fields:
            yield found


def criteria_of(code: str) -> list[dict[str, Any]]:
    return list(criteria(shipped_tree(code)))


def asked(criterion: dict[str, Any], check: str) -> list[dict[str, Any]]:
    return [each for each in criterion.get("checks", []) if each["code"] == check]


@pytest.mark.parametrize("code", shipped_codes())
def test_help_for_the_reader_decides_nothing(code: str) -> None:
    deciding = {
        each["code"]
        for criterion in criteria_of(code)
        for each in criterion.get("checks", [])
        if each["role"] == "decided"
    }

    assert not [check for check in deciding if REGISTRY[check].advisory]


@pytest.mark.parametrize("code", shipped_codes())
def test_a_criterion_asks_a_check_once(code: str) -> None:
    for criterion in criteria_of(code):
        codes = [each["code"] for each in criterion.get("checks", [])]

        assert len(codes) == len(set(codes)), criterion["text"]


@pytest.mark.parametrize("code", shipped_codes())
def test_the_quantities_of_a_criterion_are_those_of_its_checks(code: str) -> None:
    for criterion in criteria_of(code):
        pages = {each["params"]["max_pages"] for each in asked(criterion, "document.page_limit")}
        versions = {each["params"]["minimum"] for each in asked(criterion, "repository.versions") if "params" in each}

        assert pages == ({criterion["page_limit"]} if "page_limit" in criterion else set())
        assert versions <= {criterion.get("minimum", 1)}


@pytest.mark.parametrize("bloc", WRITTEN)
def test_the_written_file_of_the_expert_is_searched_for_every_criterion(bloc: str) -> None:
    (tree,) = (each for each in shipped_tree("expert-science-donnees")["blocs"] if each["code"] == bloc)
    found = [
        asked(criterion, "document.evidence")
        for activity in tree["activities"]
        for competency in activity["competencies"]
        for criterion in competency["criteria"]
    ]

    assert found
    assert all(len(each) == 1 for each in found)


def test_each_of_the_five_charts_is_decided_by_its_own_check() -> None:
    (five,) = (each for each in criteria_of("oc-data-scientist") if each["text"].startswith("Les graphiques produits"))

    assert {(each["code"], each["role"]) for each in five["checks"]} == {
        (f"chart.{kind}", "decided") for kind in ("boxplot", "barplot", "pie", "histogram", "scatter")
    }
