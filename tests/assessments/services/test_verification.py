"""Whatever the database's owner does with the guards off is found; a healthy database is told to be healthy."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import InternalError, connection, transaction
from django.db.utils import IntegrityError

from assessments.models import CheckResult, Document, JournalEntry, LineFlag, Opinion
from assessments.models.leases import Leased
from assessments.models.reviews import ReviewOutcome
from assessments.models.versions import Versioned
from assessments.services import anchors, declarations, flags, probing, reviews, seals, seats, sittings
from assessments.services.verification import Verification
from tests import factories, tampering
from tests.savepoints import undone
from tests.tampering import codes, guards_off, populated, recompute_chain, tamper, told_and_answered


@pytest.fixture
def document(db: None, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> Document:
    monkeypatch.setattr(factories, "bundle", tampering.stored_bundle)
    settings.ANCHOR_DIR, settings.ANCHOR_KEY_FILE = str(tmp_path), str(tmp_path / "key.json")
    anchors.make_key()
    made = populated(factories.world())
    anchors.anchor()
    return made


@pytest.mark.usefixtures("document")
def test_a_healthy_database_is_told_in_one_line() -> None:
    said = io.StringIO()
    call_command("verify", "--files", stdout=said, stderr=io.StringIO())
    assert said.getvalue().startswith("Rien d'anormal : ")
    assert len(said.getvalue().splitlines()) == 1
    silent = io.StringIO()
    call_command("verify", "--files", "--json", stdout=silent, stderr=io.StringIO())
    assert silent.getvalue() == ""


JOURNAL = {
    "a row changed": (
        ["UPDATE assessments_journalentry SET verb = 'other' WHERE verb = 'review.admitted'"],
        {"journal.row"},
    ),
    "what it says changed": (
        ["UPDATE assessments_journalentry SET payload = payload || '{\"quorum\": 1}' WHERE verb = 'sitting.composed'"],
        {"journal.row"},
    ),
    "a row removed": (
        ["DELETE FROM assessments_journalentry WHERE verb = 'slot.scheduled'"],
        {"journal.gap", "journal.link", "content.unaccounted"},
    ),
    "a row appended": (
        [
            "INSERT INTO assessments_journalentry"
            " (number, version, at, verb, object_type, object_id, payload, previous_hash, hash)"
            " SELECT number + 1, 2, now(), 'work.appeal', 'work', 1, '{}', hash, repeat('f', 64)"
            " FROM assessments_journalentry ORDER BY number DESC LIMIT 1"
        ],
        {"journal.row"},
    ),
    "rows reordered": (
        [
            "UPDATE assessments_journalentry SET number = 1000000 WHERE number = 3",
            "UPDATE assessments_journalentry SET number = 3 WHERE number = 4",
            "UPDATE assessments_journalentry SET number = 4 WHERE number = 1000000",
        ],
        {"journal.link", "journal.row"},
    ),
    "the last rows removed": (
        ["DELETE FROM assessments_journalentry WHERE number > (SELECT max(number) - 2 FROM assessments_journalentry)"],
        {"head.gone", "content.unaccounted"},
    ),
    "all of it truncated": (["TRUNCATE assessments_journalentry"], {"head.gone", "content.unaccounted"}),
}


@pytest.mark.usefixtures("document")
def test_the_journal_tampered_with_is_found(subtests: pytest.Subtests) -> None:
    for name, (statements, expected) in JOURNAL.items():
        with subtests.test(name), undone():
            tamper(*statements)
            assert codes(heads=anchors.files()) == expected


@pytest.mark.usefixtures("document")
def test_a_chain_recomputed_is_found_by_a_head_kept_elsewhere() -> None:
    tamper("UPDATE assessments_journalentry SET actor_id = NULL WHERE verb = 'decision.made'")
    recompute_chain()
    assert codes() == set()  # the database by itself is consistent again
    assert codes(heads=anchors.files()) == {"head.other"}


CONTENTS = {
    "a result edited": "UPDATE assessments_checkresult SET outcome = 'not_met' WHERE check_code = 'chart.pie'",
    "the evidence of a result": "UPDATE assessments_checkresult SET evidence = '[1]' WHERE check_code = 'chart.pie'",
    "a result made a fault of ours": (
        "UPDATE assessments_checkresult SET outcome = 'error', cause = 'platform' WHERE check_code = 'chart.pie'"
    ),
    "a result removed": "DELETE FROM assessments_checkresult WHERE check_code = 'chart.pie'",
    "a result added": (
        "INSERT INTO assessments_checkresult (submission_id, run_id, check_code, check_version, params, params_digest,"
        " runtime_digest, outcome, cause, message_code, message_params, evidence, seconds, created_at)"
        " SELECT submission_id, run_id, check_code, 99, params, params_digest, runtime_digest, 'met', '', message_code,"
        " message_params, evidence, seconds, created_at FROM assessments_checkresult LIMIT 1"
    ),
    "what a run was asked": "UPDATE assessments_evaluationrun SET requested = '[]'",
    "a decision": "UPDATE assessments_decision SET outcome = 'not_acquired'",
    "the day of a decision": "UPDATE assessments_decision SET decided_at = decided_at - interval '1 year'",
    "a line of a decision": "UPDATE assessments_decisionline SET level = 'not_acquired'",
    "a line removed": "DELETE FROM assessments_decisionline WHERE decided_by = 'machine'",
    "a mark": "UPDATE assessments_mark SET level = 'not_acquired'",
    "a sealed ballot": "UPDATE assessments_ballot SET comment = 'autre'",
    "a review": "UPDATE assessments_review SET comment = 'autre'",
    "who sits": "UPDATE assessments_juror SET presides = false",
    "what is judged": "UPDATE assessments_slot SET submission_id = 0",
    "a submission": "UPDATE assessments_submission SET submitted_at = submitted_at - interval '1 day'",
    "the content of a bundle": "UPDATE assessments_bundle SET recognised = '{\"files\": 1}'",
    "who is judged": "UPDATE assessments_enrolment SET candidate_id = mentor_id, mentor_id = NULL",
    "the fingerprint of a document": "UPDATE assessments_document SET sha256 = repeat('0', 64)",
    "the code of a document": "UPDATE assessments_document SET code = reverse(code)",
    "whether a paper bears its code": "UPDATE assessments_document SET code_on_paper = false",
}


@pytest.mark.usefixtures("document")
def test_what_acts_left_behind_tampered_with_is_found(subtests: pytest.Subtests) -> None:
    for name, statement in CONTENTS.items():
        with subtests.test(name), undone():
            tamper(statement)
            assert codes(heads=anchors.files()) == {"content.changed"}


@pytest.mark.usefixtures("document")
def test_what_is_gone_and_what_no_act_accounts_for_are_found() -> None:
    tamper("DELETE FROM assessments_ballot WHERE id = (SELECT max(id) FROM assessments_ballot)")
    assert codes() == {"content.gone"}
    tamper(
        "INSERT INTO assessments_decision (work_id, bloc_id, submission_id, slot_id, outcome, motive, decided_by_id,"
        " decided_at, supersedes_id) SELECT work_id, bloc_id, submission_id, slot_id, 'not_acquired', '',"
        " decided_by_id, now(), id FROM assessments_decision"
    )
    assert codes() == {"content.gone", "content.unaccounted"}


def test_a_work_moved_without_an_act_is_found(document: Document) -> None:
    tamper("UPDATE assessments_work SET state = 'admitted'")
    assert codes() == {"work.state"}


OTHERWISE = {
    "CharField": "'x'",
    "TextField": "'x'",
    "JSONField": "'\"x\"'",
    "DateTimeField": "COALESCE({column}, now()) + interval '1 second'",
    "BooleanField": "NOT {column}",
    "ArrayField": "'{{x}}'",
}
"""Another value of a column, by the kind of its field; of every other kind it is a number."""


def changed_columns(kind: seals.Kind) -> Iterator[tuple[Any, str]]:
    """Each column that a seal of this kind covers in its own tables, as (its model, column = another value)."""
    for model, fields in [(kind.model, kind.fields), *((rows.model, rows.fields) for rows in kind.rows)]:
        for name in fields:
            if "__" not in name:
                field = model._meta.get_field(name.removesuffix("_id"))
                kept = getattr(field, "target_field", field)
                value = OTHERWISE.get(kept.get_internal_type(), "COALESCE({column}, 0) + 1")
                yield model, f"{name} = {value.format(column=name)}"


def test_no_column_that_a_seal_covers_changes_unseen(document: Document) -> None:
    told_and_answered(document.decision)
    world = factories.world()
    review = reviews.open_review(actor=world.mentor, submission=factories.evaluated(world))
    line = world.edition.criteria[1]
    reviews.save_remark(actor=world.mentor, review=review, line=line, opinion=Opinion.TO_IMPROVE, comment="À revoir")
    reviews.give(actor=world.mentor, review=review, outcome=ReviewOutcome.RETURNED)
    factories.evaluated_again(world, review.submission, chart__pie="not_met")
    flags.close(actor=world.administrator, flag=LineFlag.objects.get(), word="Vu.")
    seats_kept(factories.world())
    there = [kind for kind in seals.KINDS if kind.all_due().exists()]
    assert {kind.name for kind in there} == set(seals.BY_NAME) - {"probe", "acquiredbloc", "award", "referenceversion"}
    for kind in there:
        for model, change in changed_columns(kind):
            table, key = model._meta.db_table, model._meta.pk.column
            with guards_off() as cursor:
                mark = transaction.savepoint()
                drop_constraints(cursor, table)
                last = f"(SELECT max({key}) FROM {table})"  # noqa: S608 - a name of our own models, as below
                cursor.execute(f"UPDATE {table} SET {change} WHERE {key} = {last}")  # noqa: S608
                assert cursor.rowcount == 1
                assert [*Verification().of_contents(kind), *Verification().of_gone(kind)], f"{table}: {change}"
                transaction.savepoint_rollback(mark)


def test_what_an_earlier_version_sealed_is_verified_by_it(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as before:
        before.setattr(seals, "VERSION", 1)
        document = populated(factories.world())
    assert codes() == set()
    assert document.number
    tamper("UPDATE assessments_document SET number = 'X'")
    assert codes() == {"content.changed"}


def seats_kept(world: factories.World) -> None:
    """One of everything that is kept of the seats of a jury."""
    slot = factories.scheduled(world)
    second, third = (slot.sitting.jurors.get(user=each) for each in world.jurors[1:])
    seats.open_early(actor=world.president, slot=slot, reason="En avance.")
    seats.recuse(actor=world.president, slot=slot, juror=third, reason="Voisin.")
    seats.preside(actor=world.administrator, sitting=slot.sitting, juror=second, reason="Relais.", seen=None)
    declarations.sign(actor=world.jurors[1], sitting=slot.sitting, links=[world.candidate])
    sittings.leave(actor=world.administrator, juror=third, reason="Malade.")


def drop_constraints(cursor: Any, table: str) -> None:
    """What the values of a table may be, which its owner may change too."""
    cursor.execute("SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('c', 'u')", [table])
    for (name,) in cursor.fetchall():
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    cursor.execute(
        "SELECT indexrelid::regclass::text FROM pg_index"
        " WHERE indrelid = %s::regclass AND indisunique AND NOT indisprimary",
        [table],
    )
    for (name,) in cursor.fetchall():
        cursor.execute(f"DROP INDEX {name}")


def test_the_data_of_a_document_changed_or_gone_are_found(document: Document) -> None:
    tamper("UPDATE assessments_documentcontent SET content = '{}'")
    assert codes() == {"document.content"}
    tamper("DELETE FROM assessments_documentcontent")
    assert codes() == {"document.content_gone"}


def test_a_file_changed_or_gone_is_found(document: Document) -> None:
    path = Path(default_storage.path(document.storage_key))
    path.chmod(0o644)
    path.write_bytes(path.read_bytes().replace(b"1.7", b"1.6"))
    assert codes() == set()
    assert codes(files=True) == {"file.changed"}
    path.unlink()
    assert codes(files=True) == {"file.gone"}


def test_faults_are_told_one_a_line_and_end_in_failure(document: Document) -> None:
    tamper("UPDATE assessments_decision SET outcome = 'not_acquired'")
    for arguments in ([], ["--json"]):
        said = io.StringIO()
        with pytest.raises(CommandError, match="1 anomalie"):
            call_command("verify", *arguments, stdout=said, stderr=io.StringIO())
        (line,) = said.getvalue().splitlines()
        assert f"decision {document.decision_id}" in line
        assert "content.changed" in line
    assert json.loads(line)["code"] == "content.changed"


@pytest.mark.django_db(transaction=True)
def test_one_view_is_read_from_beginning_to_end_and_nothing_is_written() -> None:
    verification = Verification()
    for fault in verification.faults():
        raise AssertionError(fault)
    populated(factories.world())
    going = Verification()
    faults = going.faults()
    assert list(faults) == []
    assert going.counts["journal"] == JournalEntry.objects.count()
    assert not connection.in_atomic_block


def test_every_frozen_table_is_sealed_or_said_not_to_be(db: None) -> None:
    """A table whose rows the database freezes is one that decisions rest on: seals cover it."""
    covered = {kind.model._meta.db_table for kind in seals.KINDS}
    covered |= {rows.model._meta.db_table for kind in seals.KINDS for rows in kind.rows}
    elsewhere = {
        "assessments_journalentry",  # the chain itself
        "assessments_documentcontent",  # by the hash printed on the document
        "assessments_bundle",  # within its submission
        "assessments_evidencefile",  # by the digest that results name it by
        "assessments_probeexchange",  # what was seen of a probe, thrown away with time
        "assessments_referencedataset",  # within its version
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'frozen'")
        frozen = {name for (name,) in cursor.fetchall()}
    assert frozen - covered - elsewhere == set()


LEASE = {field.attname for field in Leased._meta.fields}
VERSIONED = {field.attname for field in Versioned._meta.fields}
LEFT_OUT = {
    "ballot": VERSIONED,
    "mark": VERSIONED,
    "evaluationrun": LEASE | {"phase", "queued_at", "finished_at"},
    "probe": {"asked_by_id", "failure_params", "seconds"},
    "sitting": {"name", "place", "starts_at"},
    "slot": {"starts_at", "minutes", "state", "room_id"},
    "referenceversion": LEASE | {"state", "in_force_at", "profile", "received_at", "received_by_id"},
}
"""Columns that change afterwards, or that tell how an act came about and not what it left."""


def test_every_column_is_sealed_or_said_not_to_be() -> None:
    for kind in seals.KINDS:
        of_rows = [(rows.model, (*seals.covered_by(rows), rows.key)) for rows in kind.rows]
        for model, fields in [(kind.model, seals.covered_by(kind)), *of_rows]:
            columns = {field.attname for field in model._meta.concrete_fields} - {"id"}
            assert columns - set(fields) - LEFT_OUT.get(str(model._meta.model_name), set()) == set(), model


KEPT = {kind.model._meta.db_table for kind in seals.KINDS}
KEPT |= {"assessments_journalentry", "assessments_bundle", "assessments_documentcontent"}


@pytest.mark.usefixtures("document")
def test_nothing_that_is_kept_is_emptied(subtests: pytest.Subtests) -> None:
    for table in sorted(KEPT):
        with subtests.test(table), undone(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            with pytest.raises((InternalError, IntegrityError), match="is frozen: TRUNCATE refused"):
                cursor.execute(f"TRUNCATE {table} CASCADE")


RESTED_ON = (
    "UPDATE assessments_checkresult SET outcome = 'met'",
    "DELETE FROM assessments_checkresult",
    "UPDATE assessments_juror SET presides = NOT presides",
    "DELETE FROM assessments_juror",
    "UPDATE assessments_sitting SET quorum = 1",
    "UPDATE assessments_slot SET submission_id = submission_id + 1",
    "UPDATE assessments_enrolment SET candidate_id = mentor_id, mentor_id = NULL",
    "UPDATE assessments_evaluationrun SET requested = '[]'",
    "DELETE FROM assessments_documentcontent",
)


@pytest.mark.usefixtures("document")
def test_what_decisions_rest_on_is_not_moved(subtests: pytest.Subtests) -> None:
    for statement in RESTED_ON:
        refused = pytest.raises((InternalError, IntegrityError), match="is frozen")
        with subtests.test(statement), undone(), connection.cursor() as cursor, refused:
            cursor.execute(statement)


def test_a_fault_of_ours_still_makes_room_for_an_answer(db: None) -> None:
    submission = factories.submitted(factories.world())
    run = submission.runs.get()
    factories.result(run, "chart.pie", "error", cause="platform").save()
    assert CheckResult.objects.filter(cause="platform").delete()[0] == 1


def test_results_of_a_call_are_sealed_with_the_call(db: None) -> None:
    assert probing.seal_of is seals.seal_of
    assert seals.BY_NAME["probe"].rows[0].model is CheckResult
