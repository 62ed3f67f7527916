"""What a person types while another act holds the row is saved a moment later, by the page itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connections
from django.urls import reverse
from playwright.sync_api import expect

from assessments.services import reviews
from tests import factories
from tests.e2e.visitors import LONG, Visitor
from tests.platform.test_outages import held

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.e2e]


def test_what_is_typed_while_another_act_holds_the_row_is_saved(
    visit: Callable[..., Visitor], monkeypatch: pytest.MonkeyPatch
) -> None:
    world = factories.world()
    review = reviews.open_review(actor=world.mentor, submission=factories.evaluated(world))
    told = connections.settings["default"]["OPTIONS"]
    monkeypatch.setitem(told, "options", f"{told['options']} -c lock_timeout=200ms")

    mentor = visit()
    page = mentor.known_as(world.mentor)
    page.goto(reverse("web:review", kwargs={"pk": review.submission_id}))
    saving = page.locator("#review-end").get_by_role("status")
    with held("SELECT 1 FROM assessments_review WHERE id = %s FOR UPDATE", review.pk):
        page.get_by_label("Commentaire général").fill("Bon travail.")
        expect(saving).to_contain_text("Pas encore enregistré")
    expect(saving).to_contain_text("Enregistré à", timeout=LONG)
    review.refresh_from_db()
    assert review.comment == "Bon travail."
    assert [problem for problem in mentor.problems if "503" not in problem] == []
    mentor.problems.clear()  # the browser tells of every 503
