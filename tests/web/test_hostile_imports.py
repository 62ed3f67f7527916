"""Files made to harm, through the pages and through the command: refused with a sentence, in both languages."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from assessments.models import ReferentialImport, Role
from assessments.models.imports import ImportState
from assessments.services import import_reading
from certification.referentials.importers.base import ImportRefused
from tests.factories import person
from tests.referentials.test_import_hostile import CASES

pytestmark = pytest.mark.django_db
PLACED = {"nesting", "entities", "macros"}
"""Refusals that always name the sheet, the line or the element."""


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(person(Role.ADMINISTRATOR), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize("name", CASES)
def test_it_is_refused_in_the_browser_and_on_the_command_line(name: str, tmp_path: Path, desk: Client) -> None:
    made, code = CASES[name]
    _, path = made(tmp_path)
    response = desk.post(reverse("web:admin_import_new"), {"file": SimpleUploadedFile(path.name, path.read_bytes())})
    row = ReferentialImport.objects.get()
    import_reading.read(import_id=row.pk)
    row.refresh_from_db()
    refused = ImportRefused.from_json(row.fault)
    assert (row.state, refused.code) == (ImportState.REFUSED, code)
    assert refused.place or code not in PLACED
    for language in ("fr", "en"):
        page = html.unescape(desk.get(response["location"], headers={"Accept-Language": language}).content.decode())
        assert refused.message.said(language) in page
        assert refused.place.said(language) in page
    with pytest.raises(CommandError) as told:
        call_command("referentials", "import", str(path), "--lang", "en")
    assert refused.message.said("en") in str(told.value)
    assert refused.place.said("en") in str(told.value)


def test_a_body_beyond_the_limit_is_refused_before_it_is_written(desk: Client, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 1000
    content = b"x" * 5_000_000
    response = desk.post(reverse("web:admin_import_new"), {"file": SimpleUploadedFile("a.xml", content)})
    assert response.status_code == 400
    assert not ReferentialImport.objects.exists()


def test_a_formula_is_kept_as_a_text_and_told_with_its_line(desk: Client) -> None:
    table = "Bloc;Activité;Compétence;Critère\n1 – Un;Dire;Lire;=cmd|' /C calc'!A0\n"
    address = desk.post(reverse("web:admin_import_new"), {"file": SimpleUploadedFile("a.csv", table.encode())})[
        "location"
    ]
    import_reading.read(import_id=ReferentialImport.objects.get().pk)
    page = html.unescape(desk.get(address, headers={"Accept-Language": "en"}).content.decode())
    assert "‘=cmd|' /C calc'!A0’ looks like a formula: kept as a text." in page
    assert "line 2" in page
