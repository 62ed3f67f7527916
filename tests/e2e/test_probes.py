"""The record of declared addresses as people see it, at a desk and on a phone, and a call that arrives by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from assessments.services import probing
from tests import factories
from tests.e2e.visitors import Visitor
from tests.evaluator.test_reachability import exchange
from tests.web.test_probes import called, watched

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


class _Network:
    def probe(self, url: str) -> dict[str, Any]:
        return exchange(200) | {"at": timezone.now().isoformat()}


def test_the_record_and_a_call_on_demand(visit: Callable[..., Visitor], monkeypatch: pytest.MonkeyPatch) -> None:
    world = factories.world()
    submission = factories.evaluated(world)
    watched(submission)
    for hour in range(4 * 45, 0, -1):
        silent = {"status": 503} if hour % 29 < 3 else {"status": 404} if hour % 41 == 0 else {}
        called(submission, "api", hour / 4, **silent)
    for days in (2.5, 1.5, 0.5):
        called(submission, "dashboard", days, status=None, **({"cause": "platform"} if days < 1 else {}))

    visitor = visit()
    page = visitor.known_as(world.mentor)
    page.goto(f"/depots/{submission.pk}/")
    section = page.get_by_role("region", name="Les adresses déclarées")
    expect(section.get_by_text("% de réponses")).to_have_count(2)
    for summary in ("Le relevé jour par jour", "Les derniers appels"):
        section.get_by_text(summary).first.click()
    visitor.look("probes")

    monkeypatch.setattr(probing, "prober", _Network)
    section.get_by_role("button", name="Appeler maintenant").first.click()
    expect(section.get_by_text("Un appel est en cours")).to_be_visible()
    probing.call(address_id=submission.addresses.get(kind="api").pk)
    expect(section.get_by_text("Un appel est en cours")).to_have_count(0)
    expect(section.get_by_text("Prochain appel :")).to_have_count(2)
    section.get_by_text("Les derniers appels").first.click()
    expect(section.get_by_text(f"demandé par {world.mentor}")).to_be_visible()

    night = visit(dark=True)
    night.known_as(world.candidate).goto(f"/depots/{submission.pk}/")
    night.look("probes-dark")
