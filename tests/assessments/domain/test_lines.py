"""How a line of the grid is named in forms and addresses."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.domain.lines import LineKey, LineKind, common_kind

KEYS = st.builds(LineKey, st.sampled_from(get_args(LineKind)), st.integers(1, 10**17))


@given(KEYS)
def test_a_name_that_is_written_is_read_again(key: LineKey) -> None:
    assert LineKey.parse(str(key)) == key


@given(st.text() | KEYS.map(lambda key: f" {key}") | KEYS.map(lambda key: f"{key}\n"))
def test_nothing_else_is_a_name(text: str) -> None:
    with pytest.raises(ValueError, match="not the name of a line"):
        LineKey.parse(text)


@pytest.mark.parametrize(
    "text", ["bloc-1", "criterion-0", "criterion-01", "criterion-١", "criterion--1", f"competency-{10**30}"]
)
def test_what_looks_like_a_name(text: str) -> None:
    with pytest.raises(ValueError, match="not the name of a line"):
        LineKey.parse(text)


def test_lines_of_one_kind_have_a_common_one() -> None:
    criterion, competency = LineKey("criterion", 1), LineKey("competency", 1)
    assert common_kind([criterion, LineKey("criterion", 2)]) == "criterion"
    assert common_kind([competency]) == "competency"
    assert common_kind([criterion, competency]) is None
    assert common_kind([LineKey("assessment", 1)]) == "assessment"
    assert common_kind([]) == "criterion"
