"""Which documents a check looks at, and the pages that it shows of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import Any

from evaluator.checks import base
from evaluator.checks._readme import plain
from evaluator.results import Evidence, EvidenceKind, Finding

_EXCERPT = 400
_FILES = 10

DOCUMENT_PARAMETER = {"type": "string", "minLength": 1, "maxLength": 200}


def matching(paths: Iterable[str], pattern: str | None) -> list[str]:
    """The paths whose whole or whose file name fits ``pattern`` (``*`` and ``?``), accents and case apart."""
    if not pattern:
        return list(paths)
    wanted = plain(pattern)
    return [path for path in paths if fnmatchcase(plain(path), wanted) or fnmatchcase(_name(path), wanted)]


def is_named(path: str, words: re.Pattern[str]) -> bool:
    """Whether the name of the file, in plain letters and without its extension, holds one of the words."""
    return bool(words.search(PurePosixPath(_name(path)).stem))


def readable(documents: Mapping[str, Any]) -> dict[str, Any]:
    """The documents that could be opened and hold some text."""
    return {path: fact for path, fact in documents.items() if any(page["text"].strip() for page in fact["pages"])}


def unopened(documents: Mapping[str, Any]) -> list[str]:
    """The documents that could not be read: what is missing elsewhere may stand there."""
    return [path for path, fact in documents.items() if fact["error"]]


def files(paths: Iterable[str], documents: Mapping[str, Any]) -> list[Evidence]:
    """At most ten of the documents, as files."""
    return [file(path, documents[path]) for path in list(paths)[:_FILES]]


def unreadable(path: str, fact: Mapping[str, Any]) -> Finding:
    """The document cannot be opened."""
    return base.unreadable(fact["error"], [file(path, fact)])


def file(path: str, fact: Mapping[str, Any]) -> Evidence:
    return Evidence(EvidenceKind.FILE, path, sha256=fact["sha256"])


def page(path: str, fact: Mapping[str, Any], shown: Mapping[str, Any], excerpt: str = "", **detail: object) -> Evidence:
    """A page with its picture; the excerpt is its beginning when none is given."""
    return Evidence(
        EvidenceKind.PAGE,
        path,
        page=shown["number"],
        excerpt=excerpt or " ".join(shown["text"].split())[:_EXCERPT],
        sha256=fact["sha256"],
        attachment=shown["attachment"],
        detail=detail,
    )


def _name(path: str) -> str:
    return plain(PurePosixPath(path).name)
