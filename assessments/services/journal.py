"""The journal's only writer."""

from __future__ import annotations

from typing import Any

from django.db import connection, models
from django.utils import timezone

from assessments.domain.digests import chained
from assessments.models import JournalEntry, User

_CHAIN_LOCK = 0x4A414C4F  # one writer at a time, so that the chain never forks


def record(actor: User | None, verb: str, about: models.Model, **payload: Any) -> JournalEntry:
    """Append one act to the chain, in the caller's transaction (raises if there is none).

    ``payload`` must be JSON: identifiers, states, digests; never personal texts or secrets. The chain is the caller's
    until the transaction ends: rows that others may hold are locked before.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a journal row is written in the same transaction as the act")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CHAIN_LOCK])
    last = JournalEntry.objects.order_by("-pk").values_list("hash", flat=True).first() or ""
    entry = JournalEntry(
        at=timezone.now(),
        actor=actor,
        verb=verb,
        object_type=about._meta.model_name or "",
        object_id=about.pk,
        payload=payload,
        previous_hash=last,
    )
    entry.hash = chained(last, content_of(entry))
    entry.save(force_insert=True)
    return entry


def content_of(entry: JournalEntry) -> dict[str, Any]:
    """What the hash of a row covers."""
    return {
        "at": entry.at.isoformat(),
        "actor": entry.actor_id,
        "verb": entry.verb,
        "object": [entry.object_type, entry.object_id],
        "payload": entry.payload,
    }


def first_broken() -> JournalEntry | None:
    """Walk the chain; return the first row whose hash does not follow, or None when the chain is whole."""
    previous = ""
    for entry in JournalEntry.objects.order_by("pk").iterator():
        if entry.previous_hash != previous or entry.hash != chained(previous, content_of(entry)):
            return entry
        previous = entry.hash
    return None
