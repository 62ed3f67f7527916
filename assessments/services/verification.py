"""Whether the database still says what was done: journal, what it seals, anchored heads, files. Nothing is written.

Everything is read as a stream, in one snapshot: the product may work meanwhile.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import QuerySet

from assessments.models import (
    Bundle,
    Document,
    DocumentContent,
    EvidenceFile,
    JournalEntry,
    ReferenceVersion,
    Submission,
    Work,
)
from assessments.models.references import ReadingState
from assessments.services import anchors, journal, seals, storage
from assessments.services.seals import KINDS, Kind

T = TypeVar("T")
_AT_ONCE = 100  # sealed contents read together: a run holds megabytes of evidence at the most
_ROWS = 2000


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not as it was written. ``code`` is stable; ``about`` names the row, anchor or file."""

    code: str
    about: str
    expected: str = ""
    found: str = ""


@dataclass(slots=True)
class Verification:
    """One pass; ``counts`` tells afterwards how much of each kind was looked at."""

    heads: Sequence[Path] = ()
    files: bool = False
    counts: Counter[str] = field(default_factory=Counter)

    def faults(self) -> Iterator[Fault]:
        """Every fault, as it is found."""
        # A head that comes while we read may be of rows that our view of the database is too old to have.
        sizes = {path: path.stat().st_size for path in self.heads}
        with _snapshot():
            yield from self.of_journal()
            yield from self.of_heads(sizes)
            for kind in KINDS:
                yield from self.of_contents(kind)
                yield from self.of_gone(kind)
            yield from self.of_states()
            yield from self.of_documents()
            if self.files:
                yield from self.of_files()

    def of_journal(self) -> Iterator[Fault]:
        """Rows out of number, that do not follow the one before, or whose hash is not that of their content."""
        number, previous = 0, ""
        closed = False  # what was there before the seals has been recorded
        for entry in JournalEntry.objects.order_by("number").iterator(chunk_size=_ROWS):
            self.counts["journal"] += 1
            about = f"journal {entry.number}"
            if entry.number != number + 1:
                yield Fault("journal.gap", about, expected=str(number + 1), found=str(entry.number))
            if entry.previous_hash != previous:
                yield Fault("journal.link", about, expected=previous, found=entry.previous_hash)
            if entry.hash != journal.hash_of(entry):
                yield Fault("journal.row", about, expected=journal.hash_of(entry), found=entry.hash)
            if closed and entry.verb == "content.recorded":
                yield Fault("journal.recorded_later", about)
            closed = closed or entry.verb == "journal.recorded"
            number, previous = entry.number, entry.hash

    def of_heads(self, sizes: Mapping[Path, int]) -> Iterator[Fault]:
        """Anchored heads that are not signed by a key of ours, or whose row is gone or another."""
        keys = anchors.public_keys()
        for path, size in sizes.items():
            for batch in _batches(anchors.read(path, keys, size), _ROWS):
                numbers = [head.number for _place, head in batch if head is not None]
                known = dict(JournalEntry.objects.filter(number__in=numbers).values_list("number", "hash"))
                for place, head in batch:
                    self.counts["heads"] += 1
                    yield from _head_faults(place, head, known)

    def of_contents(self, kind: Kind) -> Iterator[Fault]:
        """Rows whose content is not what was sealed, and rows that no act accounts for."""
        for keys in _batches(kind.all_due().order_by("pk").values_list("pk", flat=True).iterator(), _AT_ONCE):
            sealed = _sealed(kind, keys)
            found = _as_given(kind, keys, sealed)
            for key in keys:
                self.counts["contents"] += 1
                about = f"{kind.name} {key}"
                if sealed.get(key) is None:
                    yield Fault("content.unaccounted", about)
                elif sealed[key] != found.get(key):  # none where what the row refers to is gone
                    yield Fault("content.changed", about, expected=str(sealed[key]), found=found.get(key, ""))

    def of_gone(self, kind: Kind) -> Iterator[Fault]:
        """What acts have left behind and is there no more."""
        acts = JournalEntry.objects.filter(object_type=kind.name, payload__has_key="seal")
        keys = acts.order_by("object_id").values_list("object_id", flat=True).distinct()
        for batch in _batches(keys.iterator(chunk_size=_ROWS), _ROWS):
            there = set(kind.model._default_manager.filter(pk__in=batch).values_list("pk", flat=True))
            sealed = _sealed(kind, [key for key in batch if key not in there])
            for key, seal in sealed.items():
                if seal is not None:
                    yield Fault("content.gone", f"{kind.name} {key}", expected=str(seal))

    def of_states(self) -> Iterator[Fault]:
        """Works in another state than the one that the last act on them led to."""
        works = Work.objects.order_by("pk").values_list("pk", "state")
        for batch in _batches(works.iterator(chunk_size=_ROWS), _ROWS):
            acts = JournalEntry.objects.filter(
                object_type="work", object_id__in=[key for key, _state in batch], verb__startswith="work."
            )
            told = dict(acts.order_by("number").values_list("object_id", "payload__after"))
            for key, state in batch:
                if told.get(key, state) != state:
                    yield Fault("work.state", f"work {key}", expected=str(told[key]), found=state)

    def of_documents(self) -> Iterator[Fault]:
        """Documents whose stored content does not give the printed hash, or is missing though it was stored."""
        lost = JournalEntry.objects.filter(object_type="document", payload__content="lost").values("object_id")
        for document in Document.objects.filter(stored__isnull=True).exclude(pk__in=lost).iterator():
            yield Fault("document.content_gone", f"document {document.number}", expected=document.content_hash)
        for stored in DocumentContent.objects.select_related("document").iterator(chunk_size=_AT_ONCE):
            self.counts["documents"] += 1
            found = hashlib.sha256(stored.content).hexdigest()
            if found != stored.document.content_hash:
                about = f"document {stored.document.number}"
                yield Fault("document.content", about, expected=stored.document.content_hash, found=found)

    def of_files(self) -> Iterator[Fault]:
        """Stored files that are gone, or whose content is not the one that they are named by."""
        for key, sha256 in _stored_files():
            self.counts["files"] += 1
            if not default_storage.exists(key):
                yield Fault("file.gone", key, expected=sha256)
                continue
            with storage.local_path(key) as path, path.open("rb") as stream:
                found = storage.sha256_of(stream)
            if found != sha256:
                yield Fault("file.changed", key, expected=sha256, found=found)


