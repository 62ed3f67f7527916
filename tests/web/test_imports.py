"""Bringing a référentiel in through the screens: read, corrected, accepted or thrown away, and nothing lost."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from assessments.models import JournalEntry, ReferentialImport, Role
from assessments.services import import_reading
from certification.referentials.importers.tables import template_xlsx
from certification.referentials.models import Criterion, Referential
from tests import factories
from tests.factories import World, person

TABLE = (
    "Bloc\tActivité\tCompétence\tModalité\tCritère\n"
    "1 – Dire\t1.1 – Lire\tC1 – Lire une page\tProjet\tLa page est lue. Elle est comprise.\n"
    "\t\t\t\tLe ton est juste\n"
)
LINE = "blocs[0].activities[0].competencies[0]"


@pytest.fixture
def world(db: None) -> World:
    return factories.world()


@pytest.fixture
def desk(world: World) -> Client:
    client = Client()
    client.force_login(world.administrator, backend="django.contrib.auth.backends.ModelBackend")
    return client


def sent(desk: Client, **given: Any) -> str:
    """The address of the page of what was given, not read yet."""
    response = desk.post(reverse("web:admin_import_new"), given)
    assert response.status_code == 302, re.findall(r"error-summary.*?</ul>", response.content.decode(), re.DOTALL)
    return str(response["location"])


def brought(desk: Client, **given: Any) -> str:
    """The address of what was given, once a worker has read it."""
    address = sent(desk, **given)
    import_reading.read(import_id=ReferentialImport.objects.latest("pk").pk)
    return address


def form_of(desk: Client, address: str) -> dict[str, str]:
    """What the preview's form would send back untouched."""
    page = desk.get(address)
    assert page.status_code == 200
    shown, pending = page.context["shown"], page.context["pending"]
    data = {"version": str(pending.version), "code": shown.code, "edition": shown.edition, "title": shown.title}
    for each in shown.page:
        data[f"text {each.item.path}"] = each.item.text
        data[f"code {each.item.path}"] = each.item.code
    return data


def test_a_pasted_table_is_corrected_then_accepted(
    world: World, desk: Client, django_capture_on_commit_callbacks: Any
) -> None:
    address = brought(desk, pasted=TABLE)
    assert "Plusieurs phrases" in desk.get(address).content.decode()
    data = form_of(desk, address) | {"title": "Lire à voix haute", "code": "lire", "do": f"split {LINE}.criteria[0]"}
    desk.post(address, data)
    data = form_of(desk, address)
    assert (data["title"], data[f"text {LINE}.criteria[1]"]) == ("Lire à voix haute", "Elle est comprise.")
    with django_capture_on_commit_callbacks(execute=True):
        response = desk.post(address, data | {"do": "accept", f"text {LINE}.criteria[2]": "Le ton convient"})
    edition = Referential.objects.get(certification__code="lire")
    assert response["location"] == reverse("web:admin_referential", args=[edition.pk])
    assert edition.status == Referential.Status.DRAFT
    found = Criterion.objects.filter(referential=edition).order_by("position")
    assert [each.text for each in found] == ["La page est lue.", "Elle est comprise.", "Le ton convient"]
    assert desk.get(address).status_code == 404
    assert JournalEntry.objects.filter(verb="referential.imported", object_id=edition.pk).exists()


def test_the_template_goes_round(desk: Client) -> None:
    template = desk.get(reverse("web:admin_import_template"))
    assert template.content.startswith(b"PK")
    address = brought(desk, file=SimpleUploadedFile("Mon référentiel.xlsx", template.content))
    data = form_of(desk, address)
    assert (data["code"], data["title"]) == ("mon-referentiel", "Mon référentiel")


def test_a_refusal_says_why_and_keeps_what_was_typed(desk: Client) -> None:
    page = desk.get(brought(desk, pasted="Bonjour à tous")).content.decode()
    assert "Aucune ligne d’en-tête" in page
    assert "Bonjour à tous</textarea>" in page


@pytest.mark.parametrize(
    ("name", "content", "words"), [("photo.png", b"x", "format connu"), ("a.csv", b"", "vide"), ("b.csv", b"x", "Mo")]
)
def test_a_file_that_cannot_be_taken_says_so_at_once(
    desk: Client, settings: Any, name: str, content: bytes, words: str
) -> None:
    settings.UPLOAD_MAX_BYTES = 0 if words == "Mo" else 100
    response = desk.post(reverse("web:admin_import_new"), {"file": SimpleUploadedFile(name, content)})
    assert words in response.content.decode()
    assert not ReferentialImport.objects.exists()


def test_a_file_that_cannot_be_read_says_so(desk: Client) -> None:
    address = brought(desk, file=SimpleUploadedFile("a.docx", b"100 % autre"))
    assert "pas un fichier Office" in desk.get(address).content.decode()
    english = desk.get(address, headers={"Accept-Language": "en"}).content.decode()
    assert "This is no Office file" in english


