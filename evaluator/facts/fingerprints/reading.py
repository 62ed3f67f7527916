"""What is fingerprinted of a bundle: scripts, cells, text files and the pages of documents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from evaluator.facts.base import FileEntry, Workspace, decode
from evaluator.facts.code.parse import neutralise
from evaluator.facts.documents import pdf, slides, word
from evaluator.facts.notebooks import NOTEBOOK_BYTES, cell_source, cell_type, is_notebook, load_notebook, raw_cells
from evaluator.facts.texts import is_text
from evaluator.limits import KB, MB

_SCRIPT_BYTES = 2 * MB
_TEXT_BYTES = 2 * MB
_DOCUMENT_BYTES = 100 * MB
_UNIT_TEXT = 500 * KB  # a longer cell or script is data
_OFFICE = {".docx": word.read, ".pptx": slides.read}


@dataclass(frozen=True, slots=True)
class Unit:
    """``kind`` is ``code`` or ``text``; ``cell`` is 0-based, ``page`` 1-based, each None where there is none."""

    path: str
    sha256: str
    kind: str
    source: str
    cell: int | None = None
    page: int | None = None


def units_of(workspace: Workspace, entry: FileEntry) -> Iterator[Unit]:
    """The units of one file, none for a file of another kind.

    Raises:
        SubmissionFault: the file cannot be read.
    """
    suffix = PurePosixPath(entry.path).suffix.lower()
    if is_notebook(entry.path):
        yield from _cells(workspace, entry)
    elif suffix in (".py", ".pyw"):
        yield _unit(entry, "code", decode(workspace.read_bytes(entry.path, _SCRIPT_BYTES)))
    elif is_text(entry.path):
        yield _unit(entry, "text", decode(workspace.read_bytes(entry.path, _TEXT_BYTES)))
    elif suffix == ".pdf" or suffix in _OFFICE:
        for page, text in _pages(workspace, entry, suffix):
            yield _unit(entry, "text", text, page=page)


def _cells(workspace: Workspace, entry: FileEntry) -> Iterator[Unit]:
    document = load_notebook(workspace.read_bytes(entry.path, NOTEBOOK_BYTES), entry.path)
    for number, cell in enumerate(raw_cells(document)):
        kind, source = cell_type(cell), cell_source(cell)
        if kind == "code":
            yield _unit(entry, "code", _without_magics(source), cell=number)
        elif kind == "markdown":
            yield _unit(entry, "text", source, cell=number)


def _without_magics(source: str) -> str:
    """Line for line; what a cell magic is given counts as code, whatever runs it."""
    head, _, rest = source.partition("\n")
    return neutralise("\n" + rest if head.lstrip().startswith("%%") else source)


def _pages(workspace: Workspace, entry: FileEntry, suffix: str) -> Iterator[tuple[int, str]]:
    data = workspace.read_bytes(entry.path, _DOCUMENT_BYTES)
    if suffix == ".pdf":
        yield from enumerate(pdf.texts(data, entry.path), start=1)
        return
    read: dict[str, Any] = _OFFICE[suffix](data, entry.path)
    for page in read["pages"]:
        yield page["number"], page["text"]


def _unit(entry: FileEntry, kind: str, source: str, cell: int | None = None, page: int | None = None) -> Unit:
    text = "\n".join(source[:_UNIT_TEXT].splitlines())
    return Unit(entry.path, entry.sha256, kind, text, cell, page)
