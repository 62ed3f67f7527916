"""The journal's only writer."""

from __future__ import annotations

from typing import Any

from django.db import connection, models
from django.utils import timezone

from assessments.domain.digests import chained
from assessments.models import JournalEntry, User
from assessments.services.locking import Lock, hold


def record(actor: User | None, verb: str, about: models.Model, **payload: Any) -> JournalEntry:
    """Append one act to the chain, in the caller's transaction (raises if there is none).

    ``payload`` must be JSON: identifiers, states, digests; never personal texts or secrets. ``seal`` in it is the
    digest of what the act left behind (``services.seals``). The chain is the caller's until the transaction ends:
    rows that others may hold are locked before.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a journal row is written in the same transaction as the act")
    hold(Lock.JOURNAL)
    last = JournalEntry.objects.order_by("-number").values_list("number", "hash").first()
    number, previous = last or (0, "")
    entry = JournalEntry(
        number=number + 1,
        at=timezone.now(),
        actor=actor,
        verb=verb,
        object_type=about._meta.model_name or "",
        object_id=about.pk,
        payload=payload,
        previous_hash=previous,
    )
    entry.hash = hash_of(entry)
    entry.save(force_insert=True)
    return entry


def hash_of(entry: JournalEntry) -> str:
    """The hash that the row must have, after the one before it."""
    return chained(entry.previous_hash, content_of(entry))


def content_of(entry: JournalEntry) -> dict[str, Any]:
    """What the hash of a row covers; before version 2 rows had no number."""
    content = {
        "at": entry.at.isoformat(),
        "actor": entry.actor_id,
        "verb": entry.verb,
        "object": [entry.object_type, entry.object_id],
        "payload": entry.payload,
    }
    return content if entry.version == 1 else content | {"version": entry.version, "number": entry.number}
