"""The account screens and their messages in our own words."""

import pytest
from django.core import mail
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from assessments.models import User

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        ("account_login", "Se connecter"),
        ("account_reset_password", "Choisir un nouveau mot de passe"),
        ("account_reset_password_done", "Regardez votre messagerie"),
        ("account_reset_password_from_key_done", "Votre mot de passe est enregistré"),
    ],
)
def test_a_stranger_is_met_in_french(client: Client, name: str, heading: str) -> None:
    html = client.get(reverse(name)).content.decode()
    assert f"<h1>{heading}</h1>" in html
    assert '<html lang="fr"' in html


def test_a_wrong_password_is_summed_up_and_blames_nobody(client: Client) -> None:
    answer = client.post(reverse("account_login"), {"login": "personne@demo.jalon.test", "password": "faux"})
    assert 'class="error-summary"' in answer.content.decode()


def test_the_way_to_a_new_password(client: Client) -> None:
    User.objects.create_user("mentor@demo.jalon.test", "un-mot-de-passe-long", full_name="Mentor de démonstration")
    client.post(reverse("account_reset_password"), {"email": "mentor@demo.jalon.test"})
    [message] = mail.outbox
    assert "Choisir un nouveau mot de passe" in message.subject
    assert "Vous avez demandé à choisir un nouveau mot de passe." in message.body
    assert "&" not in message.body
    link = next(line for line in message.body.splitlines() if line.startswith("http"))
    page = client.get(link, follow=True)
    assert "Votre nouveau mot de passe" in page.content.decode()


def test_an_unknown_address_learns_nothing_on_screen(client: Client) -> None:
    answer = client.post(reverse("account_reset_password"), {"email": "personne@demo.jalon.test"}, follow=True)
    assert "Regardez votre messagerie" in answer.content.decode()


@pytest.mark.parametrize("name", ["400.html", "403.html", "403_csrf.html", "404.html", "500.html", "507.html"])
def test_error_pages_need_no_context(name: str) -> None:
    html = render_to_string(name)
    assert html.count("<h1>") == 1
    assert 'href="/"' in html