@contextmanager
def _snapshot() -> Iterator[None]:
    """One view of the database from beginning to end, read only; within a transaction, the transaction's."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")  # a file may be long to read
        yield


def _head_faults(place: str, head: anchors.Head | None, known: dict[int, str]) -> Iterator[Fault]:
    if head is None:
        yield Fault("head.unsigned", place)
    elif head.number not in known:
        yield Fault("head.gone", place, expected=f"journal {head.number} {head.hash}")
    elif known[head.number] != head.hash:
        yield Fault("head.other", place, expected=f"journal {head.number} {head.hash}", found=known[head.number])


def _sealed(kind: Kind, keys: Iterable[int]) -> dict[int, str | None]:
    """The last seal given to each of ``keys``, None where an act has taken the row away."""
    acts = JournalEntry.objects.filter(object_type=kind.name, object_id__in=list(keys), payload__has_key="seal")
    return dict(acts.order_by("number").values_list("object_id", "payload__seal"))


def _as_given(kind: Kind, keys: Sequence[int], sealed: Mapping[int, str | None]) -> dict[int, str]:
    """The seals that rows have now, each by the version by which it was sealed."""
    versions: dict[int, list[int]] = {}
    for key in keys:
        versions.setdefault(seals.version_of(sealed.get(key) or ""), []).append(key)
    return {key: seal for version, some in versions.items() for key, seal in seals.seals_of(kind, some, version)}


def _stored_files() -> Iterator[tuple[str, str]]:
    """The key in storage and the digest of every file that a row rests on."""
    rows: tuple[QuerySet[Any], ...] = (
        Bundle.objects.filter(pk__in=Submission.objects.values("bundle")),
        EvidenceFile.objects.order_by("sha256", "pk").distinct("sha256"),
        Document.objects.all(),
        ReferenceVersion.objects.filter(state=ReadingState.IN_FORCE),
    )
    for found in rows:
        for row in found.iterator(chunk_size=_ROWS):
            yield row.storage_key, row.sha256


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    source = iter(items)
    while batch := list(islice(source, size)):
        yield batch
