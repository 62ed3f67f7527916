"""A populated database, and what its owner could do to it: everything, with the guards off."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from assessments.domain.appeals import AppealEvent
from assessments.domain.codes import new_code
from assessments.domain.passages import PassageEvent
from assessments.models import Bundle, Decision, Document, JournalEntry, Role
from assessments.models.decisions import DocumentKind
from assessments.selectors.report import number_of, report_of
from assessments.services import appeals, decisions, documents, journal, passages, storage
from assessments.services.verification import Verification
from tests import factories
from tests.factories import World


def stored_bundle(**fields: Any) -> Bundle:
    """A bundle whose file is stored under its true digest."""
    content = uuid.uuid4().bytes
    made = Bundle.objects.create(sha256=hashlib.sha256(content).hexdigest(), size=16, files=1, recognised={}, **fields)
    storage.keep_bytes(made.storage_key, content)
    return made


def populated(world: World) -> Document:
    """The whole chain, from a submission to the document of its decision."""
    decision = decisions.decide(actor=world.president, slot=factories.marked(world), rulings={})
    return documents.issue(
        kind=DocumentKind.EVALUATION_REPORT,
        decision=decision,
        number=number_of(decision),
        code=new_code(),
        content=report_of(decision).content,
        pdf=f"%PDF-1.7 {uuid.uuid4()}".encode(),
    )


@contextmanager
def guards_off() -> Iterator[Any]:
    """A cursor of a superuser with every trigger off."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield cursor
        cursor.execute("SET LOCAL session_replication_role = origin")


def tamper(*statements: str) -> None:
    with guards_off() as cursor:
        for statement in statements:
            cursor.execute(statement)
            assert cursor.rowcount != 0, f"changed nothing: {statement}"


def recompute_chain(version: int = 2) -> None:
    """Every hash of the journal as it must be after what stands there now: what an owner who knows the code does."""
    previous = ""
    with guards_off() as cursor:
        cursor.execute("UPDATE assessments_journalentry SET hash = 'x' || id, previous_hash = 'x' || id")
        for entry in JournalEntry.objects.order_by("number"):
            entry.previous_hash, entry.version = previous, version
            previous = journal.hash_of(entry)
            cursor.execute(
                "UPDATE assessments_journalentry SET previous_hash = %s, hash = %s, version = %s WHERE id = %s",
                [entry.previous_hash, previous, version, entry.pk],
            )


def codes(**asked: Any) -> set[str]:
    """What a verification finds, by code."""
    return {fault.code for fault in Verification(**asked).faults()}


def told_and_answered(decision: Decision) -> None:
    """A passage that was missed, and an appeal against the decision that was answered."""
    slot = factories.scheduled(factories.world())
    passages.tell(actor=slot.sitting.jurors.get(presides=True).user, slot=slot, event=PassageEvent.MISS)
    candidate = decision.work.enrolment.candidate
    handler = factories.person(Role.ADMINISTRATOR)
    appeal = appeals.contest(actor=candidate, decision=decision, motive="Non.")
    appeals.assign(actor=handler, appeal=appeal, handler=handler)
    appeals.answer(actor=handler, appeal=appeal, event=AppealEvent.MAINTAIN, answer="Si.")
