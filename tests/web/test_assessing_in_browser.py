"""Marking with the keyboard alone, in Chromium: what is chosen is saved, flagged, counted, and read beside evidence."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session as StoredSession
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from assessments.models import CheckResult, Decision, Mark, ReviewRemark, User
from assessments.models.lines import key_of
from assessments.services import ballots, reviews
from tests import factories
from tests.factories import World
from tests.tampering import guards_off

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
OVERFLOW = "document.scrollingElement.scrollWidth - window.innerWidth"
LONG = "Rendu_final/notebooks/1_analyse_exploratoire_des_donnees_de_consommation_energetique_v2_final.ipynb"
EVIDENCE = {"kind": "code", "path": "analyse.py", "line": 3, "excerpt": "sns.boxplot(data=clients)"}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Playwright runs a loop in this thread; Django need not fear it, nothing here is awaited."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        launched = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield launched
        launched.close()


class Visitor:
    def __init__(self, browser: Browser, root: str) -> None:
        self.browser, self.root = browser, root
        self.errors: list[Any] = []

    def open(self, user: User, name: str, **kwargs: Any) -> Page:
        context = self.browser.new_context(locale="fr-FR", viewport={"width": 1440, "height": 900})
        self.known(context, user)
        page = context.new_page()
        page.on("pageerror", lambda error: self.errors.append(error))
        page.goto(self.root + reverse(f"web:{name}", kwargs=kwargs))
        return page

    def known(self, context: BrowserContext, user: User) -> None:
        """The window is logged in from now on."""
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": self.root}])


@pytest.fixture
def visitor(browser: Browser, live_server: Any) -> Iterator[Visitor]:
    visiting = Visitor(browser, live_server.url)
    yield visiting
    for context in browser.contexts:
        context.close()
    assert visiting.errors == []


@pytest.fixture
def world() -> World:
    return factories.world()


def test_a_mentor_disagrees_by_keyboard_and_is_reminded_to_say_why(world: World, visitor: Visitor) -> None:
    review = reviews.open_review(actor=world.mentor, submission=factories.evaluated(world))
    page = visitor.open(world.mentor, "review", pk=review.submission_id)
    flag = page.get_by_text("Votre avis s’écarte de la proposition de la machine")
    expect(flag.first).to_be_hidden()
    for key in "j2":
        page.keyboard.press(key)
    expect(flag.first).to_be_visible()
    expect(page.get_by_text("1 avis sur 3 critères")).to_be_visible()
    page.keyboard.press("c")
    page.keyboard.type("Axes sans unité.")
    expect(page.get_by_text("Enregistré à")).to_be_visible()
    remark = ReviewRemark.objects.get()
    assert (remark.opinion, remark.comment) == ("to_improve", "Axes sans unité.")


def test_a_session_that_ends_loses_nothing_that_was_typed(world: World, visitor: Visitor) -> None:
    review = reviews.open_review(actor=world.mentor, submission=factories.evaluated(world))
    page = visitor.open(world.mentor, "review", pk=review.submission_id)
    StoredSession.objects.all().delete()
    page.get_by_label("Commentaire général").fill("Les axes sont sans unité.")
    expect(page.get_by_text("Votre session est terminée")).to_be_visible()
    assert ReviewRemark.objects.count() == 0
    visitor.known(page.context, world.mentor)
    page.reload()
    expect(page.get_by_label("Commentaire général")).to_have_value("Les axes sont sans unité.")
    expect(page.get_by_text("Enregistré à")).to_be_visible()
    review.refresh_from_db()
    assert review.comment == "Les axes sont sans unité."


def test_evidence_opens_beside_the_criterion(world: World, visitor: Visitor) -> None:
    review = reviews.open_review(actor=world.mentor, submission=factories.evaluated(world))
    with guards_off():
        CheckResult.objects.filter(check_code="chart.boxplot").update(evidence=[EVIDENCE])
    page = visitor.open(world.mentor, "review", pk=review.submission_id)
    here = page.url
    link = page.locator("a.evidence-link").first
    link.click()
    panel = page.locator("#evidence-panel")
    expect(panel).to_contain_text("analyse.py")
    assert page.url == here
    expect(link).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(panel).to_be_empty()
    expect(link).to_be_focused()


def test_a_juror_marks_and_seals_by_keyboard_alone(world: World, visitor: Visitor) -> None:
    slot, juror = factories.scheduled(world), world.jurors[1]
    ballots.open_ballot(actor=juror, slot=slot)
    page = visitor.open(juror, "ballot", pk=slot.pk)
    for key in "j1j2":
        page.keyboard.press(key)
    expect(page.get_by_text("2 sur 2 critères")).to_be_visible()
    expect(page.get_by_text("Enregistré à")).to_have_count(2)
    assert sorted(Mark.objects.values_list("level", flat=True)) == ["acquired", "in_progress"]
    page.get_by_role("button", name="Sceller mon bulletin").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Sceller mon bulletin").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Votre bulletin est scellé").first).to_be_visible()


def test_the_president_sees_the_outcome_change_and_decides(world: World, visitor: Visitor) -> None:
    slot = factories.marked(world, "acquired", "in_progress", "not_acquired")
    page = visitor.open(world.president, "deliberation", pk=slot.pk)
    outcome = page.locator(".outcome")
    expect(outcome).to_contain_text("2 critères sans majorité")
    for criterion in world.edition.criteria[1:]:
        page.select_option(f"#level-{key_of(criterion)}", "acquired")
        page.fill(f"#comment-{key_of(criterion)}", "Montré à l'oral.")
    page.fill("#motive", "Après débat.")
    expect(outcome).to_contain_text("Épreuve validée")
    page.get_by_role("button", name="Enregistrer la décision").click()
    page.get_by_role("dialog").get_by_role("button", name="Enregistrer la décision").click()
    expect(page.get_by_text("La décision est enregistrée")).to_be_visible()
    assert Decision.objects.get().outcome == "acquired"


def test_a_long_path_makes_no_page_wider_than_a_screen(world: World, visitor: Visitor) -> None:
    submission = factories.evaluated(world)
    evidence = [EVIDENCE | {"path": LONG, "excerpt": "sns.boxplot(data=clients, x=classe, y=montant)" * 3}]
    with guards_off():
        CheckResult.objects.update(evidence=evidence)
    reviews.open_review(actor=world.mentor, submission=submission)
    pages = [
        visitor.open(world.mentor, "review", pk=submission.pk),
        visitor.open(world.mentor, "submission", pk=submission.pk),
        visitor.open(world.candidate, "submission", pk=submission.pk),
    ]
    for page in pages:
        expect(page.get_by_text(LONG).first).to_be_visible()
        for width in (1440, 1280, 1024, 390, 360):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate(OVERFLOW) <= 0, (page.url, width)


def test_votes_and_their_reasons_fit_a_phone(world: World, visitor: Visitor) -> None:
    slot = factories.marked(world, "acquired", "in_progress", "not_acquired")
    page = visitor.open(world.president, "deliberation", pk=slot.pk)
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate(OVERFLOW) <= 0


@pytest.mark.parametrize("width", [1440, 1280, 1130])
def test_every_column_of_a_mentor_s_list_holds_its_words(world: World, visitor: Visitor, width: int) -> None:
    factories.evaluated(world)
    page = visitor.open(world.mentor, "mentor_home")
    page.set_viewport_size({"width": width, "height": 900})
    for cell in page.locator("#works thead th, #works tbody td").all():
        assert cell.evaluate("cell => cell.scrollWidth - cell.clientWidth") <= 0
        assert cell.evaluate("cell => cell.clientWidth") > 80
