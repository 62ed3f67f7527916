"""What the database cannot do in time is named, on a page or in JSON; what is not an outage stays loud."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator

import psycopg
import pytest
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.core import mail
from django.db import InterfaceError, OperationalError, ProgrammingError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path, reverse

from assessments.models import Role, Upload, User
from assessments.services import people, reviews
from certification import outages
from certification.breaker import Breaker
from certification.settings.env import bounded
from certification.settings.roles import ROLES
from tests import factories
from tests.factories import World


def sleep(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(20)")
    return HttpResponse()


def wait(request: HttpRequest, pk: int) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM assessments_work WHERE id = %s FOR UPDATE", [pk])
    return HttpResponse()


handler500 = outages.server_error
urlpatterns = [path("sleep/", sleep), path("wait/<int:pk>/", wait), path("", include("certification.urls"))]


@contextlib.contextmanager
def held(statement: str, key: int) -> Iterator[None]:
    """Another connection holds what `statement` locks."""
    params = connection.get_connection_params()
    known = {name: params[name] for name in ("dbname", "user", "password", "host", "port")}
    with psycopg.connect(**known) as other:
        other.execute(statement, [key])
        yield
        other.rollback()


@contextlib.contextmanager
def impatient(**limits: str) -> Iterator[None]:
    """Our own connection with the limits of a web process, only shorter."""
    with connection.cursor() as cursor:
        for name, value in limits.items():
            cursor.execute(f"SET {name} = '{value}'")
        yield
        for name in limits:
            cursor.execute(f"RESET {name}")


@pytest.fixture
def world(transactional_db: None) -> World:
    return factories.world()


def test_a_lock_that_another_holds_is_named_and_nothing_typed_is_lost(client: Client, world: World) -> None:
    client.force_login(world.administrator)
    address = reverse("web:admin_person_edit", args=[world.mentor.pk])
    form = {"full_name": "Mentor corrigé", "email": world.mentor.email, "roles": ["mentor"], "active": "on"}
    with (
        impatient(lock_timeout="200ms"),
        held("SELECT 1 FROM assessments_user WHERE id = %s FOR UPDATE", world.mentor.pk),
    ):
        page = client.post(address, form)
        living = client.get(reverse("web:home"), follow=True)
    assert "Une autre action est en cours au même endroit" in page.content.decode()
    assert "Mentor corrigé" in page.content.decode()
    assert living.status_code == 200
    assert client.post(address, form).status_code == 302
    world.mentor.refresh_from_db()
    assert world.mentor.full_name == "Mentor corrigé"


def test_what_another_act_holds_is_an_outage_to_programs(client: Client, world: World) -> None:
    """Ours send the same again after it: a 409 would tell them to stop."""
    client.force_login(world.mentor)
    review = reviews.open_review(actor=world.mentor, submission=factories.evaluated(world))
    comment = reverse("web:review_comment", args=[review.pk])
    saving = {"X-Autosave": "1", "Accept": "application/json"}
    upload = Upload.objects.create(
        work=world.work, file_name="a.zip", size=1, offset=1, state="accepted", bundle=factories.bundle()
    )
    tool = Client()
    tool.force_login(world.candidate)
    with (
        impatient(lock_timeout="200ms"),
        held("SELECT 1 FROM assessments_review WHERE id = %s FOR UPDATE", review.pk),
        held("SELECT 1 FROM assessments_work WHERE id = %s FOR UPDATE", world.work.pk),
    ):
        answers = [
            client.post(comment, {"comment": "Bon travail."}, headers=saving),
            tool.post(reverse("api:upload-submit", args=[upload.pk])),
        ]
    for answer in answers:
        assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (503, "outage.busy", "5")
    assert client.post(comment, {"comment": "Bon travail."}, headers=saving).status_code == 204


def test_a_link_whose_account_another_act_holds_serves_afterwards(client: Client, world: World) -> None:
    people.invite(actor=world.administrator, email="neuve@demo.jalon.test", full_name="Neuve", roles=[Role.CANDIDATE])
    [link] = re.findall(r"https?://[^/\s]+(/\S+)", str(mail.outbox[-1].body))
    invited = User.objects.get(email="neuve@demo.jalon.test")
    typed = {"password": "une phrase assez longue pour tous", "again": "une phrase assez longue pour tous"}
    with impatient(lock_timeout="200ms"), held("SELECT 1 FROM assessments_user WHERE id = %s FOR UPDATE", invited.pk):
        answer = client.post(link, typed)
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "Quelqu’un d’autre agit au même endroit" in answer.content.decode()
    assert client.post(link, typed).status_code == 302


@pytest.mark.urls(__name__)
def test_a_lock_that_a_page_waits_for_is_named(client: Client, world: World) -> None:
    with (
        impatient(lock_timeout="200ms"),
        held("SELECT 1 FROM assessments_work WHERE id = %s FOR UPDATE", world.work.pk),
    ):
        page = client.get(f"/wait/{world.work.pk}/")
        machine = client.get(f"/wait/{world.work.pk}/", headers={"Accept": "application/json"})
    assert (page.status_code, page["Retry-After"]) == (503, "5")
    assert "no-store" in page["Cache-Control"]
    assert "Quelqu’un d’autre agit au même endroit" in page.content.decode()
    assert "Somebody else is acting on the same thing" in page.content.decode()
    assert (machine.status_code, machine.json()["code"]) == (503, "outage.busy")


@pytest.mark.urls(__name__)
def test_a_statement_without_end_is_stopped_and_named(client: Client, transactional_db: None) -> None:
    with impatient(statement_timeout="200ms"):
        answer = client.get("/sleep/?a=<b>")
    assert answer.status_code == 503
    assert "La réponse prenait trop de temps" in answer.content.decode()
    assert 'href="/sleep/?a=%3Cb%3E"' in answer.content.decode()


def test_what_fails_around_the_view_is_named_too(client: Client, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    client.force_login(world.candidate)
    client.raise_request_exception = False

    def lose(*_: object) -> None:
        raise OperationalError("the connection is closed")

    monkeypatch.setattr(SessionBase, "_get_session", lose)
    monkeypatch.setattr(SessionBase, "_session", property(lose))
    answer = client.get(reverse("web:home"), headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (503, "outage.database")


def caused(kind: type[Exception], state: str | None) -> Exception:
    error, cause = kind("said"), psycopg.OperationalError("said")
    cause.sqlstate = state
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (caused(OperationalError, "55P03"), "outage.busy"),
        (caused(OperationalError, "40P01"), "outage.busy"),
        (caused(OperationalError, "57014"), "outage.too_slow"),
        (caused(OperationalError, "08006"), "outage.database"),
        (caused(OperationalError, "57P01"), "outage.database"),
        (caused(OperationalError, None), "outage.database"),
        (InterfaceError("the connection is closed"), "outage.database"),
        (caused(OperationalError, "53200"), None),
        (caused(ProgrammingError, "42P01"), None),
        (ValueError(), None),
        (None, None),
    ],
)
def test_what_counts_as_an_outage(error: Exception | None, code: str | None) -> None:
    found = outages.outage_of(error)
    assert (found.code if found else None) == code


def test_the_times_that_postgresql_is_told() -> None:
    options = bounded({"sslmode": "require", "options": "-c jit=off"}, lock=3, statement=0, idle=60)
    assert options["sslmode"] == "require"
    assert options["connect_timeout"] > 0
    assert options["options"].split("-c ") == [
        "",
        "lock_timeout=3s ",
        "statement_timeout=0s ",
        "idle_in_transaction_session_timeout=60s ",
        "jit=off",
    ]
    assert bounded({"connect_timeout": "30"}, lock=1, statement=1, idle=1)["connect_timeout"] == "30"


def test_postgresql_holds_the_connections_of_this_process_to_them(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout'), current_setting('statement_timeout')")
        assert cursor.fetchone() == ("20s", "2min")


def test_nobody_who_waits_for_a_page_waits_long() -> None:
    web = ROLES[settings.PROCESS]
    assert settings.PROCESS == "web"
    assert 0 < web.lock_seconds < web.statement_seconds <= 30
    assert all(role.lock_seconds > 0 for role in ROLES.values())


def test_a_breaker_lets_one_try_after_a_while() -> None:
    now = [0.0]
    breaker = Breaker(5.0, clock=lambda: now[0])
    assert not breaker.open
    breaker.trip()
    assert breaker.open
    now[0] = 5.0
    assert not breaker.open
