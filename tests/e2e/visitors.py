"""People at their browsers: each in a context of their own, whose every complaint is remembered."""

from __future__ import annotations

import os
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect

from assessments.models import User
from tests.factories import PASSWORD

PICTURES = Path(settings.BASE_DIR) / "var" / "screenshots"
IMAGES = Path(settings.BASE_DIR) / "docs" / "images"
DESK = {"width": 1440, "height": 900}
LAPTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
AXE = {"resultTypes": ["violations"], "runOnly": RULES, "preload": False}
"""Style sheets are not fetched again: the one rule that reads them is none of these."""
OVERFLOW = "document.scrollingElement.scrollWidth - window.innerWidth"
TIDY = "for (const each of document.querySelectorAll('[style=\"\"]')) each.removeAttribute('style')"
"""Pictures leave empty style attributes behind, which the page's own scripts would then copy against its policy."""
LONG = 60_000  # milliseconds: what the machine may take to open or evaluate a project


class Visitor:
    """One person, one browser window. ``problems`` gathers errors of scripts and of the console, CSP included."""

    def __init__(self, browser: Browser, root: str, dark: bool = False) -> None:
        self.root = root
        scheme = "dark" if dark else "light"
        self.context = browser.new_context(
            locale="fr-FR", timezone_id="Europe/Paris", viewport=DESK, color_scheme=scheme, base_url=root
        )
        self.context.set_default_timeout(10_000)
        self.problems: list[str] = []
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.problems.append(f"{self.page.url}: {error}"))
        self.page.on("console", self._heard)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.problems.append(f"{self.page.url}: {message.text}")

    def come_in(self, user: User) -> Page:
        """Through the door, with the address and the password."""
        self.page.goto("/")
        self.page.get_by_label("Courriel").fill(user.email)
        self.page.get_by_label("Mot de passe").fill(PASSWORD)
        self.page.get_by_role("button", name="Se connecter").click()
        expect(self.page.get_by_role("navigation", name="Navigation principale")).to_be_visible()
        return self.page

    def known_as(self, user: User) -> Page:
        """Already logged in, for tests that are not about the door."""
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        name = settings.SESSION_COOKIE_NAME
        self.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": self.root}])
        return self.page

    def look(self, name: str, whole: bool = True) -> None:
        """Nothing to reproach the page with at a desk, on a laptop and on a phone; a picture of each, for people.

        ``whole`` is false for what stands over the page: only what is in sight is taken then.
        """
        self.page.evaluate("document.fonts.ready")
        assert complaints(self.page) == []
        wider = {}
        for screen in (LAPTOP, PHONE, DESK):
            self.page.set_viewport_size(screen)
            wider[screen["width"]] = self.page.evaluate(OVERFLOW)
            picture(self.page, f"{name}-{screen['width']}", whole=whole)
        assert max(wider.values()) <= 0, f"{name} scrolls sideways: {wider} px"


def picture(page: Page, name: str, whole: bool = True) -> None:
    """In var/screenshots, when JALON_PICTURES=1 asks for what people are to look at: each costs a second."""
    if os.environ.get("JALON_PICTURES") == "1":
        PICTURES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=PICTURES / f"{name}.png", full_page=whole)
        page.evaluate(TIDY)


def for_docs(page: Page, name: str) -> None:
    """What stands in the window, for docs/images, when JALON_DOCS_PICTURES=1 asks for them anew."""
    if os.environ.get("JALON_DOCS_PICTURES") == "1":
        page.screenshot(path=IMAGES / f"{name}.png")
        page.evaluate(TIDY)


def complaints(page: Page) -> list[str]:
    """What axe-core finds against WCAG 2.2 AA, one line per rule, with the places."""
    violations = Axe().run(page, options=AXE).response["violations"]
    return [
        f"{page.url} {found['id']}: {found['help']} {[node['html'][:160] for node in found['nodes'][:4]]}"
        for found in violations
    ]


def expect_shown(picture: Locator) -> None:
    """The picture has come and has pixels: an address that answers is not yet an image."""
    picture.scroll_into_view_if_needed()
    expect(picture).to_be_visible()
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("image => image.naturalWidth") > 0
