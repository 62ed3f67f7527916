"""The evaluation report as a jury reads it and an archive keeps it."""

from __future__ import annotations

import ctypes
import hashlib
import re
import socket
from collections.abc import Callable
from dataclasses import replace

import pypdfium2
import pytest
from django.urls import reverse
from django.utils import translation

from assessments import tasks
from assessments.domain.codes import spelled
from assessments.models import Decision, Document, User
from assessments.reports import evaluation_report
from assessments.selectors import report as gathering
from assessments.selectors.report import _places, report_of
from assessments.selectors.report_content import Remark, report_from
from assessments.services import storage

HOSTILE = '<script>alert(1)</script><img src="http://192.0.2.1/x.png"><style>@import "http://192.0.2.1/x.css"</style>'
CODE = "0" * 26


def text_of(pdf: bytes) -> str:
    """The words of every page, spaces and line ends made equal."""
    document = pypdfium2.PdfDocument(pdf)
    return squeezed(" ".join(page.get_textpage().get_text_bounded() for page in document))


def squeezed(text: str) -> str:
    """Without white space, soft hyphens nor the marks that stand for a line's end in extracted text."""
    return re.sub(r"[\s\u00ad\ufffe\u0002]", "", text)


def language_of(document: pypdfium2.PdfDocument) -> str:
    """The language stated for the whole document."""
    size = pypdfium2.raw.FPDFCatalog_GetLanguage(document, None, 0)
    words = (ctypes.c_ushort * (size // 2))()
    pypdfium2.raw.FPDFCatalog_GetLanguage(document, words, size)
    return bytes(words).decode("utf-16-le").rstrip("\0")


def issued(decision: Decision) -> tuple[Document, bytes]:
    document = evaluation_report.issue(decision_id=decision.pk)
    return document, storage.read_bytes(document.storage_key)


def test_says_everything_that_was_decided_and_by_whom(decide: Callable[..., Decision]) -> None:
    decision = decide(motive="Un ensemble solide, à compléter.")
    document, pdf = issued(decision)
    said = text_of(pdf)
    for line in decision.lines.select_related("criterion"):
        assert squeezed(line.criterion.text) in said
        assert all(squeezed(item.text) in said for item in line.criterion.items.all())
    wanted = [
        "Dominique Exemple", "Claude Exemple", "Sacha Exemple", "Camille Exemple", "Épreuve non validée", "acquis",
        "en cours d'acquisition", "mentor", "évaluation automatique, confirmée par le mentor",
        "président du jury, après délibération", "Un ensemble solide, à compléter.", "la route répond en moins",
        "Le jury attend un guide d'installation complet.", "Exposé clair", "note_methodologique.pdf, page 2",
        "dashboard/app.py, ligne 31", decision.submission.bundle_id, document.number, document.content_hash,
        reverse("web:verify_form"), spelled(document.code),
    ]  # fmt: skip
    assert [words for words in wanted if squeezed(words) not in said] == []


def test_is_a_tagged_numbered_a4_document_in_french(decide: Callable[..., Decision]) -> None:
    document, pdf = issued(decide())
    opened = pypdfium2.PdfDocument(pdf)
    assert opened.get_metadata_dict()["Title"] == f"Rapport d’évaluation {document.number}"
    assert pypdfium2.raw.FPDFCatalog_IsTagged(opened)
    assert language_of(opened) == "fr"
    for rank, page in enumerate(opened, start=1):
        assert [round(side) for side in page.get_size()] == [595, 842]
        words = page.get_textpage().get_text_bounded()
        assert f"{rank} / {len(opened)}" in words
        assert document.number in words
        assert document.content_hash[:32] in words
        assert spelled(document.code) in words
    assert document.sha256 == hashlib.sha256(pdf).hexdigest()


def test_the_same_content_has_the_same_hash_and_is_issued_once(decide: Callable[..., Decision]) -> None:
    decision = decide()
    document, pdf = issued(decision)
    assert issued(decision) == (document, pdf)
    assert Document.objects.count() == 1
    with translation.override("en"):  # the language of whoever asks changes nothing
        report = report_of(evaluation_report.decision_to_print(decision.pk))
    assert report.content_hash == document.content_hash
    assert replace(report, motive="autre").content_hash != document.content_hash


def test_the_printed_hash_is_computed_again_when_the_rows_would_say_something_else(
    decide: Callable[..., Decision], monkeypatch: pytest.MonkeyPatch
) -> None:
    document, pdf = issued(decide())
    User.objects.filter(full_name="Claude Exemple").update(full_name="Claude Autrement")
    monkeypatch.setattr(gathering, "place", lambda evidence, lang: "an upgrade words it otherwise")
    today = report_of(evaluation_report.decision_to_print(document.decision_id))
    assert today.content_hash != document.content_hash
    content = bytes(document.stored.content)
    assert hashlib.sha256(content).hexdigest() == document.content_hash
    kept = report_from(content)
    assert kept.content == content
    assert text_of(evaluation_report.render_pdf(kept, document.code)) == text_of(pdf)


def test_hostile_words_are_printed_and_never_obeyed(
    decide: Callable[..., Decision], monkeypatch: pytest.MonkeyPatch
) -> None:
    report = report_of(evaluation_report.decision_to_print(decide(remark=HOSTILE).pk))
    asked: list[object] = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: asked.append(args))
    monkeypatch.setattr(socket.socket, "connect", lambda self, address: asked.append(address))
    said = text_of(evaluation_report.render_pdf(replace(report, candidate=HOSTILE, motive=HOSTILE), CODE))
    assert said.count(squeezed(HOSTILE)) >= 3
    assert asked == []
    with pytest.raises(ValueError, match="fetches nothing"):
        evaluation_report.refuse("file:///etc/passwd")


def test_breaks_long_grids_between_pages(decide: Callable[..., Decision]) -> None:
    report = report_of(evaluation_report.decision_to_print(decide().pk))
    long_words = Remark("Mentor", "Un commentaire qui prend de la place. " * 40)
    group = report.groups[0]
    lines = [replace(line, comments=[long_words]) for line in group.lines] * 6
    long = replace(report, groups=[replace(group, lines=lines)])
    assert len(pypdfium2.PdfDocument(evaluation_report.render_pdf(long, CODE))) > 6


def test_what_was_not_ordered_is_not_printed(db: None) -> None:
    tasks.issue_report(987_654)
    assert not Document.objects.exists()


def test_what_was_decided_is_ordered_and_printed_once(decide: Callable[..., Decision]) -> None:
    (order,) = decide().print_orders.all()
    for _ in range(2):
        tasks.issue_report(order.pk)
    order.refresh_from_db()
    assert (order.state, order.due_at, order.attempts) == ("issued", None, 1)
    assert Document.objects.count() == 1


def test_a_place_is_told_once_and_a_version_by_its_name() -> None:
    commit = {
        "kind": "commit",
        "path": "(git)",
        "detail": {"commit": "0123456789abcdef", "subject": "Première version"},
    }
    line = {"kind": "code", "path": "api/main.py", "line": 3}
    shown = _places([line, line, commit, {"kind": "file"}, {"kind": "file", "path": "a"}, {"path": "b"}], "fr")
    assert shown == ["api/main.py, ligne 3", "commit 01234567", "a"]
