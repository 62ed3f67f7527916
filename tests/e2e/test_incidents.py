"""An administrator sees what the platform could not do, and starts it again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.mail import EmailMessage
from django.urls import reverse
from playwright.sync_api import expect

from assessments.domain.leases import WORKER_LOST
from assessments.models import OutgoingMail, PrintOrder, Upload
from assessments.services import decisions, mails
from tests import factories
from tests.e2e.visitors import Visitor

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def test_what_was_given_up_is_shown_and_started_again(transactional_db: None, visit: Callable[..., Visitor]) -> None:
    world, decided = factories.world(), factories.world()
    lost = {"fault_code": WORKER_LOST, "attempts": 3, "due_at": None}
    fields = {"work": world.work, "file_name": "projet.zip", "size": 48_000_000, "offset": 48_000_000}
    Upload.objects.create(**fields, state="stuck", **lost)
    decisions.decide(actor=decided.president, slot=factories.marked(decided), rulings={})
    PrintOrder.objects.update(state="dead", **lost)
    for name in ("a", "b"):
        mails.keep(EmailMessage("Votre accès à Jalon", "…", None, [f"{name}@demo.jalon.test"]))
    fault = {"fault_code": "mail.unreachable", "fault_params": {"kind": "TimeoutError"}, "attempts": 16}
    OutgoingMail.objects.update(**fault)
    OutgoingMail.objects.filter(content__to=["a@demo.jalon.test"]).update(state="dead", due_at=None)

    desk = visit()
    page = desk.known_as(world.administrator)
    page.goto(reverse("web:admin_runs"))
    expect(page.get_by_text("(TimeoutError)")).to_be_visible()
    desk.look("administrator-incidents")
    again = page.get_by_role("button", name="Relancer", exact=True)
    for left in (1, 0):
        again.first.click()
        expect(again).to_have_count(left)
    page.get_by_role("button", name="Relancer les courriels abandonnés").click()
    expect(page.get_by_text("1 courriel est relancé.")).to_be_visible()
    assert Upload.objects.get().state == "inspecting"
    assert PrintOrder.objects.get().state == "waiting"
    assert not OutgoingMail.objects.filter(state="dead").exists()
