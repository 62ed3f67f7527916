"""The commits reachable from HEAD, the newest first, and how many files each one changed."""

from __future__ import annotations

import heapq
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from evaluator.facts.history.errors import GitError
from evaluator.facts.history.store import ID_LENGTH, Store

COMMITS = 20_000
LISTED = 500
_TREES = 20_000
_ENTRIES = 100_000
_SUBJECT = 300
_PARENTS = 64
_SIGNATURE_LENGTH = 1000
_NAME = re.compile(r"[0-9a-f]{40}")
_SIGNATURE = re.compile(r"(.*?)\s*<([^>]*)>\s*(-?\d{1,14})\s*([+-]\d{4})?", re.DOTALL)
_FOLDER = b"40000"


@dataclass(frozen=True, slots=True)
class Commit:
    """``date`` is ISO 8601 with its offset, ``""`` when unreadable; ``seconds`` sorts. The e-mail is left out."""

    name: str
    tree: str
    parents: tuple[str, ...]
    author: str
    date: str
    seconds: int
    subject: str


@dataclass(slots=True)
class History:
    """``count`` is the number of commits reached, ``commits`` the newest of them."""

    commits: list[Commit]
    count: int = 0
    truncated: bool = False
    error: GitError | None = None


def history(store: Store, head: str, shallow: frozenset[str]) -> History:
    """Walk from ``head``; parents of ``shallow`` commits are known to be absent. Never raises GitError."""
    found = History([])
    queue: list[tuple[int, str, Commit]] = []
    seen: set[str] = set()

    def push(name: str) -> None:
        if name in seen or len(seen) >= COMMITS:
            found.truncated = found.truncated or name not in seen
            return
        seen.add(name)
        try:
            commit = parsed(name, store)
        except GitError as error:
            found.error = found.error or error
            return
        heapq.heappush(queue, (-commit.seconds, name, commit))

    push(head)
    while queue:
        commit = heapq.heappop(queue)[2]
        found.count += 1
        if len(found.commits) < LISTED:
            found.commits.append(commit)
        for parent in commit.parents if commit.name not in shallow else ():
            push(parent)
    return found


def parsed(name: str, store: Store) -> Commit:
    """Raises GitError, ``git.object_corrupt`` for what is not a commit."""
    found = store.read(name)
    if found.kind != b"commit":
        raise GitError("git.object_corrupt", object=name)
    head, _, message = found.data.partition(b"\n\n")
    fields = [line.partition(b" ")[::2] for line in head.split(b"\n") if not line.startswith(b" ")]
    encoding = next((value for key, value in fields if key == b"encoding"), b"utf-8")
    named = dict(reversed(fields))
    tree = _identifier(named.get(b"tree", b""), name)
    parents = tuple(_identifier(value, name) for key, value in fields if key == b"parent")
    author, date, seconds = signature(_text(named.get(b"author", b""), encoding))
    subject = _text(message, encoding).strip().split("\n", 1)[0][:_SUBJECT]
    return Commit(name, tree, parents[:_PARENTS], author, date, seconds, subject)


def signature(text: str) -> tuple[str, str, int]:
    """Author, date in ISO 8601, seconds since 1970 of ``Name <mail> seconds offset``."""
    match = _SIGNATURE.match(text[:_SIGNATURE_LENGTH])
    if match is None:
        return text[:200], "", 0
    seconds, offset = int(match[3]), match[4] or "+0000"
    minutes = (int(offset[1:3]) * 60 + int(offset[3:5])) * (-1 if offset[0] == "-" else 1)
    try:
        zone = timezone(timedelta(minutes=minutes)) if minutes else UTC
        date = datetime.fromtimestamp(seconds, zone).isoformat()
    except (ValueError, OverflowError, OSError):
        date = ""
    return match[1][:200], date, seconds


class Changes:
    """Counts the files that a commit changed against its first parent, within a budget of trees for all commits."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._trees = 0

    def of(self, commit: Commit, parent: Commit | None) -> int | None:
        """None when the trees cannot be read or the budget is spent."""
        try:
            return self._between(commit.tree, parent.tree if parent else None, 0)
        except GitError:
            return None

    def _between(self, new: str | None, old: str | None, depth: int) -> int:
        if new == old:
            return 0
        if depth > 100:
            raise GitError("git.object_corrupt", object=str(new))
        left, right = self._entries(old), self._entries(new)
        count = 0
        for key in left.keys() | right.keys():
            before, after = left.get(key), right.get(key)
            if before == after:
                continue
            folders = [entry[1] if entry and entry[0] == _FOLDER else None for entry in (after, before)]
            files = sum(1 for entry in (before, after) if entry and entry[0] != _FOLDER)
            count += min(files, 1)
            if any(folders):
                count += self._between(folders[0], folders[1], depth + 1)
        return count

    def _entries(self, name: str | None) -> dict[bytes, tuple[bytes, str]]:
        if name is None:
            return {}
        self._trees += 1
        if self._trees > _TREES:
            raise GitError("git.too_large")
        return entries(self._store.read(name).data)


def entries(data: bytes) -> dict[bytes, tuple[bytes, str]]:
    """The entries of a tree by name: mode and identifier. Raises GitError."""
    found: dict[bytes, tuple[bytes, str]] = {}
    position = 0
    while position < len(data):
        end = data.find(b"\0", position)
        mode, space, name = data[position:end].partition(b" ")
        identifier = data[end + 1 : end + 1 + ID_LENGTH]
        if end < 0 or not space or len(identifier) < ID_LENGTH or len(found) >= _ENTRIES:
            raise GitError("git.object_corrupt", object="tree")
        found[name] = (mode, identifier.hex())
        position = end + 1 + ID_LENGTH
    return found


def _identifier(value: bytes, name: str) -> str:
    text = value.decode("ascii", "replace").strip()
    if not _NAME.fullmatch(text):
        raise GitError("git.object_corrupt", object=name)
    return text


def _text(data: bytes, encoding: bytes) -> str:
    try:
        text: Any = data.decode(encoding.decode("ascii"), "replace")
    except (LookupError, ValueError, UnicodeError):
        text = data.decode("utf-8", "replace")
    return text if isinstance(text, str) else ""
