"""An administrator evaluates again what was judged, says why, and the mentor closes the difference that it raises."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from assessments.models import LineFlag
from tests import factories
from tests.e2e.visitors import Visitor

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def test_a_difference_is_seen_side_by_side_and_closed(transactional_db: None, visit: Callable[..., Visitor]) -> None:
    world = factories.world()
    slot = factories.scheduled(world)
    here = reverse("web:submission", args=[slot.submission_id])
    desk = visit()
    page = desk.known_as(world.administrator)
    page.goto(here)
    page.get_by_role("button", name="Relancer les contrôles…").click()
    expect(page.get_by_role("dialog")).to_contain_text("Ils ne changent ni la grille, ni une note")
    desk.look("administrator-evaluate-again", whole=False)
    page.get_by_label("Pourquoi le réévaluer").fill("Le contrôle des camemberts avait un défaut.")
    page.get_by_role("button", name="Réévaluer ce dépôt").click()
    expect(page.get_by_text("Une nouvelle évaluation automatique est demandée.")).to_be_visible()
    slot.submission.runs.filter(status="queued").update(status="failed", due_at=None)
    factories.evaluated_again(world, slot.submission, chart__pie="not_met", chart__boxplot="undecided")
    page.goto(reverse("web:admin_flags"))
    desk.look("administrator-flags")
    reader = visit()
    page = reader.known_as(world.mentor)
    page.goto(here)
    reader.look("mentor-flags")
    page.get_by_label("Ce que vous en concluez").first.fill("Le graphique est bien un camembert.")
    page.get_by_role("button", name="Clore cet écart").first.click()
    expect(page.get_by_text("L’écart est clos.")).to_be_visible()
    assert LineFlag.objects.filter(closed_by=world.mentor).count() == 1
