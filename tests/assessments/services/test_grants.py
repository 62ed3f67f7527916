"""The application's role: the whole product works as it, and none of the past can be rewritten as it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import islice
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.checks import run_checks
from django.db import ProgrammingError, connection, transaction

from assessments.models import Decision
from assessments.services import grants
from certification.embedded import PROJECT
from certification.settings.roles import ROLES
from tests import factories
from tests.tampering import codes, populated, told_and_answered

FORBIDDEN = [
    "TRUNCATE assessments_journalentry",
    "UPDATE assessments_journalentry SET verb = 'other'",
    "DELETE FROM assessments_journalentry",
    "ALTER TABLE assessments_journalentry DISABLE TRIGGER ALL",
    "ALTER TABLE assessments_journalentry DROP CONSTRAINT journal_chain_unbranched",
    "DROP TABLE assessments_journalentry",
    "DROP TRIGGER frozen ON assessments_decision",
    "SET session_replication_role = replica",
    "UPDATE assessments_decision SET outcome = 'acquired'",
    "DELETE FROM assessments_decisionline",
    "UPDATE assessments_checkresult SET outcome = 'met'",
    "UPDATE assessments_award SET outcome = 'acquired'",
    "DELETE FROM assessments_awardbasis",
    "UPDATE assessments_compositionrule SET minimum = 1",
    "DELETE FROM assessments_compositionrule",
    "UPDATE assessments_habilitation SET qualified = true",
    "DELETE FROM assessments_habilitation",
    "UPDATE assessments_submission SET submitted_at = now()",
    "UPDATE assessments_document SET sha256 = repeat('0', 64)",
    "UPDATE assessments_documentcontent SET content = '{}'",
    "UPDATE assessments_juror SET presides = true",
    "UPDATE assessments_slot SET submission_id = 1",
    "UPDATE assessments_passageoutcome SET reason = ''",
    "DELETE FROM assessments_passageoutcome",
    "UPDATE assessments_appeal SET motive = ''",
    "DELETE FROM assessments_appeal",
    "CREATE TABLE public.other (id int)",
    "CREATE TEMPORARY TABLE assessments_review (id int, given_at timestamptz)",
    "CREATE OR REPLACE FUNCTION jalon_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
    "SELECT setval('assessments_journalentry_id_seq', 1)",
    "DELETE FROM django_migrations",
]


@pytest.fixture
def application(db: None) -> Iterator[str]:
    """The name of a role with the rights of the application, which the test then has."""
    role = f"{connection.settings_dict['NAME']}_application"
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE ROLE "{role}" NOLOGIN')
        grants.grant(role)
        cursor.execute(f'SET LOCAL ROLE "{role}"')
        yield role
        cursor.execute("RESET ROLE")


def told() -> list[str | None]:
    """What `check --deploy --database default` says."""
    return [found.id for found in run_checks(tags=["database"], include_deployment_checks=True, databases=["default"])]


@pytest.mark.usefixtures("application")
def test_the_whole_chain_works_as_the_application() -> None:
    document = populated(factories.world())
    assert Decision.objects.filter(documents=document).exists()
    told_and_answered(document.decision)
    assert codes() == set()


@pytest.mark.usefixtures("application")
@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_past_is_not_rewritten_as_the_application(statement: str) -> None:
    with connection.cursor() as cursor, pytest.raises(ProgrammingError) as refused, transaction.atomic():
        cursor.execute(statement)
    assert refused.value.__cause__ is not None
    assert refused.value.__cause__.sqlstate == "42501", statement  # type: ignore[attr-defined]  # psycopg's own


def test_an_installation_that_gives_more_is_told(application: str) -> None:
    assert grants.weaknesses() == []
    assert told() == []
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute(f'GRANT TRUNCATE ON assessments_mark TO "{application}"')
        cursor.execute(f'GRANT UPDATE ON assessments_decision TO "{application}"')
        assert grants.weaknesses() == ["superuser"]
        cursor.execute(f'SET LOCAL ROLE "{application}"')
    assert grants.weaknesses() == ["assessments_decision", "assessments_mark"]
    assert told() == ["assessments.W001"]


def test_a_failure_in_the_middle_takes_no_right_away(application: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is taken back before it is given: the site that runs meanwhile would stand without rights."""
    statements = grants._statements

    def halting(*asked: Any) -> Iterator[Any]:
        yield from islice(statements(*asked), 7)
        raise RuntimeError("the connection is lost")

    monkeypatch.setattr(grants, "_statements", halting)
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        with pytest.raises(RuntimeError):
            grants.grant(application)
        cursor.execute(f'SET LOCAL ROLE "{application}"')
    assert not Decision.objects.exists()


def test_every_table_named_in_the_grants_exists(db: None) -> None:
    assert set(grants.PRIVILEGES) - set(connection.introspection.table_names()) == set()


def test_only_the_commands_of_the_owner_connect_as_the_owner(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = {"NAME": "jalon", "USER": "jalon", "PASSWORD": "a", "HOST": "db", "PORT": "5432", "OPTIONS": {}}
    theirs = mine | {"NAME": "elsewhere", "USER": "jalon_owner", "PASSWORD": "o"}
    used = SimpleNamespace(settings_dict=dict(mine), close=lambda: None)
    monkeypatch.setattr(grants, "connection", used)
    for address, role in ((theirs, "jalon"), (mine, ""), ({}, "")):
        settings.MIGRATION_DATABASE = address
        with grants.owner() as found:
            assert found == role
            assert used.settings_dict == (mine | {"USER": "jalon_owner", "PASSWORD": "o"} if role else mine)
        assert used.settings_dict == mine


def test_the_owners_session_waits_as_long_as_its_program_may(db: None) -> None:
    """Whoever comes after a migration that waits for a lock waits behind it."""
    code = (
        "import django; django.setup()\n"
        "from assessments.services.grants import connection, owner\n"
        "with owner() as role, connection.cursor() as cursor:\n"
        "    cursor.execute('SHOW lock_timeout')\n"
        "    print(role, *cursor.fetchone())\n"
    )
    addresses = {
        "DATABASE_URL": f"postgresql://application@127.0.0.1:1{urlsplit(os.environ['DATABASE_URL']).path}",
        "JALON_MIGRATION_DATABASE_URL": os.environ["DATABASE_URL"],
    }
    unset = {name: "" for name in os.environ if name.startswith("JALON_DATABASE_")}
    environment = os.environ | unset | addresses
    environment |= {"DJANGO_SETTINGS_MODULE": "certification.settings.dev", "JALON_PROCESS": "migrate"}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["application", f"{ROLES['migrate'].lock_seconds}s"]
