"""The journal's only writer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, models
from django.utils import timezone

from assessments.domain.digests import chained
from assessments.models import JournalEntry, User
from assessments.services.locking import Lock, hold


@dataclass(frozen=True, slots=True)
class Act:
    """What the journal is to say of an act. ``payload`` must be JSON: identifiers, states, digests."""

    actor: User | None
    verb: str
    about: models.Model
    payload: Mapping[str, Any] = field(default_factory=dict)


def record(actor: User | None, verb: str, about: models.Model, **payload: Any) -> JournalEntry:
    """Append one act to the chain, in the caller's transaction (raises if there is none).

    ``payload`` never holds personal texts or secrets. ``seal`` in it is the digest of what the act left behind
    (``services.seals``). The chain is the caller's until the transaction ends: rows that others may hold are locked
    before.
    """
    return record_all([Act(actor, verb, about, payload)])[0]


def record_all(acts: Sequence[Act]) -> list[JournalEntry]:
    """Append acts in their order, like ``record``: whoever does many keeps them for the end, and the chain briefly."""
    if not connection.in_atomic_block:
        raise RuntimeError("a journal row is written in the same transaction as the act")
    if not acts:
        return []
    hold(Lock.JOURNAL)
    last = JournalEntry.objects.order_by("-number").values_list("number", "hash").first()
    number, previous = last or (0, "")
    entries: list[JournalEntry] = []
    for act in acts:
        entries.append(_after(number, previous, act))
        number, previous = entries[-1].number, entries[-1].hash
    return JournalEntry.objects.bulk_create(entries)


def _after(number: int, previous: str, act: Act) -> JournalEntry:
    entry = JournalEntry(
        number=number + 1,
        at=timezone.now(),
        actor=act.actor,
        verb=act.verb,
        object_type=act.about._meta.model_name or "",
        object_id=act.about.pk,
        payload=dict(act.payload),
        previous_hash=previous,
    )
    entry.hash = hash_of(entry)
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
