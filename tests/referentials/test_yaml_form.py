"""Hostile and clumsy YAML is refused with a cause."""

from __future__ import annotations

from pathlib import Path

import pytest

from certification.referentials.errors import UnreadableForm
from certification.referentials.yaml_form import MAX_BYTES, parse_form, read_form, write_form

BOMB = b"a: &a [x, x, x]\nb: &b [*a, *a, *a]\nc: &c [*b, *b, *b]\nd: [*c, *c, *c]\n"


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (BOMB, "ancres"),
        (b"a: *inconnu\n", "ancres"),
        (b"a: !!python/object/apply:os.system ['true']\n", "étiquettes"),
        (b"a: !!str 1\n", "étiquettes"),
        (b"a: 1\na: 2\n", "deux fois"),
        (b"b:\n  - {x: 1, x: 2}\n", "deux fois"),
        (b"<<: {a: 1}\n", "clé"),
        (b"? [a, b]\n: 1\n", "clé"),
        (b"[" * 5000 + b"]" * 5000, "imbrication"),
        (b"{a: " * 100 + b"1" + b"}" * 100, "imbrication"),
        (b"- x\n" * 250_000, "trop d’éléments"),
        (b"a" * (MAX_BYTES + 1), "2 Mo"),
        (b"a: \xff\xfe\n", "UTF-8"),
        (b"a: [1\n", "illisible"),
        (b"a: \x00\n", "illisible"),
        (b"a: 1\n---\nb: 2\n", "illisible"),
        (b"a: " + b"9" * 10_000 + b"\n", "illisible"),
    ],
)
def test_hostile_forms_are_refused(data: bytes, cause: str) -> None:
    with pytest.raises(UnreadableForm, match=cause):
        parse_form(data)


def test_a_date_stays_a_text() -> None:
    assert parse_form(b"edition: 2026-01-31\n") == {"edition": "2026-01-31"}


def test_a_byte_order_mark_is_no_obstacle() -> None:
    assert parse_form("\ufeffcode: é\n".encode()) == {"code": "é"}


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableForm, match=r"absent\.yaml"):
        read_form(tmp_path / "absent.yaml")


def test_what_is_written_is_read_back() -> None:
    shared = ["oui", "1.1", "2026-01-31", "null", "é « » : #", "a\nb"]
    tree = {"a": shared, "b": shared, "c": {"d": None, "e": 1.5, "f": True}}

    assert parse_form(write_form(tree).encode()) == tree
