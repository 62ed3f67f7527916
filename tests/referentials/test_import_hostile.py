"""Files made to harm: each is refused or made harmless, with a message that names the place, in a bounded child."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from certification.referentials import importers
from certification.referentials.importers import ImportRefused
from certification.referentials.importers.registry import IMPORTERS
from certification.referentials.importers.tables import template_xlsx
from tests.referentials import office

BOMB = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;&b;&b;'>]>"
EXTERNAL = "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>"
DEEP = 10_000
Made = Callable[[Path], tuple[str, Path]]


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def sheet(xml: str) -> Made:
    changed = {"xl__worksheets__sheet1.xml": xml.encode()}
    return lambda folder: ("xlsx", office.repacked(template_xlsx(), folder / "f.xlsx", **changed))


def claimed_small(path: Path) -> Path:
    """A bomb whose directory lies about its size."""
    office.repacked(template_xlsx(), path, **{"xl__worksheets__sheet1.xml": b"<a>" + b" " * 80_000_000})
    data = bytearray(path.read_bytes())
    at = data.rfind(b"xl/worksheets/sheet1.xml") - 46
    data[at + 24 : at + 28] = struct.pack("<I", 900)
    return written(path, bytes(data))


def encrypted(path: Path) -> Path:
    office.packed(path, {"word/document.xml": b"<x/>"})
    data = bytearray(path.read_bytes())
    data[data.rfind(b"PK\x01\x02") + 8] |= 1
    return written(path, bytes(data))


CASES: dict[str, tuple[Made, str]] = {
    "rncp_entities": (lambda f: ("rncp", written(f / "f.xml", f"{BOMB}<FICHES>&c;</FICHES>".encode())), "entities"),
    "rncp_external": (lambda f: ("rncp", written(f / "f.xml", f"{EXTERNAL}<FICHES>&a;</FICHES>".encode())), "entities"),
    "rncp_nested": (lambda f: ("rncp", written(f / "f.xml", b"<FICHES>" + b"<A>" * DEEP)), "nesting"),
    "rncp_cut": (lambda f: ("rncp", written(f / "f.xml", b"<FICHES><FICHE>")), "unreadable"),
    "rncp_encoding": (
        lambda f: ("rncp", written(f / "f.xml", "<FICHES><FICHE>é</FICHE></FICHES>".encode("latin-1"))),
        "unreadable",
    ),
    "rncp_unknown_encoding": (
        lambda f: ("rncp", written(f / "f.xml", b'<?xml version="1.0" encoding="x-klingon"?><FICHES/>')),
        "encoding",
    ),
    "rncp_other_root": (lambda f: ("rncp", written(f / "f.xml", b"<HTML><FICHE/></HTML>")), "unreadable"),
    "docx_entities": (lambda f: ("docx", office.docx(f / "f.docx", "&c;", BOMB)), "entities"),
    "docx_external": (lambda f: ("docx", office.docx(f / "f.docx", "&a;", EXTERNAL)), "entities"),
    "docx_nested": (lambda f: ("docx", office.docx(f / "f.docx", "<w:tbl>" * DEEP)), "nesting"),
    "docx_bomb": (lambda f: ("docx", office.docx(f / "f.docx", " " * 70_000_000)), "too_large"),
    "docx_encrypted_member": (lambda f: ("docx", encrypted(f / "f.docx")), "encrypted"),
    "docx_encrypted": (
        lambda f: ("docx", written(f / "f.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)),
        "encrypted",
    ),
    "docx_is_text": (lambda f: ("docx", written(f / "f.docx", b"Bonjour")), "unreadable"),
    "docx_without_table": (lambda f: ("docx", office.docx(f / "f.docx", office.paragraph("Bonjour"))), "nothing"),
    "xlsx_macros": (
        lambda f: ("xlsx", office.repacked(template_xlsx(), f / "f.xlsx", **{"xl__vbaProject.bin": b"x"})),
        "macros",
    ),
    "xlsx_entities": (sheet(f"{BOMB}<worksheet>&c;</worksheet>"), "entities"),
    "xlsx_external": (sheet(f"{EXTERNAL}<worksheet>&a;</worksheet>"), "entities"),
    "xlsx_nested": (sheet("<a>" * DEEP), "nesting"),
    "xlsx_bomb": (sheet("<worksheet>" + " " * 70_000_000), "too_large"),
    "xlsx_lying_bomb": (lambda f: ("xlsx", claimed_small(f / "f.xlsx")), "unreadable"),
    "xlsx_other_kind": (lambda f: ("xlsx", office.docx(f / "f.xlsx", "")), "unreadable"),
    "csv_binary": (lambda f: ("csv", written(f / "f.csv", b"Bloc;Comp\x00\x81\x8d\n")), "encoding"),
    "csv_huge_cell": (
        lambda f: ("csv", written(f / "f.csv", b"Bloc;Activit\xe9;Comp\xe9tence;Crit\xe8re\na;b;c;" + b"x" * 99_000)),
        "unreadable",
    ),
    "json_nested": (lambda f: ("json", written(f / "f.json", b"[" * DEEP)), "nesting"),
    "json_twice": (lambda f: ("json", written(f / "f.json", b'{"code": "a", "code": "b"}')), "duplicate_key"),
    "json_number": (lambda f: ("json", written(f / "f.json", b'{"code": ' + b"9" * 10_000 + b"}")), "unreadable"),
    "json_latin": (lambda f: ("json", written(f / "f.json", '{"code": "é"}'.encode("latin-1"))), "encoding"),
    "yaml_nested": (lambda f: ("yaml", written(f / "f.yaml", b"[" * DEEP)), "unreadable"),
    "yaml_alias": (lambda f: ("yaml", written(f / "f.yaml", b"a: &x [1]\nb: *x\n")), "unreadable"),
}


@pytest.mark.parametrize("name", CASES)
def test_it_is_refused_with_a_reason(name: str, tmp_path: Path) -> None:
    made, code = CASES[name]
    kind, path = made(tmp_path)
    with pytest.raises(ImportRefused) as refused:
        IMPORTERS[kind].read(path, {}, lambda read, total, seen: None)
    assert refused.value.code == code
    assert refused.value.message


@pytest.mark.parametrize("name", ["rncp_entities", "docx_nested", "xlsx_bomb", "yaml_nested"])
def test_it_is_refused_alike_by_the_child(name: str, tmp_path: Path) -> None:
    made, code = CASES[name]
    kind, path = made(tmp_path)
    with pytest.raises(ImportRefused) as refused:
        importers.read(kind, path)
    assert refused.value.code == code


def test_a_file_too_large_for_its_kind_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    with path.open("wb") as stream:
        stream.truncate(11_000_000)
    with pytest.raises(ImportRefused) as refused:
        importers.read("csv", path)
    assert refused.value.code == "too_large"


def test_rows_beyond_reason_are_refused(tmp_path: Path) -> None:
    lines = "Bloc;Activité;Compétence;Critère\n" + "a;b;c;d\n" * 20_001
    with pytest.raises(ImportRefused) as refused:
        importers.read("csv", written(tmp_path / "f.csv", lines.encode()))
    assert (refused.value.code, str(refused.value.place)) == ("too_large", "ligne 20002")


def test_formulas_of_a_text_table_are_told_line_by_line(tmp_path: Path) -> None:
    lines = "Bloc;Activité;Compétence;Critère\n1 – Un;Dire;Lire;=cmd|' /C calc'!A0\n"
    found = importers.read("csv", written(tmp_path / "f.csv", lines.encode()))
    assert [str(each.place) for each in found.remarks if each.code == "formula"] == ["ligne 2"]
