"""What changed between two editions, part by part."""

from __future__ import annotations

import copy
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from certification.referentials.difference import Change, Difference, difference, word_spans
from certification.referentials.pairing import parts_of
from certification.referentials.shipped import shipped_codes, shipped_tree
from certification.referentials.validation import normalised
from tests.referentials.test_round_trip import editions

FLIPPED = {"added": "removed", "removed": "added"}
TREES = editions().map(normalised)
UNHURRIED = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def changed(found: Difference) -> list[Change]:
    return [change for change in found.changes if change.outcome != "unchanged"]


def sides(change: Change) -> tuple[str | None, str | None]:
    return change.old.path if change.old else None, change.new.path if change.new else None


@pytest.mark.parametrize("code", shipped_codes())
def test_an_edition_does_not_differ_from_itself(code: str) -> None:
    whole = normalised(shipped_tree(code))

    assert difference(whole, copy.deepcopy(whole)).is_empty


@UNHURRIED
@given(tree=TREES)
def test_no_edition_differs_from_itself(tree: dict[str, Any]) -> None:
    assert difference(tree, tree).is_empty


@UNHURRIED
@given(old=TREES, new=TREES)
def test_every_part_is_accounted_for_once(old: dict[str, Any], new: dict[str, Any]) -> None:
    found = difference(old, new)

    assert Counter(change.old.path for change in found.changes if change.old) == Counter(
        part.path for part in parts_of(old)
    )
    assert [change.new.path for change in found.changes if change.new] == [part.path for part in parts_of(new)]
    assert sum(len(changes) for _, changes in found.by_bloc()) == len(found.changes)


@UNHURRIED
@given(old=TREES, new=TREES)
def test_the_way_back_is_the_way_there_turned_round(old: dict[str, Any], new: dict[str, Any]) -> None:
    there = {(sides(change), change.outcome, change.moved) for change in difference(old, new).changes}
    back = {
        (sides(change)[::-1], FLIPPED.get(change.outcome, change.outcome), change.moved)
        for change in difference(new, old).changes
    }

    assert there == back


@given(old=st.text("ab c,", max_size=40), new=st.text("ab c,", max_size=40))
def test_spans_hold_both_texts(old: str, new: str) -> None:
    spans = word_spans(old, new)

    assert "".join(span.text for span in spans if span.state != "added") == old
    assert "".join(span.text for span in spans if span.state != "removed") == new


@pytest.fixture
def old(tree: dict[str, Any]) -> dict[str, Any]:
    return normalised(tree)


def test_a_word_replaced_is_a_rewording(old: dict[str, Any], tree: dict[str, Any]) -> None:
    tree["blocs"][0]["activities"][0]["competencies"][0]["criteria"][0]["items"][0] = "il est justifié"

    (change,) = changed(difference(old, normalised(tree)))

    assert (change.part.kind, change.part.code, change.outcome) == ("criterion", "E1", "reworded")
    assert [span.text for span in change.spans if span.state != "kept"] == ["argumenté", "justifié"]


def test_a_competency_taken_elsewhere_is_moved_with_its_criteria(old: dict[str, Any], tree: dict[str, Any]) -> None:
    competencies = tree["blocs"][0]["activities"][0]["competencies"]
    competencies[0]["criteria"][0]["covers"] = []
    before = normalised(tree)
    tree["blocs"][2]["competencies"] = [competencies.pop(0)]

    (change,) = changed(difference(before, normalised(tree)))

    assert (change.part.kind, change.outcome) == ("competency", "moved")
    assert change.part.bloc == "blocs[2]"


def test_codes_given_again_do_not_mislead(old: dict[str, Any], tree: dict[str, Any]) -> None:
    """A competency is put first and takes the first code: the others are renumbered, not rewritten."""
    activity = tree["blocs"][0]["activities"][0]
    activity["competencies"][0]["criteria"][0]["covers"] = []
    tree["blocs"][0]["activities"][0]["competencies"][0]["deliverables"] = tree["assessments"] = []
    before = normalised(tree)
    for each, code in zip(activity["competencies"], ("A1-C2", "A1-C3"), strict=True):
        each["code"] = code
    activity["competencies"].insert(0, {"code": "A1-C1", "text": "Recenser les besoins"})

    found = changed(difference(before, normalised(tree)))

    assert [(change.outcome, change.part.code) for change in found] == [
        ("added", "A1-C1"),
        ("adjusted", "A1-C2"),
        ("adjusted", "A1-C3"),
    ]


def test_settings_and_order_are_told_apart_from_wording(old: dict[str, Any], tree: dict[str, Any]) -> None:
    tree["blocs"][0]["activities"][0]["competencies"][0]["criteria"][0]["checks"][0]["role"] = "informed"
    tree["blocs"][1]["competencies"].reverse()
    tree["award_rule"] = {}

    found = difference(old, normalised(tree))

    assert [(change.part.kind, [field.name for field in change.fields]) for change in changed(found)] == [
        ("criterion", ["checks"]),
        ("bloc", ["order"]),
    ]
    assert [field.name for field in found.edition] == ["award_rule"]


def test_what_is_removed_stands_where_it_stood(old: dict[str, Any], tree: dict[str, Any]) -> None:
    del tree["blocs"][0]["activities"][0]["criteria"]

    found = difference(old, normalised(tree))

    (change,) = changed(found)
    assert (change.outcome, change.part.text) == ("removed", "Le tout se tient")
    bloc, changes = found.by_bloc()[0]
    assert bloc is not None
    assert bloc.part.code == "1"
    assert [each.part.kind for each in changes[changes.index(change) - 1 :]] == [
        "competency",
        "criterion",
        "assessment",
    ]


def test_the_largest_shipped_editions_are_compared_quickly() -> None:
    """Two référentiels with nothing in common: no part is recognised for free."""
    found = difference(normalised(shipped_tree("ingenieur-ia-ms")), normalised(shipped_tree("expert-science-donnees")))

    assert found.counts()["removed"] > 200
