"""After the decision, in Chromium: the candidate contests it, an administrator answers; an absence, another attempt."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from assessments.models import Appeal, Decision
from assessments.services import decisions
from tests import factories
from tests.e2e.acts import entrust, fill_correction, replace_decision
from tests.e2e.visitors import Visitor, for_docs

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def test_a_decision_contested_and_corrected(visit: Callable[..., Visitor]) -> None:
    world = factories.world()
    slot = factories.marked(world, "not_acquired", "not_acquired", "acquired")
    decision = decisions.decide(actor=world.president, slot=slot, rulings={})
    candidate = visit()
    mine = candidate.known_as(world.candidate)
    mine.goto(reverse("web:work", args=[world.work.pk]))
    candidate.look("outcomes-decided")
    mine.get_by_role("link", name="Former un recours").click()
    mine.get_by_label("Vos motifs").fill("Le jury n’a pas vu l’annexe 3 du rapport.")
    candidate.look("outcomes-appeal-new")
    mine.get_by_role("button", name="Déposer le recours").click()
    expect(mine.get_by_text("Recours déposé")).to_be_visible()
    candidate.look("outcomes-appeal-own")

    desk = visit()
    page = desk.known_as(world.administrator)
    page.goto(reverse("web:admin_appeals"))
    desk.look("outcomes-appeals")
    entrust(page, world.administrator, world.enrolment)
    desk.look("outcomes-appeal-desk")
    for_docs(page, "appeal")
    fill_correction(page)
    desk.look("outcomes-correction")
    replace_decision(page)
    assert Appeal.objects.get().state == "corrected"
    assert Decision.objects.current().get().supersedes == decision


def test_an_absence_and_another_attempt(visit: Callable[..., Visitor]) -> None:
    world = factories.world()
    factories.scheduled(world)
    president = visit()
    page = president.known_as(world.president)
    page.goto(reverse("web:work", args=[world.work.pk]))
    page.get_by_role("link", name="Absent, excusé, ajourné").click()
    president.look("outcomes-passage")
    page.get_by_label("Le candidat ne s’est pas présenté").check()
    page.get_by_role("button", name="Enregistrer et prévenir le candidat").click()
    expect(page.get_by_text("Absent à la soutenance").first).to_be_visible()

    candidate = visit()
    mine = candidate.known_as(world.candidate)
    mine.goto(reverse("web:candidate_home"))
    candidate.look("outcomes-home")
    mine.get_by_role("link", name="Lire et recommencer").click()
    candidate.look("outcomes-absent")
    mine.get_by_role("button", name="Ouvrir une nouvelle tentative").click()
    expect(mine.get_by_text("La tentative n° 2 est ouverte.")).to_be_visible()
    candidate.look("outcomes-second")
