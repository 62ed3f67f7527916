"""Predictions laid beside a truth: whatever the order, and every way of not fitting told by what was delivered."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluator.alignment import answers, by_identifier

names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8).map(str.strip).filter(bool)
truths = st.lists(names, min_size=2, max_size=30, unique=True)


@given(truth=truths, seed=st.integers())
def test_the_order_does_not_matter(truth: list[str], seed: int) -> None:
    delivered = random.Random(seed).sample(truth, len(truth))
    found = by_identifier(truth, delivered)
    assert found.fits
    assert [delivered[rank] for rank in found.rows] == truth


@given(truth=truths, delivered=st.lists(names, max_size=30))
def test_what_does_not_fit_is_counted_and_named_by_what_was_delivered(truth: list[str], delivered: list[str]) -> None:
    found = by_identifier(truth, delivered)
    assert {*found.twice_named, *found.unknown_named} <= set(delivered)
    assert len(found.twice_named) == min(found.twice, 5)
    assert len(found.unknown_named) == min(found.unknown, 5)
    assert found.fits is (len(found.rows) == len(truth))
    known = len(truth) - found.missing
    assert len(set(delivered)) >= known


@given(numbers=st.lists(st.integers(0, 10**6), min_size=2, unique=True))
def test_whole_numbers_are_compared_as_numbers(numbers: list[int]) -> None:
    assert by_identifier([str(number) for number in numbers], [f"{number:09}.0" for number in numbers]).fits


def test_what_is_two_for_the_certifier_stays_two() -> None:
    assert by_identifier(["7", "007"], ["007", "7"]).rows == [1, 0]


def test_each_way_of_not_fitting() -> None:
    found = by_identifier(["a", "b", "c"], ["a", "a", "z"])
    assert (found.missing, found.twice, found.twice_named, found.unknown, found.unknown_named) == (
        2, 1, ["a"], 1, ["z"],
    )  # fmt: skip
    assert found.rows == ()


@pytest.mark.parametrize(
    ("text", "comma", "read"),
    [
        ("1", False, 1), ("1.0", False, 1), ("0.5", False, 0.5), ("0,5", True, 0.5), ("0,5", False, "0,5"),
        ("True", False, True), (" 3 ", False, 3), ("", False, None), ("=1+1", False, "=1+1"), ("1e400", False, None),
    ],
)  # fmt: skip
def test_an_answer_is_read_as_the_truth_is(text: str, comma: bool, read: object) -> None:
    (found,) = answers([text], numeric=True, comma=comma)
    assert found == read or (read is None and found in (None, float("inf")))


@given(text=st.text(max_size=30))
def test_any_text_is_read(text: str) -> None:
    (found,) = answers([text], numeric=True, comma=True)
    assert found is None or isinstance(found, int | float | str)
    assert answers([text], numeric=False) == [text.strip() or None]
