"""What every JSON store keeps: which texts and numbers are replaced, and that a quick look misses none of them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluator.plain import is_suspect, plain

_NUMBERS = st.integers() | st.floats() | st.integers(min_value=2**1020, max_value=2**1030)
_VALUES = st.recursive(
    st.none() | st.booleans() | _NUMBERS | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5),
)


@given(_VALUES)
def test_whatever_changes_is_suspect(value: object) -> None:
    data = json.dumps(value).encode()
    read = json.loads(data)
    if not is_suspect(data) and "NaN" not in data.decode() and "Infinity" not in data.decode():
        assert plain(read) == read


@pytest.mark.parametrize(
    "text",
    [
        '"\\u0000"', '"\\ud800"', '"\\uDFFF"', "1e999", "1E+400", "1.5e309", "1" * 310, "-" + "7" * 400,
        '{"a": [' + "1, " * 500 + "8" * 300 + "]}",
    ],
)  # fmt: skip
def test_what_no_store_keeps_is_suspect(text: str) -> None:
    assert is_suspect(text.encode())


@pytest.mark.parametrize(
    "text", ["[0.1234567890123456, -1e-300, 1e22]", '"see 1234567"', '"\\u00e9\\u20ac"', "9" * 140]
)
def test_what_is_harmless_is_not(text: str) -> None:
    assert not is_suspect(text.encode())
    assert plain(json.loads(text)) == json.loads(text)
