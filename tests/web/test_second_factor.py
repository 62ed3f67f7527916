"""The second factor: who must hold one, what it takes to come in, what a thief of a password reaches."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core import mail
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import get_resolver, reverse

from assessments.models import JournalEntry, Role, User
from assessments.services import factors
from assessments.services.errors import Denied, Refused
from assessments.web.guards import PROVING, SETTING_UP
from tests.factories import PASSWORD, person
from tests.web.factors import code_of, is_in, knock, shown, with_application, with_codes
from tests.web.test_permissions import routes

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
DECIDING = [Role.JUROR, Role.ADMINISTRATOR]


@pytest.fixture(autouse=True)
def _no_earlier_tries(db: None) -> None:
    cache.clear()


@pytest.fixture
def _required(settings: Any) -> None:
    settings.SECOND_FACTOR = "required"


def logged_in(someone: User) -> Client:
    """By a door that asks for nothing more: the session of before the rule, or of another way in."""
    client = Client()
    client.force_login(someone, backend=BACKEND)
    return client


# Who must hold one


@pytest.mark.usefixtures("_required")
@pytest.mark.parametrize("role", DECIDING)
def test_who_decides_and_has_none_reaches_nothing_but_its_set_up(role: Role) -> None:
    client = knock(person(role))
    for name in ("web:home", "web:profile", "web:tokens", "web:admin_people", "web:juror_home", "web:verify_form"):
        answer = client.get(reverse(name))
        assert (answer.status_code, answer["Location"]) == (302, reverse("mfa_index")), name
    told = client.get(reverse("mfa_index")).content.decode()
    assert "Votre rôle le demande" in told
    assert client.get(reverse("web:security")).status_code == 200


@pytest.mark.usefixtures("_required")
def test_scripts_are_told_why() -> None:
    client = knock(person(Role.JUROR))
    answer = client.get(reverse("api:work-list"))
    assert (answer.status_code, answer.json()["code"]) == (403, "second_factor")
    swapped = client.get(reverse("web:juror_home"), headers={"hx-request": "true"})
    assert swapped["HX-Redirect"] == reverse("mfa_index")


@pytest.mark.usefixtures("_required")
@pytest.mark.parametrize("role", [Role.CANDIDATE, Role.MENTOR])
def test_others_may_and_need_not(role: Role) -> None:
    assert is_in(knock(person(role)))


@pytest.mark.parametrize("role", DECIDING)
def test_an_installation_may_leave_it_to_them(role: Role) -> None:
    assert is_in(knock(person(role)))


@pytest.mark.usefixtures("_required")
@pytest.mark.parametrize("role", DECIDING)
def test_a_session_in_which_the_factor_was_not_shown_is_asked_for_it(role: Role) -> None:
    someone = person(role)
    secret = with_application(someone)
    client = logged_in(someone)
    answer = client.get(reverse("web:security"))
    assert answer["Location"].startswith(reverse("mfa_reauthenticate"))
    assert client.post(reverse("mfa_generate_recovery_codes")).status_code == 302
    assert not Authenticator.objects.filter(type="recovery_codes").exists()
    assert shown(client, code_of(secret), "mfa_reauthenticate") == 302
    assert is_in(client)


def test_the_addresses_left_open_exist() -> None:
    known = routes(get_resolver().url_patterns)
    assert SETTING_UP - known == set()
    assert PROVING < SETTING_UP


# Coming in


@pytest.mark.parametrize("role", Role)
def test_a_stolen_password_is_not_enough_for_an_account_with_a_factor(role: Role) -> None:
    someone = person(role)
    secret = with_application(someone)
    thief = knock(someone)
    assert not is_in(thief)
    assert shown(thief, "000000") == 200
    assert not is_in(thief)
    assert shown(knock(someone), code_of(secret)) == 302


def test_a_code_counts_once_for_as_long_as_it_would_be_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    """allauth remembers a code for one period, and with a tolerance accepts it for three."""
    someone = person(Role.MENTOR)
    code = code_of(with_application(someone))
    first = knock(someone)
    shown(first, code)
    assert is_in(first)
    monkeypatch.setattr(TOTP, "_mark_code_used", lambda *_: True)  # as it answers once its period is over
    second = knock(someone)
    shown(second, code)
    assert not is_in(second)


def test_codes_are_not_guessed() -> None:
    someone = person(Role.MENTOR)
    secret = with_application(someone)
    thief = knock(someone)
    for number in range(6):
        shown(thief, f"{number:06}")
    shown(thief, code_of(secret))
    assert not is_in(thief)


def test_a_recovery_code_opens_once() -> None:
    someone = person(Role.MENTOR)
    with_application(someone)
    code, *_others = with_codes(someone)
    first = knock(someone)
    shown(first, f" {code[:5]} {code[5:]}")
    assert is_in(first)
    second = knock(someone)
    shown(second, code)
    assert not is_in(second)


# Setting one up


def set_up(client: Client) -> list[str]:
    """By the pages, with an application; returns the recovery codes that are shown."""
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    secret = re.search(r'<code class="secret">(\w+)</code>', page)
    assert secret is not None
    answer = client.post(reverse("mfa_activate_totp"), {"code": code_of(secret[1])}, follow=True)
    assert answer.redirect_chain == [(reverse("mfa_view_recovery_codes"), 302)]
    return re.findall(r"<li><code>(\d+)</code></li>", answer.content.decode())


@pytest.mark.usefixtures("_required")
@pytest.mark.django_db(transaction=True)
def test_the_way_to_a_first_factor(mailoutbox: list[mail.EmailMessage]) -> None:
    juror = person(Role.JUROR)
    client = knock(juror)
    codes = set_up(client)
    assert len(codes) == len(set(codes)) == 10
    assert is_in(client)
    again = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    assert not any(code in again for code in codes)
    told = [message.subject for message in mailoutbox]
    assert any("Second facteur ajouté" in subject for subject in told)


def test_setting_one_up_asks_who_one_is_again() -> None:
    client = logged_in(person(Role.MENTOR))
    for name in ("mfa_activate_totp", "mfa_add_webauthn"):
        assert client.get(reverse(name))["Location"].startswith(reverse("account_reauthenticate"))


def test_a_thief_in_an_open_session_with_the_password_cannot_change_the_factor() -> None:
    """Proof of the factor is asked for, not of the password."""
    someone = person(Role.MENTOR)
    with_application(someone)
    thief = logged_in(someone)
    thief.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    answer = thief.post(reverse("mfa_deactivate_totp"))
    assert answer["Location"].startswith(reverse("mfa_reauthenticate"))
    assert Authenticator.objects.filter(user=someone, type="totp").exists()


@pytest.mark.usefixtures("_required")
def test_who_must_hold_a_factor_keeps_one() -> None:
    juror = person(Role.JUROR)
    secret = with_application(juror)
    client = knock(juror)
    shown(client, code_of(secret))
    shown(client, code_of(secret, 1), "mfa_reauthenticate")
    told = client.post(reverse("mfa_deactivate_totp")).content.decode()
    assert "ajoutez-en un autre" in told
    assert Authenticator.objects.filter(user=juror, type="totp").exists()
    key = Authenticator.objects.create(user=juror, type="webauthn", data={"name": "Clé"})
    Authenticator.objects.filter(user=juror, type="totp").delete()
    client.post(reverse("mfa_remove_webauthn", args=[key.pk]))
    assert Authenticator.objects.filter(pk=key.pk).exists()


def test_a_copy_of_the_database_gives_no_code(settings: Any) -> None:
    someone = person(Role.MENTOR)
    secret = with_application(someone)
    with_codes(someone)
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept
    settings.SECRET_KEY = "another key " + "0" * 50  # a key that was replaced: nothing fits, and nothing breaks
    assert not Authenticator.objects.get(type="totp").wrap().validate_code(code_of(secret))


# Losing it


def test_an_administrator_takes_a_lost_factor_away(mailoutbox: list[mail.EmailMessage]) -> None:
    someone, administrator = person(Role.JUROR), person(Role.ADMINISTRATOR)
    secret = with_application(someone)
    their = knock(someone)
    shown(their, code_of(secret))
    assert is_in(their)
    reset = reverse("web:admin_factor_reset", args=[someone.pk])
    logged_in(administrator).post(reset, headers={"accept-language": "en"})
    assert not Authenticator.objects.filter(user=someone).exists()
    assert not is_in(their)
    entry = JournalEntry.objects.get(verb="factor.reset")
    assert (entry.actor, entry.object_id, entry.payload) == (administrator, someone.pk, {"factors": ["totp"]})
    assert mailoutbox[-1].to == [someone.email]
    assert "Votre second facteur a été retiré" in mailoutbox[-1].subject  # the administrator's language is theirs


def test_nobody_takes_their_own_away_so_nor_anothers_without_the_right() -> None:
    administrator, mentor = person(Role.ADMINISTRATOR), person(Role.MENTOR)
    with_application(administrator)
    with pytest.raises(Refused):
        factors.reset(actor=administrator, person=administrator)
    with pytest.raises(Denied):
        factors.reset(actor=mentor, person=administrator)
    with pytest.raises(Refused):
        factors.reset(actor=administrator, person=mentor)
    assert Authenticator.objects.filter(user=administrator).exists()


def test_who_holds_the_machine_helps_the_last_administrator(capsys: pytest.CaptureFixture[str]) -> None:
    administrator = person(Role.ADMINISTRATOR)
    with_application(administrator)
    call_command("reset_factor", administrator.email.upper())
    assert not Authenticator.objects.exists()
    with pytest.raises(CommandError):
        call_command("reset_factor", administrator.email)
    with pytest.raises(CommandError):
        call_command("reset_factor", "personne@demo.jalon.test")


# Every page of it


def test_every_page_is_in_our_words() -> None:
    someone = person(Role.MENTOR)
    secret = with_application(someone)
    with_codes(someone)
    client = knock(someone)
    assert "Encore une étape" in client.get(reverse("mfa_authenticate")).content.decode()
    shown(client, code_of(secret))
    shown(client, code_of(secret, 1), "mfa_reauthenticate")
    key = Authenticator.objects.create(user=someone, type="webauthn", data={"name": "Clé du bureau"})
    pages = {
        reverse("mfa_index"): "Clé du bureau",
        reverse("mfa_deactivate_totp"): "Retirer l’application",
        reverse("mfa_edit_webauthn", args=[key.pk]): "Renommer la clé",
        reverse("mfa_remove_webauthn", args=[key.pk]): "Retirer cette clé",
        reverse("mfa_reauthenticate"): "Est-ce bien vous",
        reverse("mfa_generate_recovery_codes"): "Faire de nouveaux codes",
        reverse("mfa_view_recovery_codes"): "Vos codes de secours",
    }
    for url, words in pages.items():
        html = client.get(url).content.decode()
        assert words in html, url
        assert html.count("<h1>") == 1, url
        assert "<style" not in html
        assert not re.search(r"<script(?![^>]*(src=|application/json))", html), url
