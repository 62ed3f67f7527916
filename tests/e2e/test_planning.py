"""From admitted works to a day of jury: a plan proposed, read, corrected, published; what people then have of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from assessments.models import PlanDraft, Slot
from assessments.services.planning import serving
from tests import factories
from tests.assessments.services.test_planning import also, next_weekday, tomorrow
from tests.e2e.visitors import Visitor, for_docs

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def test_a_plan_is_proposed_corrected_and_published(transactional_db: None, visit: Callable[..., Visitor]) -> None:
    world = factories.world()
    worlds = [world, *(also(world) for _ in range(5))]
    for each in worlds:
        factories.admitted(each)
    for name in ("Camille", "Dominique"):
        factories.person(factories.Role.JUROR, f"{name} Martin-Delacroix")
    desk = visit()
    page = desk.known_as(world.administrator)
    page.goto(reverse("web:admin_planning", args=[world.session.pk]))
    desk.look("planning-empty")
    page.get_by_role("link", name="Salles").click()
    for name, link in (("Salle Ada Lovelace", ""), ("Visio", "https://visio.example/jalon/une-adresse-plutot-longue")):
        page.get_by_label("Nom de la salle").fill(name)
        page.get_by_label("Lien de visioconférence").fill(link)
        page.get_by_role("button", name="Ajouter la salle").click()
    expect(page.get_by_role("row")).to_have_count(1 + 2)
    desk.look("planning-rooms")
    page.get_by_role("link", name="Revenir au planning").click()
    page.get_by_role("link", name="Proposer un plan").first.click()
    page.get_by_label("Premier jour").fill(f"{next_weekday()}")
    page.get_by_label("Dernier jour").fill(f"{next_weekday()}")
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_label("Jurés par jury").fill("2")
    desk.look("planning-ask")
    page.get_by_role("button", name="Proposer un plan").click()
    expect(page.get_by_text("Un plan est cherché")).to_be_visible()
    draft = PlanDraft.objects.get()
    serving.serve(draft_id=draft.pk)
    expect(page.get_by_text("6 passages placés")).to_be_visible()  # the page asks by itself
    desk.look("planning-draft")
    page.get_by_role("link", name=world.candidate.full_name).click()
    page.get_by_label("Heure de passage").fill("12:15")
    desk.look("planning-adjust")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("Ce passage déborde des heures du jury.")).to_be_visible()
    desk.look("planning-conflict")
    page.get_by_role("button", name="Réparer").click()
    serving.serve(draft_id=PlanDraft.objects.order_by("-pk")[0].pk)
    expect(page.get_by_text("6 passages placés")).to_be_visible()
    page.get_by_role("button", name="Publier le plan").click()
    desk.look("planning-publish", whole=False)
    page.get_by_role("button", name="Publier et convoquer").click()
    expect(page.get_by_text("Le plan se publie")).to_be_visible()
    serving.serve(draft_id=PlanDraft.objects.order_by("-pk")[0].pk)
    expect(page.get_by_text("Publié", exact=True)).to_be_visible()
    assert Slot.objects.filter(state="due").count() == 6
    page.get_by_role("link", name="Revenir au planning").click()
    desk.look("planning-published")
    for_docs(page, "planning")
    page.get_by_role("link", name=world.candidate.full_name).click()
    desk.look("planning-slot")
    person = visit()
    page = person.known_as(world.candidate)
    page.goto(reverse("web:candidate_home"))
    page.get_by_role("link", name="Convocations").click()
    person.look("candidate-convocations")
    with page.expect_download() as download:
        page.get_by_role("link", name="Ajouter à mon agenda").click()
    assert download.value.suggested_filename.endswith(".ics")
    juror = visit(dark=True)
    page = juror.known_as(world.jurors[0])
    page.goto(reverse("web:juror_hours"))
    page.get_by_label("Session").select_option(f"{world.session.pk}")
    page.get_by_label("De", exact=True).fill(f"{tomorrow(8):%Y-%m-%dT%H:%M}")
    page.get_by_label("À", exact=True).fill(f"{tomorrow(18):%Y-%m-%dT%H:%M}")
    page.get_by_label("Pendant ces heures").select_option("no")
    page.get_by_role("button", name="Noter ces heures").click()
    expect(page.get_by_text("C’est noté.")).to_be_visible()
    juror.look("juror-hours")
