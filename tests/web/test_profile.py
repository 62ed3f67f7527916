"""One's own account: what is shown, and a token that is seen once."""

import pytest
from django.test import Client
from django.urls import reverse
from rest_framework.authtoken.models import Token

from assessments.models import JournalEntry, Role, User
from tests.factories import person


@pytest.fixture
def someone(db: None) -> User:
    return person(Role.MENTOR, "Camille Exemple")


@pytest.fixture
def browser(someone: User) -> Client:
    client = Client()
    client.force_login(someone, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_shows_who_one_is_and_where_to_change_it(browser: Client, someone: User) -> None:
    page = browser.get(reverse("web:profile")).content.decode()
    for said in (someone.full_name, someone.email, "mentor", reverse("account_change_password"), reverse("api:docs")):
        assert said in page


def test_a_token_is_shown_once_and_works(browser: Client, someone: User) -> None:
    page = browser.post(reverse("web:token_create"))
    key = Token.objects.get(user=someone).key
    assert key in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert key not in browser.get(reverse("web:profile")).content.decode()
    tool = Client(headers={"authorization": f"Token {key}"})
    assert tool.get(reverse("api:work-list")).status_code == 200
    assert key not in str(JournalEntry.objects.values_list("payload", flat=True))


def test_another_token_replaces_it_and_revoking_ends_it(browser: Client, someone: User) -> None:
    browser.post(reverse("web:token_create"))
    first = Token.objects.get(user=someone).key
    browser.post(reverse("web:token_create"))
    assert Token.objects.get(user=someone).key != first
    told = browser.post(reverse("web:token_revoke"), follow=True).content.decode()
    assert "Le jeton est révoqué" in told
    assert not Token.objects.filter(user=someone).exists()
    browser.post(reverse("web:token_revoke"))
    assert JournalEntry.objects.filter(verb="token.revoked").count() == 1


@pytest.mark.parametrize("name", ["token_create", "token_revoke"])
def test_reading_changes_nothing(browser: Client, name: str) -> None:
    assert browser.get(reverse(f"web:{name}")).status_code == 405
