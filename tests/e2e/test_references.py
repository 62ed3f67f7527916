"""The pages of reference data sets, as an administrator sees them: missing, given, read, in force, replaced."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from assessments.models import ReferenceVersion
from assessments.services import reference_reading
from certification.referentials.models import CriterionCheck
from tests import factories
from tests.assessments.services.test_references import TABLE, ask
from tests.e2e.test_imports import into_english
from tests.e2e.visitors import Visitor

pytestmark = pytest.mark.django_db(transaction=True)
FILE = {"name": "clients_verite.csv", "mimeType": "text/csv", "buffer": TABLE.encode()}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_data_set_goes_from_missing_to_in_force_to_replaced(
    visit: Callable[..., Visitor], transactional_db: Any, language: str
) -> None:
    world = factories.world()
    address = f"/administration/sessions/{world.session.pk}/donnees/"
    office = visit()
    page = office.known_as(world.administrator)
    if language == "en":
        into_english(office)
    page.goto(address)
    office.look(f"references-{language}-1-empty")
    ask(world)
    CriterionCheck.objects.create(
        criterion=world.edition.criteria[1], check_code="model.metric", role="informed",
        params={"reference": "clients", "threshold": 0.8}, referential=world.edition.referential, position=9,
        uid=uuid.uuid4(),
    )  # fmt: skip
    page.goto(f"/administration/sessions/{world.session.pk}/")
    office.look(f"references-{language}-2-session")
    page.goto(address)
    office.look(f"references-{language}-3-missing")
    for step in (4, 8):
        page.goto(f"{address}nouvelles/?name=clients")
        page.locator("input[type=file]").set_input_files(FILE)  # type: ignore[arg-type]  # a payload
        office.look(f"references-{language}-{step}-new")
        page.locator("main form button[type=submit]").first.click()
        expect(page.locator(".import-progress")).to_be_visible()
        office.look(f"references-{language}-{step + 1}-reading")
        version = ReferenceVersion.objects.get(state="reading")
        reference_reading.read(version_id=version.pk)
        expect(page.locator("#id_target")).to_be_visible()
        page.locator("#id_target").select_option("y")
        page.locator("#id_identifier").select_option("id")
        office.look(f"references-{language}-{step + 2}-ready")
        page.locator("main form button[type=submit]").first.click()
        if step == 8:
            page.locator("#replace-reference [data-dialog-confirm]").click()
        expect(page.locator("#id_target")).to_have_count(0)
        office.look(f"references-{language}-{step + 3}-in-force")
    page.goto(address)
    office.look(f"references-{language}-12-list")
    page.goto(f"/administration/donnees/{version.pk}/")
    page.locator("[data-confirm=discard-reference] button").click()
    expect(page.locator("#discard-reference")).to_be_visible()
    office.look(f"references-{language}-13-discard", whole=False)
    page.locator("#discard-reference [data-dialog-confirm]").click()
    expect(page.locator(".table tbody tr")).to_have_count(1)
    ReferenceVersion.objects.create(
        dataset=version.dataset, number=7, state="refused", file_name="ventes.csv", form="csv", size=10,
        sha256="a" * 64, received_by=world.administrator,
        fault_code="reference.ragged", fault_params={"line": 3, "expected": 2, "found": 3},
    )  # fmt: skip
    page.goto(f"/administration/donnees/{ReferenceVersion.objects.get(number=7).pk}/")
    office.look(f"references-{language}-14-refused")
