"""The files of a submission, and one of them as its evaluation read it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import PurePosixPath
from typing import Any, Final

from assessments.models import Submission
from assessments.selectors import submission as reads
from assessments.services import facts
from assessments.web import components as views
from assessments.web import shown
from assessments.web.evidence import CodeView, picture_address
from assessments.web.wording import sentence

LISTED: Final = 2000
ICONS: Final[Mapping[str, str]] = {
    ".ipynb": "notebook", ".py": "code", ".pdf": "pdf", ".csv": "metric", ".joblib": "model", ".pkl": "model",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FileRow:
    """``size`` in bytes; ``readable`` says whether the page can show more than its facts."""

    path: str
    size: int
    sha256: str
    icon: str
    current: bool


@dataclass(frozen=True, slots=True)
class FilePage:
    """``unlisted``: how many files of the bundle ``files`` leaves out.

    ``path`` is empty when no file, or none of the bundle, is asked for. ``fault`` says why it could not be read.
    """

    files: Sequence[FileRow]
    unlisted: int = 0
    path: str = ""
    row: FileRow | None = None
    cells: Sequence[views.CellView] = ()
    pages: Sequence[views.PdfPageView] = ()
    code: CodeView | None = None
    text: str = ""
    entries: Sequence[Mapping[str, Any]] = ()
    passport: Sequence[tuple[str, str]] = ()
    fault: str = ""

    @property
    def shown(self) -> bool:
        return bool(self.cells or self.pages or self.code or self.text or self.entries or self.passport)


def file_page(submission: Submission, path: str) -> FilePage:
    """A path that is not in the bundle shows the list alone."""
    manifest = facts.manifest(submission=submission)
    rows = [
        FileRow(row["path"], row["size"], row["sha256"], _icon(row["path"]), row["path"] == path)
        for row in manifest
        if row["path"] == path or not _is_bookkeeping(row["path"])
    ][:LISTED]
    unlisted = len(manifest) - len(rows)
    row = next((row for row in rows if row.current), None)
    if row is None:
        return FilePage(rows, unlisted)
    parts: dict[str, Any] = {}
    for read in _readers(path):
        parts = read(submission, path)
        if parts:
            break
    return replace(FilePage(rows, unlisted, path, row), **parts)


def _is_bookkeeping(path: str) -> bool:
    """What git keeps for itself: its versions are shown as versions."""
    return ".git" in PurePosixPath(path).parts[:-1]


def _icon(path: str) -> str:
    return ICONS.get(PurePosixPath(path).suffix.lower(), "file")


_Reader = Callable[[Submission, str], dict[str, Any]]


def _readers(path: str) -> tuple[_Reader, ...]:
    """Where a file of this name may have been read, the likeliest first; each fact is a file to open."""
    suffix = PurePosixPath(path).suffix.lower()
    if suffix == ".ipynb":
        return (_notebook,)
    if suffix == ".pdf":
        return (_document,)
    if suffix == ".py":
        return (_source,)
    return (_text, _dependencies, _passport)


def _fact(submission: Submission, name: str, path: str) -> Mapping[str, Any] | None:
    found: Mapping[str, Any] | None = (facts.read(submission=submission, name=name) or {}).get(path)
    return found


def _fault(fact: Mapping[str, Any]) -> dict[str, Any]:
    return {"fault": sentence(fact["error"]["code"], fact["error"]["params"])}


def _notebook(submission: Submission, path: str) -> dict[str, Any]:
    fact = _fact(submission, "notebooks", path)
    if fact is None:
        return {}
    if fact["error"]:
        return _fault(fact)
    return {"cells": shown.cells(fact, partial(picture_address, submission, reads.pictures_of(submission)))}


def _document(submission: Submission, path: str) -> dict[str, Any]:
    fact = _fact(submission, "documents", path)
    if fact is None:
        return {}
    if fact["error"]:
        return _fault(fact)
    return {"pages": shown.pages(path, fact, partial(picture_address, submission, reads.pictures_of(submission)))}


def _source(submission: Submission, path: str) -> dict[str, Any]:
    sources = (facts.read(submission=submission, name="code") or {}).get("sources") or {}
    return {"code": CodeView(sources[path])} if path in sources else {}


def _text(submission: Submission, path: str) -> dict[str, Any]:
    fact = _fact(submission, "texts", path)
    if fact is None:
        return {}
    return _fault(fact) if fact["error"] else {"text": fact["text"]}


def _dependencies(submission: Submission, path: str) -> dict[str, Any]:
    files = (facts.read(submission=submission, name="dependencies") or {}).get("files") or []
    fact = next((item for item in files if item["path"] == path), None)
    if fact is None:
        return {}
    return _fault(fact) if fact["error"] else {"entries": fact["entries"]}


def _passport(submission: Submission, path: str) -> dict[str, Any]:
    fact = _fact(submission, "model_files", path)
    if fact is None:
        return {}
    if fact.get("error"):
        return _fault(fact)
    flat = {key: value for key, value in fact.items() if key not in ("sha256", "error")}
    libraries = ", ".join(f"{name} {version}" for name, version in (flat.pop("libraries", None) or {}).items())
    lists = {key: ", ".join(map(str, value)) for key, value in flat.items() if isinstance(value, list) and value}
    return {"passport": shown.values(flat | lists | ({"libraries": libraries} if libraries else {}))}
