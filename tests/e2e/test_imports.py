"""The pages of an import, as a person sees them: given, being read, refused, stuck, understood; and a PDF awaited."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from playwright.sync_api import expect

from assessments.models import ReferentialImport
from assessments.models.imports import ImportState
from assessments.reports import referential as printing
from assessments.services import import_reading, imports
from tests import factories
from tests.e2e.visitors import Visitor

pytestmark = pytest.mark.django_db(transaction=True)
TABLE = (
    "Activités\tCompétences\tModalités d’évaluation\tCritères d’évaluation\n"
    "A1 – Représenter des données\tC1 – Choisir un graphique\tÉtude de cas, deux heures\tLe graphique convient\n"
    "\tC2 – Lire un graphique\t\tRien n’est inventé. Tout est daté.\n"
    "A2 – Rendre compte\tC3 – Écrire une note\tProjet soutenu\t=SOMME(A1)\n"
)
ADDRESS = "/administration/referentiels/importer/"


def given(world: factories.World, content: str, name: str, fiche: str = "") -> ReferentialImport:
    file = ContentFile(content.encode())
    return imports.receive(actor=world.administrator, file=file, file_name=name, fiche=fiche)


def into_english(office: Visitor) -> None:
    """As the switch of the menu leaves it."""
    office.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": "en", "url": office.root}])


@pytest.mark.parametrize("language", ["fr", "en"])
def test_an_import_is_followed_from_its_file_to_its_preview(
    visit: Callable[..., Visitor], transactional_db: Any, language: str
) -> None:
    world = factories.world()
    refused = given(world, "Bonjour à tous", "tableau.tsv")
    flux = given(world, "<FICHES><FICHE><NUMERO_FICHE>RNCP1</NUMERO_FICHE></FICHE></FICHES>", "flux.xml", "RNCP9")
    understood = given(world, TABLE, "tableau.tsv")
    stuck = given(world, TABLE, "perdu.csv")
    for row in (refused, flux, understood):
        import_reading.read(import_id=row.pk)
    ReferentialImport.objects.filter(pk=stuck.pk).update(state=ImportState.STUCK)
    watched = given(world, TABLE, "export_fiches_RNCP_V4_1.csv", "RNCP35288")
    told = {"bytes_read": 187_000_000, "bytes_total": 470_000_000, "fiches_seen": 7_412}
    ReferentialImport.objects.filter(pk=watched.pk).update(**told)

    office = visit()
    page = office.known_as(world.administrator)
    if language == "en":
        into_english(office)
    page.goto(ADDRESS)
    office.look(f"import-{language}-1-new")
    for name, row in (("3-refused", refused), ("4-flux", flux), ("5-stuck", stuck), ("6-preview", understood)):
        page.goto(f"{ADDRESS}{row.key}/")
        for summary in page.locator(".import-covers summary").all()[:1]:
            summary.click()
        office.look(f"import-{language}-{name}")
    page.goto(f"{ADDRESS}{watched.key}/")
    office.look(f"import-{language}-2-reading")
    ReferentialImport.objects.filter(pk=watched.pk).update(bytes_read=470_000_000)
    expect(page.locator(".import-progress")).to_have_attribute("value", "100")
    import_reading.read(import_id=watched.pk)
    expect(page.locator(".import-items")).to_be_visible()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_pdf_is_awaited_then_taken(visit: Callable[..., Visitor], transactional_db: Any, language: str) -> None:

    world = factories.world()
    edition = world.edition.referential
    office = visit()
    page = office.known_as(world.administrator)
    if language == "en":
        into_english(office)
    page.goto(f"/administration/referentiels/{edition.pk}/export/?format=pdf")
    office.look(f"import-{language}-7-printing")
    printing.print_edition(referential_id=edition.pk)
    expect(page.locator("#print .button")).to_be_visible()
    office.look(f"import-{language}-8-printed")
    with page.expect_download() as taken:
        page.locator("#print .button").click()
    assert taken.value.suggested_filename.endswith(".pdf")
