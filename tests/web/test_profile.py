"""One's own account: what is shown, and a token that is seen once."""

import pytest
from django.test import Client
from django.urls import reverse

from assessments.models import ApiToken, JournalEntry, Role, User
from assessments.services import tokens
from tests.factories import person


@pytest.fixture
def someone(db: None) -> User:
    return person(Role.MENTOR, "Camille Exemple")


@pytest.fixture
def browser(someone: User) -> Client:
    client = Client()
    client.force_login(someone, backend="django.contrib.auth.backends.ModelBackend")
    return client


ASKED = {"name": "Script", "scopes": ["read"], "days": "90"}


def test_shows_who_one_is_and_where_to_change_it(browser: Client, someone: User) -> None:
    page = browser.get(reverse("web:profile")).content.decode()
    for said in (someone.full_name, someone.email, "mentor", reverse("account_change_password"), reverse("api:docs")):
        assert said in page


def test_a_token_is_shown_once_and_works(browser: Client, someone: User) -> None:
    page = browser.post(reverse("web:tokens"), ASKED)
    shown = page.content.decode()
    key = shown.split('<code id="token">')[1].split("</code>")[0]
    assert "no-store" in page["Cache-Control"]
    assert key not in browser.get(reverse("web:tokens")).content.decode()
    tool = Client(headers={"authorization": f"Token {key}"})
    assert tool.get(reverse("api:work-list")).status_code == 200
    assert key not in str(JournalEntry.objects.values_list("payload", flat=True))


def test_revoking_ends_one_and_says_so(browser: Client, someone: User) -> None:
    tokens.create(actor=someone, name="Premier")
    kept = tokens.create(actor=someone, name="Second").token
    first = someone.api_tokens.get(name="Premier")
    told = browser.post(reverse("web:token_revoke", args=[first.pk]), follow=True).content.decode()
    assert "Le jeton est révoqué" in told
    assert list(someone.api_tokens.all()) == [kept]
    assert browser.post(reverse("web:token_revoke", args=[first.pk])).status_code == 404
    assert JournalEntry.objects.filter(verb="token.revoked").count() == 1


def test_what_is_missing_is_said(browser: Client) -> None:
    told = browser.post(reverse("web:tokens"), {"name": "", "days": "7"}).content.decode()
    assert "Il reste quelque chose à corriger" in told
    assert not ApiToken.objects.exists()


def test_reading_changes_nothing(browser: Client, someone: User) -> None:
    key = tokens.create(actor=someone, name="Outil").token.pk
    assert browser.get(reverse("web:token_revoke", args=[key])).status_code == 405
    assert someone.api_tokens.count() == 1
