"""A database of an earlier release comes through the migrations with everything that it held.

``release_*.sql.xz`` are dumps of the demo's database as that release left it (`pg_dump --inserts --no-owner`), with
works, runs, uploads and addresses caught in the middle of what they were doing.
"""

from __future__ import annotations

import hashlib
import lzma
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from django.conf import settings

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
RELEASES = sorted(HERE.glob("release_*.sql.xz"))

# Every table of people's acts, and what is to be found in it again: (what is read, how many rows there were).
KEPT = {
    "assessments_user": ("email, full_name, password, is_active, roles", 9),
    "assessments_session": ("name, deposit_deadline", 1),
    "assessments_enrolment": ("candidate_id, session_id, access_path", 4),
    "assessments_work": ("state, enrolment_id, assessment_id", 8),
    "assessments_bundle": ("sha256, size, files", 2),
    "assessments_submission": ("work_id, number, bundle_id, file_name, submitted_at", 3),
    "assessments_evaluationrun": ("submission_id, status, requested, attempts", 4),
    "assessments_checkresult": ("submission_id, check_code, check_version, params_digest, outcome, evidence", 93),
    "assessments_review": ("submission_id, outcome, comment, given_at", 2),
    "assessments_reviewremark": ("review_id, opinion, comment", 35),
    "assessments_ballot": ("slot_id, juror_id, sealed_at", 3),
    "assessments_mark": ("ballot_id, level, comment", 33),
    "assessments_decision": ("work_id, submission_id, outcome, decided_at", 1),
    "assessments_decisionline": ("decision_id, level, decided_by, votes", 19),
    "assessments_document": ("number, sha256, content_hash, decision_id", 1),
    "assessments_journalentry": ("at, actor_id, verb, object_type, object_id, payload, previous_hash, hash", 37),
    "assessments_upload": ("work_id, file_name, size, state, bundle_id", 5),
    "assessments_submissionsketch": ("submission_id, code, text", 3),
    "assessments_probedaddress": ("submission_id, kind, url, declared_in", 1),
    "assessments_referentialimport": ("owner_id, file_name, kind, state", 1),
}


@pytest.fixture(scope="module", params=RELEASES, ids=lambda path: path.name.partition(".")[0])
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a database of its own that holds the release's dump, not migrated yet."""
    server = os.environ["DATABASE_URL"]
    name = f"upgrade_{os.environ['JALON_TEST_SLOT']}_{settings.WORKER}"
    with psycopg.connect(server, autocommit=True) as link:
        link.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")  # type: ignore[arg-type]
        link.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
    address = urlsplit(server)._replace(path=f"/{name}").geturl()
    with psycopg.connect(address) as link:
        link.execute(lzma.decompress(request.param.read_bytes()))
    yield address
    with psycopg.connect(server, autocommit=True) as link:
        link.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def before(database: str) -> dict[str, list[Any]]:
    return {table: rows(database, table) for table in KEPT}


@pytest.fixture(scope="module")
def upgraded(database: str, before: dict[str, list[Any]]) -> str:
    """With what an earlier release let stand beside: an address of allauth's own, and one in capitals."""
    with psycopg.connect(database) as link:
        link.execute(
            'INSERT INTO account_emailaddress (email, verified, "primary", user_id)'
            " SELECT 'autre-' || email, true, true, id FROM assessments_user ORDER BY id LIMIT 1"
        )
        link.execute(
            "UPDATE assessments_user SET email = upper(email) WHERE id = (SELECT min(id) FROM assessments_user)"
        )
    manage(database, "migrate", "--no-input", "--verbosity=0")
    return database


def rows(address: str, table: str) -> list[Any]:
    with psycopg.connect(address) as link:
        found = link.execute(f"SELECT {KEPT[table][0]} FROM {table}").fetchall()  # type: ignore[arg-type]  # noqa: S608
    return sorted(found, key=repr)


