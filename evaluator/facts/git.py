"""The versions of the project: commits reachable from HEAD, read from the files of the repository alone."""

from __future__ import annotations

import re
from typing import Any, BinaryIO

from evaluator.errors import SubmissionFault
from evaluator.facts.access import fault, open_file
from evaluator.facts.base import Extractor, Workspace
from evaluator.facts.history.commits import Changes, Commit, History, history
from evaluator.facts.history.errors import GitError
from evaluator.facts.history.store import Store
from evaluator.limits import KB, MB

_DEPTH = 2
_PACKS = 200
_CHANGES = 200
_SMALL = 64 * KB
_REFS = 8 * MB
_LINKS = 5
_NAME = re.compile(r"[0-9a-f]{40}")
_LONG_NAME = re.compile(r"[0-9a-f]{64}")
_REFERENCE = re.compile(r"refs/[^\x00-\x20\x7f~^:?*\[\\]+")


def extract(workspace: Workspace) -> dict[str, Any]:
    """``{"present", "path", "head", "count", "commits", "shallow", "truncated", "error"}``.

    A commit is ``{"commit", "author", "date", "subject", "files"}``: ``files`` is the number of files changed
    against its first parent, None when not counted. ``commits`` are the 500 newest of ``count``. The repository is
    the one nearest to the root, ``.git`` or bare (``name.git``).
    """
    fact: dict[str, Any] = {
        "present": False,
        "path": None,
        "head": None,
        "count": 0,
        "commits": [],
        "shallow": False,
        "truncated": False,
        "error": None,
    }
    folder, gitfile = _located(workspace)
    if gitfile is not None:
        return fact | {"path": gitfile, "error": fault("git.gitfile", path=gitfile)}
    if folder is None:
        return fact
    try:
        return fact | {"present": True, "path": folder} | _Repository(workspace, folder).read()
    except GitError as error:
        return fact | {"present": True, "path": folder, "error": fault(error.code, **error.params)}
    except SubmissionFault as error:
        return fact | {"present": True, "path": folder, "error": fault(error.code, **error.params)}


def _located(workspace: Workspace) -> tuple[str | None, str | None]:
    """The repository's folder, or the file that only points at one, nearest to the root."""
    found: list[tuple[int, str, bool]] = []
    for entry in workspace.files:
        parts = entry.path.split("/")
        if parts[-1] == ".git" and len(parts) - 1 <= _DEPTH:
            found.append((len(parts) - 1, entry.path, False))
        elif parts[-1] == "HEAD" and parts[-2:-1] and parts[-2].endswith(".git") and len(parts) - 2 <= _DEPTH:
            found.append((len(parts) - 2, "/".join(parts[:-1]), True))
    if not found:
        return None, None
    _, path, folder = min(found)
    return (path, None) if folder else (None, path)


class _Repository:
    def __init__(self, workspace: Workspace, folder: str) -> None:
        self._workspace = workspace
        self._folder = folder
        self._paths = {entry.path for entry in workspace.files if entry.path.startswith(f"{folder}/")}

    def read(self) -> dict[str, Any]:
        """Raises GitError, SubmissionFault."""
        head = self._resolved()
        if head is None:
            return {}
        store = Store(self._open, self._packs())
        try:
            shallow = frozenset(self._text("shallow", MB).split())
            found = history(store, head, shallow)
            listed = _listed(found, Changes(store))
        finally:
            store.close()
        error = fault(found.error.code, **found.error.params) if found.error else None
        return {
            "head": head,
            "count": found.count,
            "commits": listed,
            "shallow": bool(shallow),
            "truncated": found.truncated,
            "error": error,
        }

    def _resolved(self) -> str | None:
        """The commit that HEAD names, through branches and packed references; None before the first commit."""
        value = self._text("HEAD", _SMALL).strip()
        for _ in range(_LINKS):
            if not value.startswith("ref:"):
                return self._named(value)
            reference = value[4:].strip()
            if not _REFERENCE.fullmatch(reference) or ".." in reference or "//" in reference:
                raise GitError("git.head_invalid", head=value[:100])
            if reference == "refs/heads/.invalid":
                raise GitError("git.format_unsupported", format="reftable")
            loose = self._text(reference, _SMALL).strip()
            value = loose or self._packed(reference) or ""
            if not value:
                return None
        raise GitError("git.head_invalid", head=value[:100])

    def _named(self, value: str) -> str:
        if _LONG_NAME.fullmatch(value):
            raise GitError("git.format_unsupported", format="sha256")
        if not _NAME.fullmatch(value):
            raise GitError("git.head_invalid", head=value[:100])
        return value

    def _packed(self, reference: str) -> str | None:
        for line in self._text("packed-refs", _REFS).splitlines():
            name, _, found = line.partition(" ")
            if found.strip() == reference:
                return name
        return None

    def _packs(self) -> list[str]:
        prefix = f"{self._folder}/objects/pack/"
        names = sorted(path for path in self._paths if path.startswith(prefix) and path.endswith(".idx"))
        return [name.removeprefix(f"{self._folder}/").removesuffix(".idx") for name in names[:_PACKS]]

    def _open(self, name: str) -> BinaryIO | None:
        path = f"{self._folder}/{name}"
        return open_file(self._workspace, path) if path in self._paths else None

    def _text(self, name: str, limit: int) -> str:
        """The text of a file of the repository, ``""`` when it is absent."""
        path = f"{self._folder}/{name}"
        if path not in self._paths:
            return ""
        return self._workspace.read_bytes(path, limit).decode("utf-8", "replace")


def _listed(found: History, changes: Changes) -> list[dict[str, Any]]:
    by_name = {commit.name: commit for commit in found.commits}
    return [
        _as_fact(commit, changes.of(commit, parent) if position < _CHANGES and known else None)
        for position, commit in enumerate(found.commits)
        for parent, known in [_first_parent(commit, by_name)]
    ]


def _first_parent(commit: Commit, by_name: dict[str, Commit]) -> tuple[Commit | None, bool]:
    """The parent, and whether the changes against it can be counted."""
    if not commit.parents:
        return None, True
    parent = by_name.get(commit.parents[0])
    return parent, parent is not None


def _as_fact(commit: Commit, files: int | None) -> dict[str, Any]:
    return {
        "commit": commit.name,
        "author": commit.author,
        "date": commit.date,
        "subject": commit.subject,
        "files": files,
    }


EXTRACTOR = Extractor("git", 1, extract)
