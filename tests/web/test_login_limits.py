"""Guessing is slow, and closes the log-in to nobody but who guesses."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from assessments.models import Role, User
from certification import known_browsers
from tests.factories import PASSWORD, person

pytestmark = pytest.mark.django_db
PROXY = "10.0.0.1"


@pytest.fixture
def owner() -> User:
    return person(Role.MENTOR)


def log_in(email: str, password: str, client: Client | None = None, **sent: Any) -> Any:
    return (client or Client()).post(reverse("account_login"), {"login": email, "password": password}, **sent)


def guess(times: int, email: str, **sent: Any) -> list[Any]:
    return [log_in(email, f"faux mot de passe {rank}", **sent) for rank in range(times)]


def comes_in(answer: Any) -> bool:
    return bool(answer.status_code == 302 and answer.url == "/")


def behind_proxy(address: str) -> dict[str, Any]:
    """What the platform is told of a visitor whom one proxy of ours brings."""
    return {"REMOTE_ADDR": PROXY, "headers": {"x-forwarded-for": address}}


def test_two_clients_behind_one_proxy_are_two(settings: Settings, owner: User) -> None:
    settings.TRUSTED_PROXIES = 1
    guess(11, "inconnu@demo.jalon.test", **behind_proxy("192.0.2.66"))
    assert not comes_in(log_in(owner.email, PASSWORD, **behind_proxy("192.0.2.66")))
    assert comes_in(log_in(owner.email, PASSWORD, **behind_proxy("192.0.2.7")))


def test_a_page_asked_too_often_by_one_client_stays_open_to_the_other(settings: Settings, owner: User) -> None:
    settings.TRUSTED_PROXIES = 1
    answers = [log_in(f"x{rank}@demo.jalon.test", "x", **behind_proxy("192.0.2.66")) for rank in range(31)]
    assert answers[-1].status_code == 429
    assert "Trop de demandes en peu de temps" in answers[-1].content.decode()
    assert comes_in(log_in(owner.email, PASSWORD, **behind_proxy("192.0.2.7")))


def test_a_forged_header_gives_no_further_attempts(settings: Settings, owner: User) -> None:
    settings.TRUSTED_PROXIES = 1
    for rank in range(6):
        log_in(owner.email, "faux", **behind_proxy(f"203.0.113.{rank}, 192.0.2.66"))
    assert not comes_in(log_in(owner.email, PASSWORD, **behind_proxy("203.0.113.99, 192.0.2.66")))


def test_without_a_proxy_the_header_counts_for_nothing(owner: User) -> None:
    for rank in range(6):
        log_in(owner.email, "faux", REMOTE_ADDR="192.0.2.66", headers={"x-forwarded-for": f"203.0.113.{rank}"})
    forged = {"REMOTE_ADDR": "192.0.2.66", "headers": {"x-forwarded-for": "203.0.113.99"}}
    assert not comes_in(log_in(owner.email, PASSWORD, **forged))
    assert comes_in(log_in(owner.email, PASSWORD, REMOTE_ADDR="192.0.2.7"))


def test_nobody_is_locked_out_from_outside(owner: User) -> None:
    """Five failures used to close an account to everybody for five minutes, its owner included."""
    guess(8, owner.email, REMOTE_ADDR="192.0.2.66")
    assert comes_in(log_in(owner.email, PASSWORD, REMOTE_ADDR="192.0.2.7"))


def test_attempts_from_many_networks_stop_and_leave_the_owners_browser_alone(settings: Settings, owner: User) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "100/m/ip,5/5m/key", "login_failed_account": "20/h/key"}
    home = Client()
    assert comes_in(log_in(owner.email, PASSWORD, home))
    home.cookies.pop("sessionid")
    for rank in range(20):
        log_in(owner.email, "faux", REMOTE_ADDR=f"192.0.2.{rank}")
    stopped = log_in(owner.email, PASSWORD, REMOTE_ADDR="192.0.2.200")
    assert not comes_in(stopped)
    assert comes_in(log_in(owner.email, PASSWORD, home, REMOTE_ADDR="198.51.100.1"))


def test_a_known_browser_has_few_attempts_too_and_for_one_account(owner: User) -> None:
    other, browser = person(), Client()
    assert comes_in(log_in(owner.email, PASSWORD, browser))
    browser.cookies.pop("sessionid")
    for rank in range(5):
        log_in(owner.email, "faux", browser, REMOTE_ADDR=f"192.0.2.{rank}")
    assert not comes_in(log_in(owner.email, PASSWORD, browser, REMOTE_ADDR="192.0.2.200"))
    request = browser.get(reverse("account_login")).wsgi_request
    assert known_browsers.name_of(request, owner.email.upper())
    assert not known_browsers.name_of(request, other.email)


def test_a_cookie_of_ones_own_making_is_not_known(owner: User) -> None:
    browser = Client()
    browser.cookies["known-browser"] = f"{known_browsers._account(owner.email)}.name:signature"
    assert not known_browsers.name_of(browser.get(reverse("account_login")).wsgi_request, owner.email)


def test_over_a_socket_without_an_address_one_comes_in(owner: User) -> None:
    """The session could not be listed for want of an address, and the log-in failed with it."""
    client = Client(REMOTE_ADDR="")
    assert comes_in(log_in(owner.email, PASSWORD, client))
    page = client.get(reverse("web:security")).content.decode()
    assert "celle-ci" in page
    assert "0.0.0.0" not in page  # noqa: S104 - an address that is none


def test_who_gets_in_has_failed_nothing(settings: Settings, owner: User) -> None:
    """However often: on a machine that keeps no cookie, coming in twice an hour is no guessing."""
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "100/m/ip,5/5m/key", "login_failed_account": "3/h/key"}
    assert all(comes_in(log_in(owner.email, PASSWORD, REMOTE_ADDR=f"192.0.2.{rank}")) for rank in range(5))


def ask_token(email: str, password: str, **sent: Any) -> Any:
    return Client().post(reverse("api:token"), {"username": email, "password": password}, **sent)


def test_the_api_gives_no_further_attempts_on_an_account(owner: User) -> None:
    assert "token" in ask_token(owner.email.upper(), PASSWORD).json()
    codes = [ask_token(owner.email, "faux", REMOTE_ADDR="192.0.2.66").status_code for _ in range(6)]
    assert codes == [400, 400, 400, 400, 400, 429]
    assert not comes_in(log_in(owner.email, PASSWORD, REMOTE_ADDR="192.0.2.66"))
    assert ask_token(owner.email, PASSWORD, REMOTE_ADDR="192.0.2.7").status_code == 200


def test_the_api_tells_a_closed_account_from_an_unknown_one_by_nothing(owner: User) -> None:
    User.objects.filter(pk=owner.pk).update(is_active=False)
    closed, unknown = ask_token(owner.email, PASSWORD), ask_token("inconnu@demo.jalon.test", PASSWORD)
    assert (closed.status_code, closed.json()) == (unknown.status_code, unknown.json())
