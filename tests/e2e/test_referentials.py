"""A référentiel from a spreadsheet to its second edition, as an administrator lives it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Locator, Page, expect

from assessments.models import JournalEntry, Role
from certification.referentials.models import Referential
from certification.referentials.tree import edition_content
from tests import factories
from tests.e2e.visitors import LONG, Visitor
from tests.workers import Worker

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Visitor]
TITLE = "Traiter des données"
ROWS = (
    ("1 – Préparer les données", "1.1 – Collecter", "C1 – Recueillir les données utiles", "Étude de cas",
     "Les sources sont citées"),
    ("", "", "", "", "Les formats sont décrits"),
    ("", "", "C2 – Nettoyer les données recueillies", "", "Les valeurs manquantes sont traitées"),
    ("2 – Restituer les résultats", "2.1 – Présenter", "C3 – Présenter les résultats à un public", "Soutenance",
     "La présentation est claire"),
    ("", "", "C4 – Rédiger une note de synthèse", "", "La note tient en deux pages"),
)  # fmt: skip


def test_from_a_spreadsheet_to_the_next_edition(visit: Visit, worker: Worker, tmp_path: Path) -> None:
    worker.start()
    office = visit()
    office.known_as(factories.person(Role.ADMINISTRATOR, "Administratrice (démo)"))

    bring_in(office, filled(office, tmp_path))
    correct(office)
    publish(office)
    open_the_next_edition(office)
    compare(office)
    carry_over(office)

    first, second = Referential.objects.order_by("pk")
    assert (first.status, second.status) == ("published", "draft")
    kept = set(edition_content(first).identities.values()) & set(edition_content(second).identities.values())
    assert len(kept) == len(edition_content(first).identities) - 1  # all but the criterion that was removed
    verbs = set(JournalEntry.objects.filter(object_type="referential").values_list("verb", flat=True))
    assert verbs >= {
        "referential.imported", "referential.moved", "referential.saved", "referential.added", "referential.deleted",
        "referential.published", "referential.created", "referential.carried_over",
    }  # fmt: skip


def filled(office: Visitor, folder: Path) -> Path:
    """The template of the page, filled in."""
    page = office.page
    page.goto("/administration/referentiels/")
    page.get_by_role("link", name="Importer").click()
    office.look("referential-1-import")
    with page.expect_download() as download:
        page.get_by_role("link", name="Télécharger le modèle").click()
    path = folder / "traiter-des-donnees.xlsx"
    download.value.save_as(path)
    book = openpyxl.load_workbook(path)
    sheet = book.active
    assert sheet is not None
    sheet.delete_rows(2, sheet.max_row)
    for rank, row in enumerate(ROWS, start=2):
        for column, text in enumerate(row, start=1):
            sheet.cell(rank, column).value = text or None
    book.save(path)
    return path


def bring_in(office: Visitor, path: Path) -> None:
    page = office.page
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name="Lire le fichier").click()
    accept = page.get_by_role("button", name="Accepter comme brouillon").last  # the other is at the head of the page
    expect(accept).to_be_visible(timeout=LONG)
    expect(page.locator(".import-items")).to_contain_text("La note tient en deux pages")
    page.get_by_label("Intitulé").fill(TITLE)
    office.look("referential-2-preview")
    accept.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    office.look("referential-3-draft")


def row(page: Page, text: str) -> Locator:
    return page.get_by_role("treeitem", name=text)


def choose(page: Page, text: str) -> None:
    """Open the form of an element of the tree."""
    row(page, text).get_by_role("link").click()
    expect(row(page, text)).to_have_attribute("aria-selected", "true")


def write(page: Page, text: str) -> None:
    page.get_by_label("Texte", exact=True).fill(text)
    page.get_by_role("button", name="Enregistrer").click()
    expect(row(page, text)).to_be_visible()


def criteria(page: Page) -> list[str]:
    return [text.strip() for text in page.locator("[data-kind=criteria] .tree-text").all_text_contents()]


def correct(office: Visitor) -> None:
    """An element moved with the keyboard, another corrected, in the tree."""
    page = office.page
    page.get_by_role("link", name="Modifier").click()
    row(page, "Les formats sont décrits").focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("[data-kind=criteria]").first).to_contain_text("Les formats sont décrits")
    expect(row(page, "Les formats sont décrits")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#editor-panel :focus")).to_have_count(1)
    write(page, "Les sources sont citées et datées")
    assert criteria(page)[:2] == ["Les formats sont décrits", "Les sources sont citées et datées"]
    office.look("referential-4-editor")


def publish(office: Visitor) -> None:
    """What is still to be written is in the way, and one click away."""
    page = office.page
    choose(page, "Rédiger une note de synthèse")
    page.get_by_role("button", name="Ajouter un critère").click()
    expect(page.locator("#editor-panel")).to_contain_text("texte encore à rédiger")
    office.look("referential-5-to-write")
    page.get_by_role("link", name="Lire et imprimer").click()
    page.get_by_role("link", name="Publier").click()
    expect(page.get_by_text("ne peut pas encore être publiée")).to_be_visible()
    office.look("referential-6-refused")
    blocking = page.get_by_role("link", name="À rédiger")
    expect(blocking).to_contain_text("C4 Rédiger une note de synthèse")
    blocking.click()
    write(page, "La note cite ses sources")
    page.get_by_role("link", name="Lire et imprimer").click()
    page.get_by_role("link", name="Publier").click()
    office.look("referential-7-publish")
    page.get_by_role("button", name="Publier cette édition").click()
    expect(page.get_by_text("elle ne changera plus")).to_be_visible()
    office.look("referential-8-published")


def open_the_next_edition(office: Visitor) -> None:
    """A criterion reworded, one added, one removed."""
    page = office.page
    page.get_by_role("link", name="Nouvelle édition").click()
    page.get_by_label("Nom de la nouvelle édition").fill("2")
    office.look("referential-9-next")
    page.get_by_role("button", name="Préparer le brouillon").click()
    page.get_by_role("link", name="Modifier").click()
    choose(page, "La présentation est claire")
    write(page, "La présentation est claire et tient en dix minutes")
    choose(page, "Recueillir les données utiles")
    page.get_by_role("button", name="Ajouter un critère").click()
    expect(row(page, "À rédiger")).to_have_attribute("aria-selected", "true")
    write(page, "Les droits d’usage sont vérifiés")
    row(page, "La note cite ses sources").focus()
    page.keyboard.press("Delete")
    dialog = page.get_by_role("dialog", name="Supprimer cet élément ?")
    expect(dialog).to_contain_text("La note cite ses sources")
    office.look("referential-10-delete", whole=False)
    dialog.get_by_role("button", name="Supprimer", exact=True).click()
    expect(row(page, "La note cite ses sources")).to_have_count(0)


def compare(office: Visitor) -> None:
    """The difference, criterion by criterion."""
    page = office.page
    page.get_by_role("link", name="Lire et imprimer").click()
    page.get_by_role("link", name="Différences").click()
    changes = {
        "Reformulé": "La présentation est claire et tient en dix minutes",
        "Ajouté": "Les droits d’usage sont vérifiés",
        "Retiré": "La note cite ses sources",
    }
    for outcome, text in changes.items():
        expect(page.locator(".change").filter(has_text=outcome)).to_contain_text(text)
    expect(page.locator(".change ins")).to_have_text(" et tient en dix minutes")
    office.look("referential-11-difference")


def carry_over(office: Visitor) -> None:
    """Which competencies and blocs count in the new edition."""
    page = office.page
    page.go_back()
    page.get_by_role("link", name="Report des acquis").click()
    proposed = {"C1": "reworded", "C2": "same", "C3": "reworded", "C4": "reworded", "1": "reworded", "2": "reworded"}
    for code, verdict in proposed.items():
        line = page.get_by_role("row").filter(has=page.get_by_role("rowheader").filter(has=code_of(page, code)))
        expect(line.get_by_role("combobox", name="Report", exact=True)).to_have_value(verdict)
    office.look("referential-12-carry-over")
    page.get_by_role("button", name="Enregistrer la table de report").click()
    expect(page.get_by_text("La table de report est enregistrée")).to_be_visible()
    expect(page.get_by_text("Proposition, à relire")).to_have_count(0)


def code_of(page: Page, code: str) -> Locator:
    return page.locator(".bloc-code").get_by_text(code, exact=True)
