"""The award rule tried in Chromium: what is proposed follows what is chosen, without leaving the page."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect, sync_playwright

from assessments.models import Role
from certification.referentials.services import load_edition
from certification.referentials.shipped import shipped_tree
from tests import factories

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Playwright runs a loop in this thread; Django need not fear it, nothing here is awaited."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        launched = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser, live_server: Any) -> Iterator[Page]:
    client = Client()
    client.force_login(factories.person(Role.ADMINISTRATOR), backend="django.contrib.auth.backends.ModelBackend")
    context = browser.new_context(locale="fr-FR", viewport={"width": 1440, "height": 900}, base_url=live_server.url)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    yield context.new_page()
    context.close()


def test_what_is_proposed_follows_what_is_chosen(page: Page) -> None:
    edition = load_edition(tree=shipped_tree("ingenieur-ia-ms")).referential
    page.goto(reverse("web:admin_award_trial", args=[edition.pk]))
    first = page.locator("#trial-result .trial-unit").first
    for number in range(1, 5):
        expect(first).to_contain_text("En attente")
        page.locator(f"#assessment-{number}").select_option("acquired")
    expect(first).to_contain_text("Proposé\u00a0: acquis")
    page.locator("summary", has_text="5 lignes").first.click()
    page.locator("#line-1-2").select_option("not_acquired")
    expect(first).to_contain_text("Proposé\u00a0: non acquis")
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
