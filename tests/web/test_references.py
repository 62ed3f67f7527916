"""The screens of reference data sets: what is missing, what is given, what is chosen, who may look."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from assessments.domain.digests import digest
from assessments.models import ReferenceVersion
from certification.referentials.models import CriterionCheck
from tests import factories
from tests.assessments.services.test_references import PROFILE, TABLE, ready, served
from tests.factories import World
from tests.tampering import guards_off

MOST_QUERIES = 15


@pytest.fixture
def world(db: None) -> World:
    made = factories.world()
    CriterionCheck.objects.create(
        criterion=made.edition.criteria[2], check_code="predictions.metric", role="informed",
        params={"reference": "clients"}, referential=made.edition.referential, position=1, uid=uuid.uuid4(),
    )  # fmt: skip
    return made


@pytest.fixture
def desk(world: World) -> Client:
    client = Client()
    client.force_login(world.administrator, backend="django.contrib.auth.backends.ModelBackend")
    return client


def page(desk: Client, name: str, *args: Any) -> str:
    response = desk.get(reverse(f"web:{name}", args=args))
    assert response.status_code == 200
    return response.content.decode()


def test_what_is_missing_is_said_on_every_tab_and_with_its_criteria(world: World, desk: Client) -> None:
    for name in ("admin_session", "admin_session_works", "admin_session_juries"):
        assert "n’est pas en service\u00a0: clients" in page(desk, name, world.session.pk)
    shown = page(desk, "admin_references", world.session.pk)
    assert "Le jeu de données «\u00a0clients\u00a0» manque" in shown
    assert "Un exposé clair." in shown
    served(world)
    assert "n’est pas en service" not in page(desk, "admin_session", world.session.pk)
    assert "manque" not in page(desk, "admin_references", world.session.pk)


def test_an_edition_that_asks_for_nothing(world: World, desk: Client) -> None:
    CriterionCheck.objects.filter(check_code="predictions.metric").delete()
    assert "Aucun jeu de données de référence" in page(desk, "admin_references", world.session.pk)


def test_a_file_is_given_then_chosen_from_then_in_force(world: World, desk: Client) -> None:
    address = reverse("web:admin_reference_new", args=[world.session.pk])
    assert 'value="clients"' in desk.get(address, {"name": "clients"}).content.decode()
    file = SimpleUploadedFile("verite.csv", TABLE.encode())
    response = desk.post(address, {"name": "clients", "title": "Clients 2026", "file": file})
    version = ReferenceVersion.objects.get()
    assert response.headers["location"] == reverse("web:admin_reference", args=[version.pk])
    assert "hx-trigger" in page(desk, "admin_reference", version.pk)

    ReferenceVersion.objects.update(state="ready", profile=PROFILE, due_at=None)
    shown = page(desk, "admin_reference", version.pk)
    assert "0 (50,0 %), 1 (50,0 %)" in shown.replace("\u00a0", " ")
    chosen = reverse("web:admin_reference", args=[version.pk])
    assert "cellules vides" in desk.post(chosen, {"target": "x"}).content.decode()
    assert desk.post(chosen, {"target": "y", "identifier": "id"}).status_code == 302
    version.refresh_from_db()
    assert (version.state, version.target) == ("in_force", "y")
    assert "Une version en service" not in page(desk, "admin_reference", version.pk)


def test_submissions_that_wait_are_measured_again(world: World, desk: Client) -> None:
    submission = factories.evaluated(world)
    version = served(world)
    assert "1 dépôt n’est pas encore mesuré" in page(desk, "admin_reference", version.pk)
    address = reverse("web:admin_reference", args=[version.pk])
    shown = desk.post(address, {"do": "measure"}, follow=True).content.decode()
    assert "1 dépôt est réévalué." in shown
    assert submission.runs.count() == 2


def test_a_result_says_of_the_data_set_its_title_and_its_digest(world: World) -> None:
    version = served(world)
    run = factories.evaluated(world).runs.get()
    detail = {"metric": "accuracy", "value": 0.9, "rows": 40, "reference": "Clients 2026"}
    evidence = [{"kind": "metric", "path": "", "detail": detail | {"reference_sha256": version.sha256}}]
    row = run.results.get(check_code="predictions.metric")
    row.evidence, row.reference, row.params_digest = evidence, version, digest({"reference": "clients"})
    with guards_off():
        row.save()
    client = Client()
    client.force_login(world.candidate, backend="django.contrib.auth.backends.ModelBackend")
    assert "Clients 2026" in client.get(reverse("web:submission", args=[run.submission_id])).content.decode()
    address = reverse("web:evidence", kwargs={"pk": run.submission_id, "result": row.pk, "index": 0})
    shown = client.get(address).content.decode()
    assert version.sha256 in shown
    assert "verite.csv" not in shown
    assert client.get(reverse("web:admin_reference_file", args=[version.pk])).status_code == 403


def test_replacing_is_confirmed(world: World, desk: Client) -> None:
    served(world)
    second = ready(world, content=TABLE + "40,1,z,1\n")
    shown = page(desk, "admin_reference", second.pk)
    assert "Elle remplacera la version 1" in shown
    assert 'data-confirm="replace-reference"' in shown


def test_a_refusal_is_said_where_the_file_is_given(world: World, desk: Client) -> None:
    file = SimpleUploadedFile("verite.xlsx", b"PK")
    address = reverse("web:admin_reference_new", args=[world.session.pk])
    response = desk.post(address, {"name": "clients", "title": "", "file": file})
    assert "ni un CSV ni un fichier parquet" in response.content.decode()


def test_a_table_that_cannot_serve_says_why(world: World, desk: Client) -> None:
    version = ready(world)
    fault = {"fault_code": "reference.ragged", "fault_params": {"line": 3, "expected": 2, "found": 3}}
    ReferenceVersion.objects.filter(pk=version.pk).update(state="refused", profile={}, **fault)
    assert "La ligne 3" in page(desk, "admin_reference", version.pk)


def test_the_file_is_for_administrators_and_deleting_asks_first(world: World, desk: Client) -> None:
    version = served(world)
    response = desk.get(reverse("web:admin_reference_file", args=[version.pk]))
    assert b"".join(response.streaming_content) == TABLE.encode()
    assert response.headers["cache-control"] == "private, no-store"
    assert 'data-confirm="discard-reference"' in page(desk, "admin_reference", version.pk)
    assert desk.post(reverse("web:admin_reference", args=[version.pk]), {"do": "discard"}).status_code == 302
    assert not ReferenceVersion.objects.exists()


def test_hostile_names_are_shown_as_text(world: World, desk: Client) -> None:
    name = "<script>alert(1)</script>"
    version = ready(world, name="autre", title=name, file_name=f"{name}.csv")
    profile = {"rows": 2, "columns": [{**PROFILE["columns"][2], "name": name, "common": [[name, 1]]}]}
    ReferenceVersion.objects.filter(pk=version.pk).update(profile=profile)
    for shown in (page(desk, "admin_reference", version.pk), page(desk, "admin_references", world.session.pk)):
        assert name not in shown
        assert escape(name) in shown


def test_the_queries_do_not_grow(world: World, desk: Client, django_assert_max_num_queries: Any) -> None:
    for number in range(12):
        served(world, name=f"table {number}")
        served(world, name=f"table {number}", content=TABLE + "\n")
    version = ready(world)
    for name, key in (
        ("admin_references", world.session.pk),
        ("admin_reference_new", world.session.pk),
        ("admin_reference", version.pk),
        ("admin_session", world.session.pk),
    ):
        with django_assert_max_num_queries(MOST_QUERIES):
            page(desk, name, key)
