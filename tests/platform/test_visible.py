"""Invisible signs are shown, letters of every script are left alone."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.visible import visible, visible_html

HIDDEN = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\U000e0041]")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("facture\u202egpj.exe", "facture‹U+202E›gpj.exe"),
        ("if admin:\u2066 # \u2069", "if admin:‹U+2066› # ‹U+2069›"),
        ("pay\u200bpal", "pay‹U+200B›pal"),
        ("a\u200db", "a‹U+200D›b"),
        ("\ufeffnom", "‹U+FEFF›nom"),
        ("x\U000e0041", "x‹U+E0041›"),
        ("\u202e\u202e", "‹U+202E›‹U+202E›"),
    ],
)
def test_signs_are_shown(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "Zoé Martin",
        "محمد بن سلمان",
        "דוד בן־גוריון",
        "می\u200cخواهم",
        "क्\u200dष",
        "👩\u200d🔬",
        "a\u0301",
        "\u00a0",
        "",
    ],
)
def test_letters_of_any_script_are_left_alone(text: str) -> None:
    assert visible(text) == text


@given(st.text(max_size=60))
def test_nothing_hides(text: str) -> None:
    shown = visible(text)
    assert not HIDDEN.search(shown)
    assert visible(shown) == shown


def test_a_page_shows_them_in_its_text_and_in_what_is_read_aloud() -> None:
    sent_back = '<textarea name="t">\u202e</textarea><input value="\u202e">'
    page = f'<p title="a\u202eb" data-name="a\u202eb">x\u202ey</p>{sent_back}'
    assert visible_html(page) == f'<p title="a‹U+202E›b" data-name="a\u202eb">x‹U+202E›y</p>{sent_back}'


@given(st.text(alphabet="<>abt/ =\"'!-\u202e\u200d", max_size=60))
def test_a_page_loses_nothing_else(page: str) -> None:
    bare = re.compile("\u202e|\u200d|‹U\\+202E›|‹U\\+200D›")
    assert bare.sub("", visible_html(page)) == bare.sub("", page)
