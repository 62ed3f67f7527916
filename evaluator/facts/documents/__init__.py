"""Written documents and slides: the text, the headings and, where it can be drawn, a picture of each page."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Any

from evaluator.errors import SubmissionFault
from evaluator.facts.access import fault, own, recorded
from evaluator.facts.base import Extractor, FileEntry, Workspace
from evaluator.facts.documents import pdf, slides, word
from evaluator.limits import MB

_FILES = 40
_BYTES = 100 * MB
_PICTURES = 30
_PICTURES_IN_ALL = 300
_OFFICE = {".docx": word.read, ".pptx": slides.read}
_KINDS = {".pdf", *_OFFICE}
_TEXT_IN_ALL = 24 * MB


def extract(workspace: Workspace) -> dict[str, Any]:
    """``{path: {"sha256", "kind", "title", "count", "pages", "error"}}``, the nearest to the root first.

    ``kind`` is ``pdf``, ``docx`` or ``pptx``. A page is ``{"number", "text", "headings", "figures", "landscape",
    "attachment"}`` and a heading ``{"text", "size", "top"}``: ``size`` is the height of the letters in points (in
    Word, a height that stands for the level), ``top`` the place on the page from 0 (top) to 1 (bottom). ``figures``
    counts pictures and charts, ``attachment`` is the page drawn (PDF only). ``count`` is the number of pages, of
    which at most 500 are read and 30 drawn; for a Word file it is what the last software that saved it laid out,
    and None when it left no trace of its pages. A document that would bring the text of all above 24 MB is left out
    as too large: facts leave the sandbox under a size limit.
    """
    pictures, room = _PICTURES_IN_ALL, _TEXT_IN_ALL
    found: dict[str, Any] = {}
    for entry in _read_of(workspace.files):
        kind = _suffix(entry.path)[1:]
        fact = {"sha256": entry.sha256, "kind": kind, "title": "", "count": 0, "pages": [], "error": None}
        read = _read(workspace, entry, min(pictures, _PICTURES))
        pages = read.get("pages", [])
        text = sum(len(page["text"]) for page in pages)
        if text > room:
            read = {"error": fault("document.too_large", path=entry.path)}
        else:
            room -= text
        pictures -= sum(1 for page in pages if page["attachment"])
        found[entry.path] = fact | read
    return found


def documents_of(files: Iterable[FileEntry]) -> list[FileEntry]:
    """The candidate's own documents, the nearest to the root first."""
    found = [entry for entry in own(files) if _suffix(entry.path) in _KINDS and not _is_lock(entry.path)]
    return sorted(found, key=lambda entry: (entry.path.count("/"), entry.path))


def _read_of(files: Iterable[FileEntry]) -> list[FileEntry]:
    return documents_of(files)[:_FILES]


def _read(workspace: Workspace, entry: FileEntry, pictures: int) -> dict[str, Any]:
    try:
        data = workspace.read_bytes(entry.path, _BYTES)
        office = _OFFICE.get(_suffix(entry.path))
        return office(data, entry.path) if office else pdf.read(workspace, data, entry.path, pictures)
    except SubmissionFault as error:
        return {"error": recorded(error)}


def _suffix(path: str) -> str:
    return PurePosixPath(path).suffix.lower()


def _is_lock(path: str) -> bool:
    """What Office leaves beside a document that is open."""
    return PurePosixPath(path).name.startswith("~$")


EXTRACTOR = Extractor("documents", 3, extract, fragile=_read_of)
