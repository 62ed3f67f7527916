"""Deposits that go otherwise: without a mouse, refused, returned and taken up again."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from assessments.models import Session, Submission, Upload
from assessments.models.reviews import Opinion, ReviewOutcome
from assessments.services import inspections, reviews
from assessments.web.wording import check_title
from tests import factories
from tests.e2e.acts import deposit, send
from tests.e2e.visitors import LONG, Visitor, expect_shown
from tests.evaluator.archives import HOSTILE
from tests.factories import World
from tests.workers import Worker

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Visitor]
NAMED = {
    "zip climbing out": "../../etc/cron.d/x",
    "tar from the root": "/etc/passwd",
    "zip with a password": "projet/b.txt",
}


@pytest.fixture
def world(transactional_db: None) -> World:
    return factories.world()


def focus(page: Page, name: str) -> None:
    """Tab forward until the focus is on the control of that name."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.locator(":focus").evaluate("e => (e.labels?.[0] ?? e).textContent.trim()") == name:
            return
    pytest.fail(f"no Tab leads to « {name} »")


def test_deposited_by_keyboard_returned_and_deposited_again(
    world: World, visit: Visit, worker: Worker, good_archive: Path
) -> None:
    worker.start()
    candidate = visit()
    page = candidate.known_as(world.candidate)
    page.goto("/")
    by_keyboard(page, good_archive)
    expect(page.get_by_role("heading", name="3 contrôles terminés")).to_be_visible(timeout=LONG)
    see_the_figure(candidate)
    returned(world)
    again(page, good_archive)


def by_keyboard(page: Page, archive: Path) -> None:
    """From the page of blocs to the submitted version with Tab, Enter and Space alone; the file is chosen in the
    system's own window, which the page does not see."""
    page.on("filechooser", lambda window: window.set_files(archive))
    focus(page, "Explorer des données")
    page.keyboard.press("Enter")
    expect(page.get_by_label("L’archive de votre projet")).to_be_visible()
    focus(page, "L’archive de votre projet")
    page.keyboard.press("Enter")
    expect(page.get_by_label("L’archive de votre projet")).to_have_value(re.compile(archive.name))
    focus(page, "Envoyer l’archive")
    page.keyboard.press("Space")
    expect(page.get_by_text("Voici ce que nous y avons reconnu")).to_be_visible(timeout=LONG)
    focus(page, "Déposer")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    focus(page, "Déposer")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Version 1 déposée")).to_be_visible()


def see_the_figure(candidate: Visitor) -> None:
    """The box plot: the cell that draws it, with its code and its picture."""
    page = candidate.page
    page.get_by_role("article", name=check_title("chart.boxplot")).first.get_by_role("link").first.click()
    panel = page.get_by_role("complementary", name="Preuve")
    expect(panel.get_by_text("preuve", exact=True).first).to_be_visible()
    expect_shown(panel.locator(".cell-marked").get_by_role("img").first)
    candidate.look("candidate-evidence-cell", whole=False)
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()


def returned(world: World) -> None:
    review = reviews.open_review(actor=world.mentor, submission=Submission.objects.get(work=world.work))
    criterion = world.edition.criteria[0]
    reviews.save_remark(
        actor=world.mentor, review=review, line=criterion, opinion=Opinion.TO_IMPROVE, comment="Nommez les axes."
    )
    reviews.save_comment(actor=world.mentor, review=review, comment="Presque prêt : reprenez les graphiques.")
    reviews.give(actor=world.mentor, review=review, outcome=ReviewOutcome.RETURNED)


def again(page: Page, archive: Path) -> None:
    page.goto("/")
    page.get_by_role("link", name="Explorer des données").click()
    expect(page.get_by_text("Nommez les axes.")).to_be_visible()
    deposit(page, archive)
    expect(page.get_by_text("Version 2 déposée")).to_be_visible()
    # Nothing changed in the archive: what was found in it is known, and answered at once.
    expect(page.get_by_role("heading", name="3 contrôles terminés")).to_be_visible(timeout=LONG)


def test_hostile_archives_are_refused_in_words(world: World, visit: Visit, worker: Worker, tmp_path: Path) -> None:
    worker.start()
    candidate = visit()
    page = candidate.known_as(world.candidate)
    page.goto(reverse("web:work", kwargs={"pk": world.work.pk}))
    for number, (case, name) in enumerate(NAMED.items(), start=1):
        build, code = HOSTILE[case]
        folder = tmp_path / str(number)
        folder.mkdir()
        send(page, build(folder))
        deposit = page.get_by_role("region", name="Votre archive")
        expect(deposit.get_by_text("Cette archive ne peut pas être lue")).to_be_visible(timeout=LONG)
        expect(deposit).to_contain_text(name)
        assert Upload.objects.latest("pk").fault_code == code
    assert not world.work.submissions.exists()
    candidate.look("candidate-refused")


def test_what_came_in_time_is_deposited_after_the_deadline(world: World, visit: Visit, good_archive: Path) -> None:
    candidate = visit()
    page = candidate.known_as(world.candidate)
    page.goto(reverse("web:work", kwargs={"pk": world.work.pk}))
    expect(page.get_by_text("le dernier octet de votre fichier")).to_be_visible()
    candidate.look("candidate-before-deadline")
    send(page, good_archive)
    expect(page.get_by_role("progressbar", name="Examen de l’archive en cours")).to_be_visible()
    moment = timezone.now()
    Upload.objects.update(received_at=moment - timedelta(hours=1))
    Session.objects.update(deposit_deadline=moment - timedelta(minutes=1))
    inspections.serve()
    expect(page.get_by_text("Reçue avant la date limite")).to_be_visible(timeout=LONG)
    candidate.look("candidate-after-deadline")
    page.get_by_role("button", name="Déposer", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Déposer").click()
    expect(page.get_by_text("Version 1 déposée")).to_be_visible()


def test_what_came_too_late_says_why(world: World, visit: Visit) -> None:
    late = {"size": 10, "offset": 10, "state": "accepted", "received_at": timezone.now()}
    Upload.objects.create(work=world.work, file_name="projet.zip", bundle=factories.bundle(), **late)
    Session.objects.update(deposit_deadline=timezone.now() - timedelta(hours=1))
    candidate = visit()
    page = candidate.known_as(world.candidate)
    page.goto(reverse("web:work", kwargs={"pk": world.work.pk}))
    expect(page.get_by_text("on ne peut plus rien envoyer")).to_be_visible()
    expect(page.get_by_role("button", name="Déposer", exact=True)).to_be_hidden()
    candidate.look("candidate-too-late")
