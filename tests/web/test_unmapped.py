"""Where the text does not say what épreuves evaluate: told to the administrator, who mends it in a new edition."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.models import Role, Session
from assessments.reports.referential import TEMPLATE, sheet_of
from assessments.services import works
from certification.referentials.models import Referential
from certification.referentials.services import load_edition, new_edition, publish
from certification.referentials.shipped import shipped_tree
from tests import factories
from tests.tampering import guards_off
from tests.web.desk import Desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition() -> Referential:
    return publish(referential=load_edition(tree=shipped_tree("sd-deep-learning-ia")).referential)


def signed_in(role: Role) -> Client:
    client = Client()
    client.force_login(factories.person(role), backend="django.contrib.auth.backends.ModelBackend")
    return client


def session_form(edition: Referential) -> dict[str, Any]:
    today = timezone.localdate()
    return {
        "referential": edition.pk, "name": "Automne", "starts_on": today, "ends_on": today + timedelta(days=90),
        "deposit_deadline": f"{today + timedelta(days=30)}T12:00", "appeal_days": 60,
    }  # fmt: skip


def test_the_session_is_refused_with_the_way_to_mend_it(edition: Referential) -> None:
    client = signed_in(Role.ADMINISTRATOR)
    page = client.post(reverse("web:admin_session_new"), session_form(edition)).content.decode()
    assert "Rien ne dit ce que ces épreuves évaluent" in page
    assert "E3 Projet professionnel" in page
    assert reverse("web:admin_edition_new", args=[edition.pk]) in page
    assert not Session.objects.exists()
    assert (
        "Aucune session ne peut s’ouvrir"
        in client.get(reverse("web:admin_referential", args=[edition.pk])).content.decode()
    )


def test_the_editor_tells_it_and_mends_it(edition: Referential) -> None:
    desk = Desk(new_edition(from_referential=edition, edition="répartie"))
    path = "assessments[0]"
    page = desk.read(element=path)
    assert "À mettre au point" in page
    assert "Rien ne dit ce que cette épreuve évalue" in page
    node = desk.tree["assessments"][0]
    values = {name: node[name] for name in ("code", "title", "kind", "work", "marking", "scenario")}
    desk.post("save", path, **values, competencies=["C1", "C2"], mapping="certifier")
    mapped = desk.tree["assessments"][0]
    assert (mapped["competencies"], mapped["mapping"]) == (["C1", "C2"], "certifier")
    assert "Rien ne dit" not in desk.read(element=path)
    shown = desk.read("admin_referential")
    assert "répartition du certificateur, et non du texte" in shown
    printed = render_to_string(TEMPLATE, {"sheet": sheet_of(desk.draft)})
    assert "Répartition du certificateur, et non du texte" in printed


def test_the_candidate_reads_whose_mapping_it_is() -> None:
    world = factories.world()
    with guards_off():
        world.edition.assessment.mapping = "certifier"
        world.edition.assessment.save()
    work = works.open_for(enrolment=world.enrolment, assessment=world.edition.assessment)
    client = Client()
    client.force_login(world.candidate, backend="django.contrib.auth.backends.ModelBackend")
    assert "répartition est celle du certificateur" in client.get(reverse("web:work", args=[work.pk])).content.decode()
