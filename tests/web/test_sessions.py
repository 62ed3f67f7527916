"""Sessions: listed for their owner, closed from afar, and over after a time."""

from __future__ import annotations

import time
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session as StoredSession
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from assessments.models import AccessEvent, Role, User
from assessments.services import logins, people
from assessments.signals import BEGUN, SEEN
from assessments.web.access_words import device_of
from tests.factories import PASSWORD, person
from tests.web.factors import is_in, knock

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 Version/17.4 Safari/604.1"
NEXT = "un autre cheval correct 42"


@pytest.fixture(autouse=True)
def _no_earlier_tries(db: None) -> None:
    cache.clear()


@pytest.fixture
def someone(db: None) -> User:
    return person(Role.MENTOR)


def came(someone: User, agent: str = FIREFOX, address: str = "192.0.2.77") -> Client:
    client = Client(headers={"user-agent": agent}, REMOTE_ADDR=address)
    client.post(reverse("account_login"), {"login": someone.email, "password": PASSWORD})
    return client


def aged(client: Client, **by: int) -> None:
    """Put what the session remembers so many seconds back."""
    session = client.session
    for name, seconds in by.items():
        session[name] = int(time.time()) - seconds
    session.save()


def test_each_is_listed_in_plain_words_with_this_one_marked(someone: User) -> None:
    desk = came(someone)
    came(someone, PHONE, "2001:db8:1:2::3")
    page = desk.get(reverse("web:security")).content.decode()
    assert "Firefox sous Linux" in page
    assert "Safari sous iPhone" in page
    assert "celle-ci" in page
    assert "192.0.2.0" in page
    assert "2001:db8:1::" in page
    assert "192.0.2.77" not in page


def test_another_is_closed_and_only_ones_own(someone: User) -> None:
    desk, phone, stranger = came(someone), came(someone, PHONE), came(person(Role.MENTOR))
    other = UserSession.objects.get(session_key=phone.session.session_key)
    assert stranger.post(reverse("web:session_end", args=[other.pk])).status_code == 404
    assert is_in(phone)
    desk.post(reverse("web:session_end", args=[other.pk]))
    assert (is_in(phone), is_in(desk)) == (False, True)


def test_all_the_others_at_once(someone: User) -> None:
    desk, phone, tablet = came(someone), came(someone, PHONE), came(someone, PHONE)
    desk.post(reverse("web:sessions_end"))
    assert [is_in(each) for each in (desk, phone, tablet)] == [True, False, False]
    assert AccessEvent.objects.filter(person=someone, kind="session.ended").count() == 2


def test_a_new_password_closes_the_others(someone: User) -> None:
    desk, phone = came(someone), came(someone, PHONE)
    asked = {"oldpassword": PASSWORD, "password1": NEXT, "password2": NEXT}
    desk.post(reverse("account_change_password"), asked)
    assert (is_in(desk), is_in(phone)) == (True, False)
    assert UserSession.objects.filter(user=someone).count() == 1


def test_an_idle_session_is_over(someone: User, settings: Any) -> None:
    client = came(someone)
    aged(client, **{SEEN: settings.SESSION_IDLE_MINUTES * 60 + 1})
    answer = client.get(reverse("web:profile"), follow=True)
    assert answer.redirect_chain[0][0].startswith(reverse("account_login"))
    assert "Votre session est terminée" in answer.content.decode()
    assert AccessEvent.objects.filter(person=someone, kind="session.expired").exists()


def test_use_does_not_prolong_a_session_for_ever(someone: User, settings: Any) -> None:
    client = came(someone)
    aged(client, **{BEGUN: settings.SESSION_HOURS * 3600 + 1})
    assert not is_in(client)


def test_use_prolongs_it_and_is_noted_once_a_minute(someone: User) -> None:
    client = came(someone)
    aged(client, **{SEEN: 3000})
    UserSession.objects.update(last_seen_at="2026-01-01T00:00Z")
    assert is_in(client)
    assert time.time() - client.session[SEEN] < 60
    assert UserSession.objects.get().last_seen_at.year > 2000
    assert client.session[BEGUN] <= client.session[SEEN]


def test_a_session_from_another_door_is_listed_too(someone: User) -> None:
    client = Client()
    client.force_login(someone, backend="django.contrib.auth.backends.ModelBackend")
    aged(client, **{SEEN: 120})
    assert "celle-ci" in client.get(reverse("web:security")).content.decode()


def test_what_is_typed_after_the_end_is_answered_for_the_script_that_keeps_it(someone: User) -> None:
    """The page's script keeps what is typed until it is saved; it must be told, and not be led to a page."""
    client = came(someone)
    aged(client, **{SEEN: 10**6})
    answer = client.post(reverse("web:review_comment", args=[1]), {}, headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (401, "login")


def test_the_list_asks_as_much_however_long(someone: User, django_assert_max_num_queries: object) -> None:
    desk = came(someone)
    for _number in range(8):
        came(someone, PHONE)
    with django_assert_max_num_queries(15):  # type: ignore[operator]
        desk.get(reverse("web:security"))


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox sous Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0", "Edge sous Windows"),
        ("curl/8.5.0", "curl"),
        ("", "Appareil inconnu"),
    ],
)
def test_a_device_in_words(agent: str, words: str) -> None:
    assert device_of(agent) == words


def test_what_is_over_is_not_kept(someone: User) -> None:
    kept, over = came(someone), came(someone, PHONE)
    StoredSession.objects.filter(session_key=over.session.session_key).update(expire_date="2026-01-01T00:00Z")
    assert logins.purge() == 1
    assert [row.session_key for row in UserSession.objects.all()] == [kept.session.session_key]


def test_logging_out_ends_it(someone: User) -> None:
    client = knock(someone)
    client.post(reverse("account_logout"))
    assert not is_in(client)
    assert not UserSession.objects.exists()


def test_closing_an_account_ends_its_sessions_for_good(someone: User) -> None:
    desk = came(someone)
    terms = {"full_name": someone.full_name, "email": someone.email, "roles": [Role.MENTOR]}
    administrator = person(Role.ADMINISTRATOR)
    people.edit(actor=administrator, person=someone, active=False, **terms)
    people.edit(actor=administrator, person=someone, active=True, **terms)
    assert not is_in(desk)
