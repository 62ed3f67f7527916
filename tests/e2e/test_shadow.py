"""An administrator sees what a new version of a check would change, chooses, confirms."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from assessments.models import EvaluationRun
from assessments.models.reviews import ReviewOutcome
from assessments.services import reviews
from tests import factories
from tests.assessments.services.test_shadow import RISEN, answered, store
from tests.e2e.visitors import Visitor

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def test_a_new_version_is_compared_then_made_to_count(transactional_db: None, visit: Callable[..., Visitor]) -> None:
    world, decided = factories.world(), factories.world()
    changed, stands = answered(world, "met"), answered(decided, "met")
    same, _unread = answered(factories.world(), "not_met"), answered(factories.world(), "met")
    for submission in (changed, stands, same):
        store(submission, "model_files", {})
    review = reviews.open_review(actor=decided.mentor, submission=stands)
    reviews.give(actor=decided.mentor, review=review, outcome=ReviewOutcome.ADMITTED)
    desk = visit()
    page = desk.known_as(world.administrator)
    page.goto(reverse("web:admin_runs"))
    page.get_by_role("link", name="Nouvelles versions des contrôles").click()
    expect(page.get_by_text("2 changeraient")).to_be_visible()
    desk.look("administrator-shadow")
    page.goto(reverse("web:admin_shadow_check", args=[RISEN]))
    expect(page.get_by_text("Déjà décidé\u00a0: rien ne change")).to_be_visible()
    desk.look("administrator-shadow-check")
    page.get_by_role("button", name="Faire compter").click()
    assert not EvaluationRun.objects.filter(status="queued").exists()
    page.get_by_role("button", name="Réévaluer les dépôts choisis").click()
    expect(page.get_by_text("1 dépôt va être réévalué.")).to_be_visible()
    assert EvaluationRun.objects.get(status="queued").submission == changed