def test_what_is_wrong_stands_beside_its_part_and_nothing_is_lost(desk: Client) -> None:
    address = brought(desk, pasted=TABLE)
    data = form_of(desk, address) | {"code": "Pas Un Code", "do": "accept", "text blocs[0]": "Bien dire"}
    assert desk.post(address, data)["location"] == address
    page = desk.get(address).content.decode()
    assert "minuscules, chiffres et tirets" in page
    assert "Bien dire" in page
    assert "Pas Un Code" in page


def test_enter_in_a_field_saves_and_does_not_accept(desk: Client) -> None:
    page = desk.get(brought(desk, pasted=TABLE)).content.decode()
    assert page.index('name="do" value="save"') < page.index('name="do" value="accept"')


def test_an_edition_that_exists_is_not_replaced(world: World, desk: Client) -> None:
    edition = world.edition.referential
    address = brought(desk, pasted=TABLE)
    data = form_of(desk, address) | {"code": edition.certification.code, "edition": edition.edition, "do": "accept"}
    desk.post(address, data)
    assert "existe déjà" in desk.get(address).content.decode()


def test_a_stale_window_overwrites_nothing(desk: Client) -> None:
    address = brought(desk, pasted=TABLE)
    data = form_of(desk, address)
    desk.post(address, data | {"title": "Première fenêtre"})
    desk.post(address, data | {"title": "Seconde fenêtre"})
    assert form_of(desk, address)["title"] == "Première fenêtre"


def test_a_part_that_is_no_more_is_told(desk: Client) -> None:
    address = brought(desk, pasted=TABLE)
    for path in ("blocs[9]", "code", "__class__[0]", "blocs[0].title[0]"):
        desk.post(address, form_of(desk, address) | {"do": f"remove {path}"})
        assert "n’existe plus" in desk.get(address).content.decode()


def test_an_import_thrown_away_leaves_nothing(desk: Client, django_capture_on_commit_callbacks: Any) -> None:
    address = brought(desk, pasted=TABLE)
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(address, form_of(desk, address) | {"do": "discard"})
    assert desk.get(address).status_code == 404
    key = address.rstrip("/").rpartition("/")[2]
    assert not default_storage.exists(f"imports/{key}")


def test_an_import_is_its_owners_alone(world: World, desk: Client) -> None:
    address = brought(desk, pasted=TABLE)
    other = Client()
    other.force_login(person(Role.ADMINISTRATOR), backend="django.contrib.auth.backends.ModelBackend")
    assert other.get(address).status_code == 404


def test_a_form_of_our_own_that_is_no_tree_is_refused_with_the_place(desk: Client) -> None:
    broken = SimpleUploadedFile("a.json", b'{"format": 1, "code": "a", "blocs": [3], "scale": 4}')
    page = desk.get(brought(desk, file=broken)).content.decode()
    assert "blocs[0]" in page


def test_the_pages_are_short_and_the_queries_few(
    desk: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    rows = [("", "", f"Compétence {rank}", "", f"Critère {rank}") for rank in range(150)]
    book = template_xlsx([("1 – Un", "1.1 – Un", "Première", "Projet", "Premier"), *rows])
    address = brought(desk, file=SimpleUploadedFile("grand.xlsx", book))
    with django_assert_max_num_queries(15):
        page = desk.get(address)
    assert len(page.context["shown"].page) == 80
    data = form_of(desk, address) | {"do": "page 4", "text blocs[0]": "Gardé"}
    assert desk.post(address, data)["location"].startswith(f"{address}?page=4")
    assert form_of(desk, address)["text blocs[0]"] == "Gardé"


def test_a_modality_shows_what_it_assesses_and_can_be_corrected(desk: Client) -> None:
    table = (
        "Activités\tCompétences\tModalités d’évaluation\tCritères d’évaluation\n"
        "A1 – Lire\tC1 – Lire un texte\tÉtude de cas\tTout est lu\n"
        "\tC2 – Dire un texte\t\tTout est dit\n"
        "A2 – Écrire\tC3 – Écrire\tProjet\tTout est écrit\n"
    )
    address = brought(desk, pasted=table)
    page = desk.get(address).content.decode()
    assert "Évalue C1, C2" in page
    assert "Évalue C3" in page
    data: dict[str, Any] = form_of(desk, address) | {"covering assessments[0]": "1", "covering assessments[1]": "1"}
    data["covers assessments[0]"] = ["activities[0].competencies[0]", "activities[1].competencies[0]"]
    data["code activities[1].competencies[0]"] = "C9"
    desk.post(address, data | {"do": "save"})
    page = desk.get(address).content.decode()
    assert "Évalue C1, C9" in page
    assert "Évalue tout ce qui n’est dans aucun bloc" in page
