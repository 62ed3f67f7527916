"""A database from before the seals: numbered by the migration, recorded once by the command, verified from then on."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from assessments.models import Document, DocumentContent, JournalEntry, User
from assessments.services import existing
from assessments.services.existing import record_existing
from assessments.services.reconstruction import reconstruct
from tests import factories
from tests.tampering import codes, guards_off, populated, recompute_chain

pytestmark = pytest.mark.django_db


def migrate(*to: str) -> None:
    """As far as told, or all the way."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    executor = MigrationExecutor(connection)
    executor.migrate([("assessments", each) for each in to] or executor.loader.graph.leaf_nodes("assessments"))


def grow_old() -> None:
    """The journal as it was: without seals, and each row hashed without its number."""
    with guards_off() as cursor:
        cursor.execute("UPDATE assessments_journalentry SET payload = payload - 'seal'")
    recompute_chain(version=1)


def test_a_database_is_carried_over_whole() -> None:
    first, second = populated(factories.world()), populated(factories.world())
    grow_old()
    migrate("0017_access_events")
    migrate()
    User.objects.filter(pk=second.decision.work.enrolment.candidate_id).update(full_name="Renommée depuis")
    reconstruct()
    assert list(JournalEntry.objects.order_by("pk").values_list("number", flat=True)) == list(
        range(1, JournalEntry.objects.count() + 1)
    )
    carried = Document.objects.order_by("pk")
    assert [document.code_on_paper for document in carried] == [False, False]
    assert len({document.code for document in carried}) == 2
    assert codes() == {"content.unaccounted", "document.content_gone"}
    said = io.StringIO()
    call_command("record_existing", stdout=said)
    assert "données gardées pour 1 documents, impossibles à retrouver pour 1." in said.getvalue()
    assert list(DocumentContent.objects.values_list("document", flat=True)) == [first.pk]
    assert codes() == set()
    populated(factories.world())
    assert codes() == set()


def test_the_existing_is_recorded_once() -> None:
    populated(factories.world())
    grow_old()
    assert sum(record_existing().values()) > 5
    with pytest.raises(CommandError, match="qu’une fois"):
        call_command("record_existing")
    assert codes() == set()


@pytest.mark.django_db(transaction=True)
def test_the_journal_is_nobodys_while_reports_are_gathered(monkeypatch: pytest.MonkeyPatch) -> None:
    """A database of ten thousand decisions is recorded while people work: none of their acts waits for it."""
    for _ in range(2):
        populated(factories.world())
    grow_old()
    held: list[int] = []
    gather = existing.report_of

    def gathering(*asked: Any) -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
            held.append(cursor.fetchone()[0])
        return gather(*asked)

    monkeypatch.setattr(existing, "report_of", gathering)
    record_existing()
    assert held == [0, 0]
    assert codes() == set()