def manage(address: str, *arguments: str) -> str:
    """What a command says on its standard output; fails with all it said when it ends badly."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "certification.settings.test"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_nothing_is_lost(before: dict[str, list[Any]], upgraded: str, subtests: pytest.Subtests) -> None:
    """One test for all tables: dealt out among the test processes, each would have the migrations run again."""
    for table in sorted(KEPT):
        with subtests.test(table):
            assert len(before[table]) == KEPT[table][1]
            assert [row for row in rows(upgraded, table) if row in before[table]] == before[table]


def test_a_bloc_that_was_declared_acquired_is_awarded(before: dict[str, list[Any]], upgraded: str) -> None:
    """By the former rule: each of its épreuves was; the award is signed and dated like the last decision."""
    with psycopg.connect(upgraded) as link:
        awards = link.execute(
            "SELECT bloc_id IS NOT NULL, outcome, proposal, reasons, decided_at FROM assessments_award"
        ).fetchall()
        bases = link.execute("SELECT count(*) FROM assessments_awardbasis WHERE decision_id IS NOT NULL").fetchall()
        acts = link.execute(
            "SELECT count(*) FROM assessments_journalentry WHERE verb = 'award.reconstructed'"
        ).fetchall()
    acquired = [row for row in before["assessments_decision"] if row[2] == "acquired"]
    reconstructed = [{"code": "reconstructed", "params": {}}]
    assert awards == [(True, "acquired", "acquired", reconstructed, row[3]) for row in acquired]
    assert bases == acts == [(len(acquired),)]


def test_an_address_stands_in_one_place(upgraded: str) -> None:
    with psycopg.connect(upgraded) as link:
        assert link.execute("SELECT count(*) FROM account_emailaddress").fetchall() == [(0,)]


def test_what_was_there_before_the_seals_is_recorded_and_then_whole(upgraded: str) -> None:
    manage(upgraded, "record_existing")
    assert manage(upgraded, "verify").count("\n") == 1


def test_what_people_rested_on_is_frozen_and_said_to_be_reconstructed(upgraded: str) -> None:
    with psycopg.connect(upgraded) as link:
        grids = link.execute("SELECT taken_for, reconstructed FROM assessments_gridsnapshot ORDER BY id").fetchall()
        bare = link.execute(
            "SELECT count(*) FROM assessments_decisionline AS line WHERE NOT EXISTS"
            " (SELECT 1 FROM assessments_decisionbasis WHERE line_id = line.id AND state_id IS NOT NULL)"
        ).fetchall()
        named = link.execute("SELECT candidate <> '' FROM assessments_decisionnames").fetchall()
        told = link.execute("SELECT count(*) FROM assessments_journalentry WHERE verb = 'grid.frozen'").fetchall()
    assert grids == [("review", True)] * 2
    assert (bare, named, told) == ([(0,)], [(True,)], [(2,)])


def test_what_was_under_way_goes_on(upgraded: str) -> None:
    """Each in the middle of something: what waits for a worker is due, and what was done for good is not."""
    with psycopg.connect(upgraded) as link:
        uploads = link.execute("SELECT file_name, due_at IS NOT NULL FROM assessments_upload").fetchall()
        runs = link.execute("SELECT status, due_at IS NOT NULL FROM assessments_evaluationrun").fetchall()
        received = link.execute("SELECT file_name FROM assessments_upload WHERE received_at IS NOT NULL").fetchall()
        addresses = link.execute("SELECT due_at IS NOT NULL FROM assessments_probedaddress").fetchall()
    assert dict(uploads) == {
        "reception.zip": False,
        "examen.zip": True,
        "examen-tenu.zip": True,
        "accepte.zip": False,
        "refuse.zip": False,
    }
    assert sorted(runs) == [("done", False)] * 3 + [("queued", True)]
    assert {name for (name,) in received} == {"examen.zip", "examen-tenu.zip", "accepte.zip", "refuse.zip"}
    assert addresses == [(True,)]


def test_a_paper_handed_out_before_the_codes_can_still_be_checked(upgraded: str) -> None:
    """Its hash is of what was printed: the row that holds the printed data gives it again, or says that it cannot."""
    with psycopg.connect(upgraded) as link:
        [(number, printed, code, content)] = link.execute(
            "SELECT number, content_hash, code, content FROM assessments_document"
            " LEFT JOIN assessments_documentcontent AS stored ON stored.document_id = assessments_document.id"
        ).fetchall()
    assert number == "RE-2026-000001"
    assert len(code) == 26
    assert content is None or hashlib.sha256(bytes(content)).hexdigest() == printed


def test_former_tokens_are_kept_by_their_digest(upgraded: str) -> None:
    with psycopg.connect(upgraded) as link:
        kept = link.execute("SELECT digest, expires_at > now() FROM assessments_apitoken").fetchall()
    known = {hashlib.sha256(f"demo{number:036d}".encode()).hexdigest() for number in (1, 2)}
    assert {digest for digest, _alive in kept} == known
    assert all(alive for _digest, alive in kept)
