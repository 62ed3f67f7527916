"""A juror's first day, in Chromium: a passkey that the browser makes, an application, codes on paper, and back in."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.urls import reverse
from playwright.sync_api import Page, expect

from assessments.models import AccessEvent, Role, User
from assessments.services import tokens
from tests.e2e.visitors import Visitor
from tests.factories import PASSWORD, person
from tests.web.factors import code_of, with_application

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Visitor]
BY_TOUCH = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def juror(settings: object, transactional_db: None) -> User:
    settings.SECOND_FACTOR = "required"  # type: ignore[attr-defined]
    cache.clear()
    return person(Role.JUROR, "Camille Exemple")


def with_finger(page: Page) -> None:
    """The window gets an authenticator that its owner touches at once."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": BY_TOUCH})


def knock(page: Page, someone: User) -> None:
    page.goto("/")
    page.get_by_label("Courriel").fill(someone.email)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()


def say_again(page: Page) -> None:
    expect(page.get_by_role("heading", name="Est-ce bien vous ?")).to_be_visible()
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Confirmer").click()


def test_a_passkey_from_the_set_up_to_the_next_morning(juror: User, visit: Visit) -> None:
    visitor = visit()
    page = visitor.page
    with_finger(page)
    knock(page, juror)
    expect(page.get_by_text("Votre rôle le demande")).to_be_visible()
    visitor.look("second-factor-required")
    page.get_by_role("link", name="Ajouter une clé d’accès").click()
    say_again(page)
    page.get_by_label("Nom de la clé").fill("Poste du jury")
    visitor.look("passkey-new")
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_role("heading", name="Vos codes de secours")).to_be_visible()
    expect(page.get_by_role("button", name="Imprimer")).to_be_visible()
    visitor.look("recovery-codes")
    with page.expect_download() as download:
        page.get_by_role("button", name="Télécharger").click()
    assert len(re.findall(r"^\d{10}$", download.value.path().read_text(), re.MULTILINE)) == 10
    page.get_by_role("link", name="C’est fait").click()
    expect(page.get_by_text("celle-ci")).to_be_visible()
    tokens.create(actor=juror, name="Script de dépôt")
    visitor.look("security")
    page.goto(reverse("web:tokens"))
    visitor.look("tokens")
    page.goto(reverse("web:juror_home"))
    expect(page.get_by_role("heading", name="Aujourd’hui")).to_be_visible()
    page.get_by_role("button", name="Se déconnecter").click()

    knock(page, juror)
    expect(page.get_by_role("heading", name="Encore une étape")).to_be_visible()
    visitor.look("second-factor-asked")
    page.get_by_role("button", name="Utiliser ma clé d’accès").click()
    expect(page.get_by_role("navigation", name="Navigation principale")).to_be_visible()
    assert AccessEvent.objects.filter(person=juror, kind="factor.used").count() == 1
    key = Authenticator.objects.get(user=juror, type="webauthn")
    assert key.wrap().name == "Poste du jury"
    page.goto(reverse("mfa_remove_webauthn", args=[key.pk]))
    page.get_by_role("button", name="Utiliser ma clé d’accès").click()  # the factor is asked for, not the password
    page.get_by_role("button", name="Retirer").click()
    expect(page.get_by_text("ajoutez-en un autre avant de retirer celui-ci")).to_be_visible()
    assert Authenticator.objects.filter(pk=key.pk).exists()


def test_an_application_by_its_pages(juror: User, visit: Visit) -> None:
    visitor = visit()
    page = visitor.page
    knock(page, juror)
    page.get_by_role("link", name="Ajouter une application").click()
    say_again(page)
    picture = page.get_by_role("img", name="Carré à photographier")
    assert picture.evaluate("image => image.naturalWidth") > 0
    visitor.look("application-new")
    secret = page.locator("code.secret").inner_text()
    page.get_by_label("Code affiché par l’application").fill("000000")
    page.get_by_role("button", name="Mettre en place").click()
    expect(page.get_by_text("Ce n’est pas le bon code").first).to_be_visible()
    page.get_by_label("Code affiché par l’application").fill(code_of(secret))
    page.get_by_role("button", name="Mettre en place").click()
    expect(page.get_by_role("heading", name="Vos codes de secours")).to_be_visible()
    page.goto(reverse("mfa_index"))
    visitor.look("second-factor")


def test_an_administrator_helps_who_has_lost_theirs(juror: User, visit: Visit, settings: object) -> None:
    settings.SECOND_FACTOR = "optional"  # type: ignore[attr-defined]
    with_application(juror)
    visitor = visit()
    page = visitor.known_as(person(Role.ADMINISTRATOR))
    page.goto(reverse("web:admin_person_edit", args=[juror.pk]))
    visitor.look("person-with-factor")
    page.get_by_role("button", name="Retirer le second facteur").click()
    page.get_by_role("dialog").get_by_role("button", name="Retirer").click()
    expect(page.get_by_text("est retiré ; un message l’en avertit")).to_be_visible()
    page.goto(reverse("web:admin_accesses"))
    expect(page.get_by_role("cell", name="Second facteur retiré")).to_be_visible()
    visitor.look("accesses")
