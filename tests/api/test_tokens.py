"""Tokens of the API: what a copy of the database gives, what one token may do, when it ends."""

from __future__ import annotations

import hashlib
import importlib
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.domain.access import MOST_EXCHANGED, MOST_TOKENS, Scope
from assessments.models import ApiToken, JournalEntry, Role, User
from assessments.services import tokens
from assessments.services.errors import Refused
from tests.factories import PASSWORD, person

BACKEND = "django.contrib.auth.backends.ModelBackend"
NEXT = "un autre cheval correct 42"


@pytest.fixture(autouse=True)
def _no_earlier_tries(db: None) -> None:
    cache.clear()


@pytest.fixture
def someone(db: None) -> User:
    return person(Role.CANDIDATE)


def made(someone: User, **asked: Any) -> str:
    return tokens.create(actor=someone, name="Outil", **asked).key


def status(key: str, method: str = "get", name: str = "api:work-list", **kwargs: Any) -> int:
    tool = Client(headers={"authorization": f"Token {key}"})
    return int(getattr(tool, method)(reverse(name, kwargs=kwargs or None)).status_code)


def test_a_copy_of_the_database_opens_nothing(someone: User) -> None:
    key = made(someone)
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(t)::text FROM assessments_apitoken t")
        [(row,)] = cursor.fetchall()
    assert key not in row
    assert hashlib.sha256(key.encode()).hexdigest() in row
    assert status(ApiToken.objects.get().digest) == 401
    assert status(key) == 200


def test_a_key_is_long_random_and_known_by_its_beginning(someone: User) -> None:
    first, second = made(someone), made(someone)
    assert first != second
    assert first.startswith("jalon_")
    assert len(first) >= len("jalon_") + 43


def test_a_token_ends_by_itself(someone: User) -> None:
    key = made(someone)
    day = timedelta(days=40)
    ApiToken.objects.update(created_at=timezone.now() - day, expires_at=timezone.now() - timedelta(seconds=1))
    assert status(key) == 401
    made(someone)
    assert someone.api_tokens.count() == 1  # what has ended is not kept


def test_each_scope_opens_its_own(someone: User) -> None:
    reader, depositor = made(someone, scopes=[Scope.READ]), made(someone, scopes=[Scope.DEPOSIT])
    assert status(reader) == 200
    assert status(reader, "post", "api:upload-submit", pk=1) == 403
    assert status(depositor) == 403
    assert status(depositor, "post", "api:upload-submit", pk=1) == 404


def test_several_at_once_revoked_one_by_one(someone: User) -> None:
    first, second = made(someone), made(someone)
    tokens.revoke(actor=someone, token=ApiToken.objects.get(digest=tokens.digest_of(first)))
    assert (status(first), status(second)) == (401, 200)
    assert JournalEntry.objects.filter(verb="token.revoked").count() == 1


def test_nobody_revokes_anothers(someone: User) -> None:
    key = made(someone)
    tokens.revoke(actor=person(), token=someone.api_tokens.get())
    assert status(key) == 200


def test_use_is_noted_and_not_at_every_request(someone: User, django_assert_num_queries: Any) -> None:
    key = made(someone)
    assert tokens.find(key) is not None
    assert someone.api_tokens.get().last_used_at is not None
    with django_assert_num_queries(1):
        tokens.find(key)


def test_only_so_many(someone: User) -> None:
    for _number in range(MOST_TOKENS):
        made(someone)
    with pytest.raises(Refused, match=r"token\.too_many|révoquez") as refused:
        made(someone)
    assert refused.value.code == "token.too_many"


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"name": " "}, "token.name"),
        ({"name": "x" * 81}, "text.too_long"),
        ({"scopes": []}, "token.scopes"),
        ({"days": 4000}, "token.days"),
    ],
)
def test_what_is_asked_is_checked(someone: User, asked: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        tokens.create(actor=someone, **{"name": "Outil"} | asked)
    assert refused.value.code == code


def test_a_new_password_ends_every_token(someone: User) -> None:
    key = made(someone)
    browser = Client()
    browser.force_login(someone, backend=BACKEND)
    asked = {"oldpassword": PASSWORD, "password1": NEXT, "password2": NEXT}
    assert browser.post(reverse("account_change_password"), asked).status_code == 302
    assert status(key) == 401


def test_a_password_reset_ends_every_token(someone: User) -> None:
    key = made(someone)
    visitor = Client()
    visitor.post(reverse("account_reset_password"), {"email": someone.email})
    link = next(line for line in mail.outbox[0].body.splitlines() if line.startswith("http"))
    page = visitor.get(link, follow=True)
    visitor.post(page.redirect_chain[-1][0], {"password1": NEXT, "password2": NEXT})
    someone.refresh_from_db()
    assert someone.check_password(NEXT)
    assert status(key) == 401


# A password for a token


def exchanged(someone: User, password: str = PASSWORD) -> Any:
    return Client().post(reverse("api:token"), {"username": someone.email, "password": password})


def test_a_password_gives_a_token_that_ends(someone: User) -> None:
    given = exchanged(someone).json()
    assert status(given["token"]) == 200
    assert given["scopes"] == ["read", "deposit"]
    assert someone.api_tokens.get().expires_at < timezone.now() + timedelta(days=31)


def test_exchanges_take_the_place_of_the_oldest(someone: User) -> None:
    own = made(someone)
    keys = [tokens.exchange(actor=someone).key for _number in range(MOST_EXCHANGED + 1)]
    assert status(keys[0]) == 401
    assert status(keys[1]) == status(keys[-1]) == status(own) == 200


@pytest.mark.parametrize("role", [Role.JUROR, Role.ADMINISTRATOR])
def test_a_password_alone_is_not_enough_for_who_must_hold_a_second_factor(settings: Any, role: Role) -> None:
    settings.SECOND_FACTOR = "required"
    answer = exchanged(person(role))
    assert answer.status_code == 409
    assert answer.json()["code"] == "token.second_factor"
    assert not ApiToken.objects.exists()


def test_nor_for_who_holds_one(someone: User) -> None:
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    TOTP.activate(someone, generate_totp_secret())
    assert exchanged(someone).json()["code"] == "token.second_factor"


def test_a_token_of_who_must_hold_a_factor_and_has_none_waits(settings: Any) -> None:
    juror = person(Role.JUROR)
    key = made(juror)
    settings.SECOND_FACTOR = "required"
    assert status(key) == 403


def test_a_closed_account_exchanges_nothing(someone: User) -> None:
    someone.is_active = False
    someone.save()
    assert exchanged(someone).status_code == 400


# Those given before


def test_former_tokens_are_hashed_in_place_and_keep_working(someone: User) -> None:
    former = "9f" * 20
    with connection.schema_editor() as editor:
        editor.execute(
            "CREATE TABLE authtoken_token (key varchar(40) PRIMARY KEY, created timestamptz, user_id bigint)"
        )
        editor.execute("INSERT INTO authtoken_token VALUES (%s, now() - interval '400 days', %s)", [former, someone.pk])
        migration = importlib.import_module("assessments.migrations.0016_api_tokens")
        migration.hash_in_place(importlib.import_module("django.apps").apps, editor)
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('authtoken_token')")
        assert cursor.fetchone() == (None,)
    token = ApiToken.objects.get()
    assert former not in str(ApiToken.objects.values())
    assert token.expires_at > timezone.now() + timedelta(days=80)
    assert status(former) == 200
