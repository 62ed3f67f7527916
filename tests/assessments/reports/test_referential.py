"""The printed référentiel: everything of the edition is on the paper, in its columns."""

from __future__ import annotations

import pypdfium2
import pytest
from django.test import Client
from django.urls import reverse

from assessments.models import Role
from assessments.reports.referential import render_pdf, sheet_of
from certification.referentials import services
from certification.referentials.exporters import FORMATS
from certification.referentials.models import Referential
from certification.referentials.shipped import shipped_codes, shipped_tree
from certification.referentials.structure import walk
from certification.referentials.tree import edition_tree
from tests import factories

pytestmark = pytest.mark.django_db


def edition(code: str) -> Referential:
    return services.load_edition(tree=shipped_tree(code)).referential


@pytest.mark.parametrize("code", shipped_codes())
def test_every_part_has_its_place_once(code: str) -> None:
    referential = edition(code)
    tree = edition_tree(referential)
    sheet = sheet_of(referential)
    rows = [row for table in sheet.tables for row in table.rows]

    expected = {"weight": 0, "tasks": 0, "scenario": 0}
    for _, part, _node in walk(tree):
        expected["tasks"] += "tasks" in part.children
        expected["scenario"] += "scenario" in part.fields
        expected["weight"] += "covers" in part.fields
    assert sum(len(row.criteria) for row in rows) == expected["weight"]
    assert sum(row.activity is not None for row in rows) == expected["tasks"]
    assert sum(len(row.modalities) for row in rows) == expected["scenario"]
    assert len({table.title for table in sheet.tables}) == len(sheet.tables)


def test_the_paper_is_a4_landscape_with_the_words_of_the_edition() -> None:
    document = pypdfium2.PdfDocument(render_pdf(edition("sd-deep-learning-ia")))

    assert tuple(round(side) for side in document[0].get_size()) == (842, 595)
    words = " ".join(page.get_textpage().get_text_range() for page in document)
    assert "brouillon" in words
    assert "Mise en situation professionnelle" in words
    assert "Hors bloc" not in words


@pytest.mark.parametrize(
    ("name", "media_type", "start"),
    [
        ("json", "application/json", b"{"),
        ("yaml", "application/yaml", b"format: 1"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK"),
        ("case", "application/json", b'{\n  "CFDocument"'),
    ],
)
def test_an_administrator_takes_the_edition_away(name: str, media_type: str, start: bytes) -> None:
    client = Client()
    client.force_login(factories.person(Role.ADMINISTRATOR), backend="django.contrib.auth.backends.ModelBackend")
    address = reverse("web:admin_referential_export", args=[edition("sd-deep-learning-ia").pk])

    response = client.get(address, {"format": name})

    assert response["Content-Type"] == media_type
    assert response["Content-Disposition"].startswith('attachment; filename="sd-deep-learning-ia-1.')
    assert response.content.startswith(start)
    assert client.get(address, {"format": "exe"}).status_code == 404


def test_the_page_of_an_edition_offers_every_format() -> None:
    client = Client()
    client.force_login(factories.person(Role.ADMINISTRATOR), backend="django.contrib.auth.backends.ModelBackend")
    referential = edition("sd-deep-learning-ia")

    page = client.get(reverse("web:admin_referential", args=[referential.pk])).content.decode()

    address = reverse("web:admin_referential_export", args=[referential.pk])
    for name in (*FORMATS, "pdf"):
        assert f'href="{address}?format={name}"' in page
