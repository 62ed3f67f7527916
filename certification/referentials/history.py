"""What a draft was before each of its last changes, so that they can be undone.

One file per change in the default storage, never overwritten, named by its number and by the hash of the content
that the change led to. A file is written within the transaction of the change: if that transaction fails, no
content ever bears the hash and the file is passed over. Not in the edition's own row: its metadata are part of its
content and of its hash. Not in a table: this is a convenience of the last minutes, worth no migration and no backup.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from certification.referentials.identity import Content

KEPT = 50
"""How many of the last changes of a draft can be undone."""


@dataclass(frozen=True, slots=True)
class Past:
    """A draft before a change, and the path of the part that was then looked at."""

    content: Content
    path: str


def remember(referential_id: int, past: Past, digest: str) -> None:
    """Keep what the draft was before the change that led to the content `digest`; forget what is too old."""
    names = _names(referential_id)
    number = _number(names[-1]) + 1 if names else 1
    payload = {"tree": past.content.tree, "identities": past.content.identities, "path": past.path}
    content = gzip.compress(json.dumps(payload, ensure_ascii=False).encode(), mtime=0)
    default_storage.save(f"{_folder(referential_id)}/{number:08d}-{digest}.json.gz", ContentFile(content))
    for name in names[: max(0, len(names) + 1 - KEPT)]:
        _forget(referential_id, name)


def last(referential_id: int, digest: str) -> Past | None:
    """What the draft was before the change that led to its present content `digest`; None if nobody knows."""
    name = _name_of(referential_id, digest)
    if name is None:
        return None
    with default_storage.open(f"{_folder(referential_id)}/{name}", "rb") as stream:
        payload = json.loads(gzip.decompress(stream.read()))
    # What was kept before parts had identities gives them back after their places.
    return Past(Content(payload["tree"], payload.get("identities", {})), payload["path"])


def forget_last(referential_id: int, digest: str) -> None:
    """Once the change that led to `digest` is undone, forget it and whatever was written after it."""
    name = _name_of(referential_id, digest)
    for each in _names(referential_id):
        if name is not None and each >= name:
            _forget(referential_id, each)


def can_undo(referential_id: int, digest: str) -> bool:
    """Whether `last` would answer."""
    return _name_of(referential_id, digest) is not None


def _folder(referential_id: int) -> str:
    return f"referentials/drafts/{referential_id}"


def _names(referential_id: int) -> list[str]:
    """The files of a draft, the oldest first."""
    try:
        _, files = default_storage.listdir(_folder(referential_id))
    except FileNotFoundError:
        return []
    return sorted(name for name in files if name.endswith(".json.gz"))


def _name_of(referential_id: int, digest: str) -> str | None:
    found = [name for name in _names(referential_id) if name[9:].startswith(digest)]
    return found[-1] if found else None


def _number(name: str) -> int:
    return int(name[:8])


def _forget(referential_id: int, name: str) -> None:
    default_storage.delete(f"{_folder(referential_id)}/{name}")
