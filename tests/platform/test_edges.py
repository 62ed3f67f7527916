"""What comes in is made sound: for PostgreSQL, XML, bigint and the stack."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from certification.edges import (
    LARGEST,
    Unsound,
    cleaned,
    cleaned_form,
    is_clean,
    one_line,
    read_json,
    whole_number,
    whole_numbers,
)

ANYTHING = st.text(st.characters(exclude_categories=()), max_size=60)  # halves of pairs, controls, all of Unicode
LEAVES = st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | ANYTHING
VALUES = st.recursive(
    LEAVES | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANYTHING, inner, max_size=4),
    max_leaves=12,
)


@given(ANYTHING)
def test_cleaned_texts_are_what_xml_and_json_take(text: str) -> None:
    clean = cleaned(text)
    assert is_clean(clean)
    assert cleaned(clean) == clean
    etree.Element("a").text = clean
    assert clean.encode().decode() == clean


@pytest.mark.django_db
def test_cleaned_texts_are_what_postgresql_takes() -> None:
    texts = [cleaned("".join(map(chr, range(start, start + 256)))) for start in range(0, 0x11000, 256)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::text[], %s::jsonb", [texts, json.dumps(texts)])
        assert cursor.fetchone()[0] == texts


@pytest.mark.parametrize("text", ["Zoé\n\t\r", "محمد بن سلمان", "דוד", "\u202egpj.exe", "👩\u200d🔬", "½ × 3", ""])
def test_what_is_sound_is_left_alone(text: str) -> None:
    assert cleaned(text) == text


def test_what_no_column_takes_goes() -> None:
    assert cleaned("a\0b\x1b[0m\x7f\ud800\uffff") == "ab[0m\ufffd\ufffd"
    assert one_line("a\r\nSet-Cookie: x\t.zip") == "a Set-Cookie: x .zip"


def test_a_form_is_cleaned_key_and_value_or_is_the_very_same() -> None:
    sound = QueryDict("a=1&a=2&b=é")
    assert cleaned_form(sound) is sound
    clean = cleaned_form(QueryDict("a=1%00&a=2&b%00=%01"))
    assert {key: clean.getlist(key) for key in clean} == {"a": ["1", "2"], "b": [""]}
    with pytest.raises(AttributeError, match="immutable"):
        clean["c"] = "3"


@given(ANYTHING | st.integers().map(str))
def test_a_whole_number_is_one_that_a_key_holds(text: str) -> None:
    number = whole_number(text)
    assert number is None or (0 <= number <= LARGEST and str(number) == (text.lstrip("0") or "0"))


@pytest.mark.parametrize("text", ["", " 1", "+1", "-1", "1.0", "1e3", "٣", "²", "0x1", str(2**63), "9" * 5000, "1\0"])
def test_what_is_no_whole_number(text: str) -> None:
    assert whole_number(text) is None
    assert whole_numbers([text, "7"]) == [7]


def test_the_largest_key_and_zeros_before_it() -> None:
    assert whole_number(str(LARGEST)) == LARGEST
    assert whole_number("0" * 5000 + "7") == 7
    assert whole_number("201", largest=200) is None


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for key, item in value.items() for text in (key, *_texts(item))]
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    return [value] if isinstance(value, str) else []


@given(VALUES)
def test_json_is_read_with_its_texts_cleaned(value: Any) -> None:
    read = read_json(json.dumps(value))
    assert all(map(is_clean, _texts(read)))
    if all(map(is_clean, _texts(value))):
        assert read == value


@given(st.binary(max_size=80) | ANYTHING)
def test_any_body_is_json_or_unsound(body: bytes | str) -> None:
    try:
        read_json(body)
    except Unsound:
        return


@pytest.mark.parametrize(
    "body",
    [
        "[" * 100_000 + "]" * 100_000,
        "[" * 65 + "]" * 65,
        '{"a":' * 100 + "1" + "}" * 100,
        "9" * 5000,
        str(LARGEST + 1),
        f"-{LARGEST + 2}",
        "1e999",
        "NaN",
        "-Infinity",
        b"\xff\xfe",
        "",
    ],
)
def test_bodies_that_nothing_behind_could_take(body: bytes | str) -> None:
    with pytest.raises(Unsound):
        read_json(body)


def test_numbers_within_bounds() -> None:
    assert read_json(f"[{LARGEST}, -{LARGEST}, 1.5, -0, 1e3]") == [LARGEST, -LARGEST, 1.5, 0, 1000.0]
