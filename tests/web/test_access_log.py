"""The log of accesses: what is kept, what is not, who reads it, and that nobody rewrites it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.domain.access import NOWHERE, AccessKind, network_of
from assessments.models import AccessEvent, Role, User
from assessments.services import access
from assessments.web.access_words import KINDS
from tests import factories
from tests.factories import person
from tests.web.factors import code_of, is_in, knock, shown, with_application
from tests.web.permissions.documents import issued
from tests.web.test_permissions import scene  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db
LATER = timedelta(days=1)


@pytest.fixture(autouse=True)
def _no_earlier_tries(db: None) -> None:
    cache.clear()


def kinds(**of: Any) -> list[str]:
    return list(AccessEvent.objects.filter(**of).order_by("pk").values_list("kind", flat=True))


def reader() -> Client:
    client = Client()
    client.force_login(person(Role.ADMINISTRATOR), backend="django.contrib.auth.backends.ModelBackend")
    return client


# What is kept


def test_coming_in_and_leaving() -> None:
    someone = person(Role.MENTOR)
    knock(someone).post(reverse("account_logout"))
    assert kinds(person=someone) == ["login", "logout"]
    event = AccessEvent.objects.filter(person=someone).last()
    assert event is not None
    assert event.address == "127.0.0.1"


def test_a_wrong_password_is_kept_without_the_password() -> None:
    someone = person(Role.MENTOR)
    knock(someone, "a wrong passphrase")
    event = AccessEvent.objects.get(kind="login.failed")
    assert event.person == someone
    assert "a wrong passphrase" not in str(AccessEvent.objects.values())


def test_an_unknown_name_is_kept_as_a_digest_that_tells_tries_apart() -> None:
    for name in ("nobody@demo.jalon.test", "Nobody@demo.jalon.test", "other@demo.jalon.test"):
        Client().post(reverse("account_login"), {"login": name, "password": "x" * 12})
    first, second, third = AccessEvent.objects.order_by("pk").values_list("claimed", flat=True)
    assert first == second != third
    assert "demo.jalon.test" not in str(AccessEvent.objects.values())


def test_the_second_factor() -> None:
    someone = person(Role.MENTOR)
    secret = with_application(someone)
    client = knock(someone)
    shown(client, "000000")
    shown(client, code_of(secret))
    assert kinds(person=someone) == ["factor.failed", "factor.used", "login"]


def test_what_is_downloaded_and_verified(scene: Any) -> None:  # noqa: F811
    document = issued(scene)
    candidate = Client()
    candidate.force_login(scene.world.candidate, backend="django.contrib.auth.backends.ModelBackend")
    candidate.get(reverse("web:document", args=[document.pk]))
    Client(REMOTE_ADDR="198.51.100.9").get(reverse("web:verify_code", args=[document.number, document.code]))
    Client().get(reverse("web:verify", args=["RE-2026-999999"]))
    download = AccessEvent.objects.get(kind="document.downloaded")
    assert (download.person, download.details) == (scene.world.candidate, {"number": document.number})
    seen, unknown = AccessEvent.objects.filter(kind="document.verified").order_by("pk")
    assert (seen.person, seen.address, seen.details["found"]) == (None, "198.51.100.0", True)
    assert unknown.details["found"] is False


def test_a_log_that_cannot_be_written_keeps_nobody_out(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise DatabaseError("no space left")

    monkeypatch.setattr(AccessEvent, "save", broken)
    assert is_in(knock(person(Role.MENTOR)))
    assert "an access could not be logged: login" in caplog.text


def test_hostile_visitors_are_written_down_like_others() -> None:
    agent = "x" * 5000 + "\0"
    Client(headers={"user-agent": agent}).post(
        reverse("account_login"), {"login": "a\0@demo.jalon.test", "password": "y" * 9000}
    )
    access.record(kind=AccessKind.LOGIN_FAILED, agent=agent, claimed="\ud800\0")
    assert all(len(event.agent) <= 200 for event in AccessEvent.objects.all())


# Nobody rewrites it


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE assessments_accessevent SET kind = 'login'",
        "DELETE FROM assessments_accessevent",
        "TRUNCATE assessments_accessevent",
        "SELECT jalon_purge_access(now() + interval '1 day')",
    ],
)
def test_nobody_rewrites_it(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE assessments_accessevent ENABLE TRIGGER kept_whole")
        access.record(kind=AccessKind.LOGIN_FAILED)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match="is kept"), transaction.atomic():
            cursor.execute(sql)
    assert AccessEvent.objects.count() == 1


def test_what_is_past_its_time_goes(settings: Any) -> None:
    now = timezone.now()
    for days in (0, 29, settings.ACCESS_LOG_DAYS - 1, settings.ACCESS_LOG_DAYS + 1):
        AccessEvent.objects.create(kind="login", at=now - timedelta(days=days))
    assert access.purge() == 1
    assert AccessEvent.objects.count() == 3


# Who reads it


@pytest.mark.parametrize("asked", ["", "?kind=login.failed", "?q=Camille", "?q=192.0.2.7", "?q=RE-2026-000001"])
def test_the_page_finds(asked: str) -> None:
    someone = person(Role.JUROR, "Camille Exemple")
    access.record(kind=AccessKind.LOGIN_FAILED, person=someone, address="192.0.2.7", number="RE-2026-000001")
    access.record(kind=AccessKind.LOGOUT, address="198.51.100.1")
    page = reader().get(reverse("web:admin_accesses") + asked).content.decode()
    assert "Camille Exemple" in page
    assert ("198.51.100.1" in page) is (asked == "")


def test_the_page_asks_as_much_however_long(django_assert_max_num_queries: Callable[..., Any]) -> None:
    for _number in range(60):
        access.record(kind=AccessKind.LOGIN, person=factories.person(), address="192.0.2.1")
    client = reader()
    with django_assert_max_num_queries(15):
        page = client.get(reverse("web:admin_accesses")).content.decode()
    assert "page=2" in page


def test_each_sees_their_own() -> None:
    someone: User = person(Role.CANDIDATE)
    access.record(kind=AccessKind.LOGIN_FAILED, person=someone, address="192.0.2.44")
    access.record(kind=AccessKind.LOGIN_FAILED, person=person(), address="203.0.113.9")
    page = knock(someone).get(reverse("web:security")).content.decode()
    assert "Connexion refusée" in page
    assert "192.0.2.0" in page
    assert "203.0.113" not in page


def test_every_kind_has_its_words() -> None:
    assert set(KINDS) == set(AccessKind)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0"),
        ("::ffff:192.0.2.77", "192.0.2.0"),
        ("2001:db8:1:2::3", "2001:db8:1::"),
        ("", ""),
        (NOWHERE, ""),
        ("unix:", ""),
    ],
)
def test_an_address_is_shortened(address: str, network: str) -> None:
    assert network_of(address) == network
