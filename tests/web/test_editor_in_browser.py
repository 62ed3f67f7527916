"""A small référentiel built in Chromium, with the keyboard and the pointer: written, reordered, deleted, put back."""

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
from certification.referentials import drafts
from certification.referentials.models import Referential
from certification.referentials.tree import edition_tree
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
    opened = context.new_page()
    errors: list[Any] = []
    opened.on("pageerror", lambda error: errors.append(error))
    yield opened
    context.close()
    assert errors == []


@pytest.fixture
def draft() -> Referential:
    return drafts.start_empty(code="essai", title="Essai", edition="2026")


def write(page: Page, adding: str, text: str) -> None:
    """Add a part below the one chosen, write over the placeholder, save."""
    page.get_by_role("button", name=adding, exact=True).click()
    field = page.locator(".editor-fields textarea:focus")
    expect(field).to_have_value("À rédiger")
    page.keyboard.type(text)
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("treeitem", name=text)).to_have_attribute("aria-selected", "true")


def titles(page: Page) -> list[str]:
    return [text.strip() for text in page.locator("[data-kind=criteria] .tree-text").all_text_contents()]


def test_a_small_referential_is_built_reordered_and_put_right(page: Page, draft: Referential) -> None:
    page.goto(reverse("web:admin_editor", args=[draft.pk]))
    write(page, "Ajouter un bloc", "Observer")
    write(page, "Ajouter une compétence", "Regarder")
    write(page, "Ajouter un critère", "Le premier")
    write(page, "Ajouter après", "Le second")
    page.get_by_role("treeitem", name="Le second").focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("[data-kind=criteria]").first).to_contain_text("Le second")
    assert titles(page) == ["Le second", "Le premier"]
    expect(page.get_by_role("treeitem", name="Le second")).to_be_focused()

    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Code")).to_be_focused()
    page.get_by_label("Texte").fill("Le premier, corrigé")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("Enregistré.")).to_be_visible()

    page.get_by_role("treeitem", name="Le second").focus()
    page.keyboard.press("Delete")
    dialog = page.get_by_role("dialog", name="Supprimer cet élément ?")
    expect(dialog).to_contain_text("Le second")
    dialog.get_by_role("button", name="Supprimer", exact=True).click()
    expect(page.get_by_role("treeitem", name="Le second")).to_have_count(0)
    page.get_by_role("button", name="Annuler", exact=True).first.click()
    expect(page.get_by_role("treeitem", name="Le second")).to_be_visible()
    [competency] = edition_tree(Referential.objects.get(pk=draft.pk))["blocs"][0]["competencies"]
    assert [each["text"] for each in competency["criteria"]] == ["Le second", "Le premier, corrigé"]


def test_folding_searching_dragging_and_choosing_a_check(page: Page, draft: Referential) -> None:
    page.goto(reverse("web:admin_editor", args=[draft.pk]))
    write(page, "Ajouter un bloc", "Observer")
    write(page, "Ajouter un critère", "Trois versions")
    page.get_by_label("Contrôle à ajouter").select_option("repository.versions")
    page.get_by_role("button", name="Ajouter un contrôle").click()
    page.get_by_label("Nombre minimal").fill("5")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("Enregistré.")).to_be_visible()

    bloc = page.get_by_role("treeitem", name="Observer")
    bloc.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("treeitem", name="Trois versions")).to_be_hidden()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("treeitem", name="Trois versions")).to_be_visible()

    bloc.get_by_role("link").click()
    write(page, "Ajouter après", "Dire")
    page.get_by_role("treeitem", name="Trois versions").drag_to(page.get_by_role("treeitem", name="Dire"))
    expect(page.get_by_text("Déplacé.")).to_be_visible()
    tree = edition_tree(Referential.objects.get(pk=draft.pk))
    assert [len(bloc["criteria"]) for bloc in tree["blocs"]] == [0, 1]
    assert tree["blocs"][1]["criteria"][0]["checks"][0]["params"] == {"minimum": 5}

    page.get_by_label("Rechercher dans l’arborescence").fill("versions")
    expect(page.get_by_role("treeitem", name="Observer")).to_have_count(0)
    expect(page.get_by_role("treeitem", name="Trois versions")).to_be_visible()
