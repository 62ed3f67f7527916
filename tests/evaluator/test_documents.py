"""PDF pages, their headings, and the length of sections."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from evaluator.checks.documents import CHECKS
from evaluator.facts.documents import extract

from .builders import pdf, workspace, write

BODY = [f"Ligne {number} du texte." for number in range(25)]
(PAGE_LIMIT,) = CHECKS


def judged(facts: dict[str, Any], **params: Any) -> Any:
    return PAGE_LIMIT.run({"documents": facts}, params)


def read(root: Path, files: dict[str, bytes], attachments: Path | None = None) -> dict[str, Any]:
    return extract(workspace(write(root, files), attachments))


def test_pages_have_text_headings_and_a_picture(tmp_path: Path) -> None:
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    facts = read(tmp_path / "p", {"note.pdf": pdf([["# Note", "## 1. Démarche", *BODY], BODY])}, pictures)
    fact = facts["note.pdf"]
    assert fact["count"] == 2
    assert [heading["text"] for heading in fact["pages"][0]["headings"]] == ["Note", "1. Démarche"]
    assert "Ligne 3 du texte." in fact["pages"][1]["text"]
    assert all((pictures / page["attachment"]).is_file() for page in fact["pages"])


@pytest.mark.parametrize(("pages", "outcome"), [(1, "met"), (2, "met"), (3, "not_met")])
def test_whole_note(pages: int, outcome: str, tmp_path: Path) -> None:
    finding = judged(read(tmp_path, {"note.pdf": pdf([BODY] * pages)}), max_pages=2)
    assert finding.outcome.value == outcome
    assert finding.evidence[0].page == (3 if outcome == "not_met" else 1)


@pytest.mark.parametrize(
    ("pages", "words", "limit", "outcome"),
    [
        ([["# Note", "## 1. Démarche", *BODY], ["## 2. Limites", *BODY]], ["démarche"], 1, "met"),
        ([["# Note", "## 1. Démarche ........ 2"], ["## 1. Démarche", *BODY], ["## 2. Fin"]], ["démarche"], 1, "met"),
        ([["# Note", "## 1. Démarche", *BODY], BODY, ["## 2. Limites"]], ["demarche"], 1, "not_met"),
        ([["# Note", *BODY, "## 1. Démarche", "a"], [*BODY[:4], "## 2. Limites"]], ["Démarche"], 1, "met"),
        ([["# Note", "## 1. Démarche", *BODY], ["## 2. Limites", *BODY], BODY], ["limites"], 1, "not_met"),
        ([["# Note", "## 1. Démarche", *BODY], ["## 2. Limites", *BODY]], ["coût"], 1, "undecided"),
        ([["# Note sur la démarche", "## 1. Contexte", *BODY], BODY, BODY], ["démarche"], 1, "undecided"),
    ],
)
def test_sections(pages: list[list[str]], words: list[str], limit: int, outcome: str, tmp_path: Path) -> None:
    finding = judged(read(tmp_path, {"note.pdf": pdf(pages)}), max_pages=limit, section=words)
    assert finding.outcome.value == outcome, finding.message


def test_the_note_is_chosen_by_name_by_pattern_or_left_to_a_person(tmp_path: Path) -> None:
    facts = read(tmp_path, {"article.pdf": pdf([BODY]), "docs/Note_Méthodologique.pdf": pdf([BODY] * 4)})
    assert judged(facts, max_pages=2).message.params["path"] == "docs/Note_Méthodologique.pdf"
    assert judged(facts, max_pages=2, document="article*").outcome.value == "met"
    assert judged(facts, max_pages=2, document="absent.pdf").outcome.value == "not_met"
    facts = read(tmp_path, {"rapport.pdf": pdf([BODY])})
    finding = judged(facts, max_pages=2)
    assert finding.outcome.value == "undecided"
    assert finding.message.params["paths"] == ["rapport.pdf", "docs/Note_Méthodologique.pdf"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"bonjour", "document.not_a_pdf"),
        (b"%PDF-1.4\nnothing more", "document.broken"),
        (pdf([BODY])[:300], "document.broken"),
    ],
)
def test_broken_documents_are_named(data: bytes, code: str, tmp_path: Path) -> None:
    facts = read(tmp_path, {"note.pdf": data})
    assert facts["note.pdf"]["error"]["code"] == code
    finding = judged(facts, max_pages=2)
    assert (finding.outcome.value, finding.message.code) == ("error", code)


def test_no_document(tmp_path: Path) -> None:
    assert judged(read(tmp_path, {"a.txt": b"a"}), max_pages=2).outcome.value == "not_met"
