"""Word documents and PowerPoint presentations: what is read of them, and what is refused."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluator.checks.documents import CHECKS
from evaluator.facts.documents import extract

from .builders import pdf, workspace, write
from .office import slides, word

(PAGE_LIMIT,) = CHECKS


def read(root: Path, files: dict[str, bytes]) -> dict[str, Any]:
    return extract(workspace(write(root, files)))


@pytest.mark.parametrize("laid_out", [False, True])
def test_a_word_document_is_cut_where_its_pages_were(laid_out: bool, tmp_path: Path) -> None:
    pages = [["# Note", "Début.", "| Une cellule"], ["## Limites", "Fin."]]
    fact = read(tmp_path, {"note.docx": word(pages, laid_out=laid_out)})["note.docx"]
    assert (fact["kind"], fact["count"], fact["error"]) == ("docx", 2, None)
    assert fact["pages"][0]["text"] == "Note\nDébut.\nUne cellule"
    headings = [heading for page in fact["pages"] for heading in page["headings"]]
    assert [heading["text"] for heading in headings] == ["Note", "Limites"]
    assert headings[0]["size"] > headings[1]["size"]


def test_a_word_document_without_breaks_does_not_tell_its_pages(tmp_path: Path) -> None:
    fact = read(tmp_path, {"note.docx": word([["Une ligne."]])})["note.docx"]
    assert (fact["count"], len(fact["pages"])) == (None, 1)


def test_slides_are_pages_and_hidden_ones_are_not(tmp_path: Path) -> None:
    fact = read(tmp_path, {"oral.pptx": slides(["Accueil", "Méthode", "Annexe"], hidden=[2])})["oral.pptx"]
    assert (fact["kind"], fact["count"], fact["error"]) == ("pptx", 2, None)
    assert [page["headings"][0]["text"] for page in fact["pages"]] == ["Accueil", "Méthode"]
    assert "Texte de la diapositive 2" in fact["pages"][1]["text"]
    assert fact["pages"][0]["landscape"]


def test_the_lock_of_an_open_document_is_no_document(tmp_path: Path) -> None:
    assert list(read(tmp_path, {"~$note.docx": b"x", "note.docx": word([["a"]])})) == ["note.docx"]


@pytest.mark.parametrize("name", ["note.docx", "oral.pptx"])
@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "document.broken"),
        (b"bonjour", "document.broken"),
        (pdf([["a"]]), "document.broken"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "document.encrypted"),
    ],
)
def test_what_is_no_office_document_is_named(name: str, data: bytes, code: str, tmp_path: Path) -> None:
    assert read(tmp_path, {name: data})[name]["error"] == {"code": code, "params": {"path": name}}


def test_markup_that_unpacks_to_too_much_is_not_read(tmp_path: Path) -> None:
    data = replaced(word([["a"]]), "word/document.xml", b"<a>" + b" " * 64_000_000 + b"</a>")
    assert len(data) < 100_000
    assert read(tmp_path, {"note.docx": data})["note.docx"]["error"]["code"] == "document.too_large"


def test_entities_are_not_followed(tmp_path: Path) -> None:
    """Neither a file of the host nor an entity that grows ten-fold ten times comes out."""
    main = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    bomb = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    body = (
        f'<!DOCTYPE d [<!ENTITY e0 "ha"><!ENTITY host SYSTEM "file:///etc/passwd">{bomb}]>'
        f'<w:document xmlns:w="{main}"><w:body><w:p><w:r><w:t>vu &host;&e9;</w:t></w:r></w:p></w:body></w:document>'
    )
    data = replaced(word([["a"]]), "word/document.xml", body.encode())
    fact = read(tmp_path, {"note.docx": data})["note.docx"]
    text = "".join(page["text"] for page in fact["pages"])
    assert "root:" not in text
    assert "haha" not in text


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_no_damage_escapes_as_anything_but_a_named_error(data: st.DataObject, tmp_path_factory: Any) -> None:
    name, whole = data.draw(st.sampled_from([("note.docx", WORD), ("oral.pptx", SLIDES)]))
    start = data.draw(st.integers(0, len(whole) - 1))
    damage = data.draw(st.binary(min_size=1, max_size=40))
    damaged = whole[:start] + damage + whole[start + len(damage) :]
    fact = read(tmp_path_factory.mktemp("damaged"), {name: damaged})[name]
    assert fact["error"] is None or fact["error"]["code"].startswith("document.")


def test_a_word_note_leaves_its_length_to_a_person_unless_its_pdf_is_there(tmp_path: Path) -> None:
    facts = read(tmp_path, {"note.docx": word([["a"], ["b"], ["c"]])})
    finding = PAGE_LIMIT.run({"documents": facts}, {"max_pages": 2})
    assert (finding.outcome.value, finding.message.params["pages"]) == ("undecided", 3)
    facts = read(tmp_path, {"note.pdf": pdf([["a"]])})
    finding = PAGE_LIMIT.run({"documents": facts}, {"max_pages": 2})
    assert (finding.outcome.value, finding.evidence[0].path) == ("met", "note.pdf")


def replaced(data: bytes, part: str, content: bytes) -> bytes:
    """The archive with one of its parts replaced."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in source.namelist():
            copy.writestr(name, content if name == part else source.read(name))
    return target.getvalue()


WORD = word([["# Note", "Texte", "| a"], ["## Fin", "b"]])
SLIDES = slides(["Accueil", "Fin"])
