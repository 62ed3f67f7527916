"""Anyone compares a file with the document issued, in their own browser: nothing is sent anywhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.cache import cache
from django.urls import reverse
from playwright.sync_api import Page, expect

from assessments.domain.codes import spelled
from assessments.models import Document
from assessments.services import storage
from tests import factories
from tests.e2e.visitors import Visitor
from tests.tampering import populated, tamper

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

DROP = """([zone, bytes]) => {
    const carried = new DataTransfer();
    carried.items.add(new File([new Uint8Array(bytes)], "déposé.pdf", { type: "application/pdf" }));
    zone.dispatchEvent(new DragEvent("drop", { dataTransfer: carried, bubbles: true, cancelable: true }));
}"""


@pytest.fixture
def document(transactional_db: None) -> Document:
    cache.clear()
    return populated(factories.world())


def says(page: Page, words: str) -> None:
    """The one answer that is shown, where a screen reader is told of it."""
    status = page.locator("[data-fingerprint-answer]")
    expect(status).to_contain_text(words, use_inner_text=True)
    expect(status.locator("[data-fingerprint-says]:visible")).to_have_count(1)


def test_a_file_is_compared_without_leaving_the_browser(
    document: Document, visit: Callable[..., Visitor], tmp_path: Path
) -> None:
    pdf = storage.read_bytes(document.storage_key)
    files = {"vrai.pdf": pdf, "altéré.pdf": pdf[:-1] + b"x", "notes.txt": b"bonjour", "vide.pdf": b""}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    anyone = visit()
    page = anyone.page
    page.goto(reverse("web:verify_form"))
    page.get_by_label("Numéro du document").fill(document.number)
    page.get_by_label("Code de vérification").fill(spelled(document.code).lower())
    page.keyboard.press("Enter")
    expect(page.get_by_text("Ce document a bien été délivré")).to_be_visible()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    field = page.get_by_label("Choisissez le PDF, ou déposez-le ici")
    for name, words in {
        "vrai.pdf": "C’est le document délivré, à l’octet près",
        "altéré.pdf": "Ce n’est pas le document délivré",
        "notes.txt": "Ce fichier n’est pas un PDF",
        "vide.pdf": "Ce fichier ne peut pas être lu",
    }.items():
        field.set_input_files(tmp_path / name)
        says(page, words)
        expect(page.get_by_text(name)).to_be_visible()
    anyone.look("verify-file-unreadable")
    page.evaluate_handle(DROP, [page.locator("[data-fingerprint-drop]").element_handle(), list(pdf)])
    says(page, "C’est le document délivré, à l’octet près")
    anyone.look("verify-file-same")
    assert [url for url in sent if "/static/" not in url] == []  # an icon may come late, a file goes nowhere


def test_a_paper_without_a_code_is_compared_all_the_same(
    document: Document, visit: Callable[..., Visitor], tmp_path: Path
) -> None:
    tamper("UPDATE assessments_document SET code_on_paper = false")
    (tmp_path / "vrai.pdf").write_bytes(storage.read_bytes(document.storage_key))
    anyone = visit()
    page = anyone.page
    page.goto(reverse("web:verify", args=[document.number]))
    expect(page.get_by_text("Un document de ce numéro a été délivré")).to_be_visible()
    page.get_by_label("Choisissez le PDF, ou déposez-le ici").set_input_files(tmp_path / "vrai.pdf")
    says(page, "C’est le document délivré, à l’octet près")
    anyone.look("verify-number-alone")


def test_without_script_the_page_says_how_to_compare(document: Document, browser: object, live_server: object) -> None:
    context = browser.new_context(java_script_enabled=False, locale="fr-FR", base_url=live_server.url)  # type: ignore[attr-defined]
    page = context.new_page()
    page.goto(reverse("web:verify_code", args=[document.number, document.code]))
    expect(page.get_by_text("Votre fichier est-il le bon")).to_be_visible()
    expect(page.get_by_label("Choisissez le PDF, ou déposez-le ici")).to_be_hidden()
    page.get_by_text("Comparer soi-même").click()
    expect(page.get_by_text("sha256sum document.pdf")).to_be_visible()
    expect(page.get_by_text(document.sha256)).to_be_visible()
    context.close()
