"""Fingerprints of code and text: what lets two works be compared without reading either of them again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePosixPath
from typing import Any

from evaluator.errors import SubmissionFault
from evaluator.facts.access import own_files
from evaluator.facts.base import Extractor, FileEntry, Workspace
from evaluator.facts.documents import documents_of
from evaluator.facts.fingerprints import code, words
from evaluator.facts.fingerprints.reading import Unit, units_of
from evaluator.facts.fingerprints.winnowing import CODE, WORDS, Print, winnow
from evaluator.limits import MB

_MOST = {"code": 20_000, "text": 10_000}
_READ = 64 * MB  # characters of all the files
_COMPARED = {"code": 8 * MB, "text": 8 * MB}  # characters of them, some seconds and 500 MB of a job
_REPEATED = 4  # times that one print is kept: a table typed into a script repeats itself


def extract(workspace: Workspace) -> dict[str, Any]:
    """``{"units": [{"path", "sha256", "kind", "cell", "page", "prints"}], "every": {"code", "text"}}``.

    A unit is a script, a cell of a notebook, a page of a document or a text file; ``kind`` is ``code`` or ``text``.
    A print is ``[value, line, end_line]``: 48 bits that name what stands there, and the 1-based lines of the cell, the
    file or the text of the page. Units without a print are left out.

    At most 20,000 prints of code and 10,000 of text are kept, about 22 bytes each in JSON and 200 for each unit: some
    660 kB for the largest bundle, 50 kB for a usual one. Of a larger one, only the prints that 2, 4, 8… divide
    (``every``, 1 otherwise) are, whatever their file, so that no amount of other code hides a part of it (A. Broder,
    1997). Past 8 MB of code or of text, the longest units are left out.
    """
    found = list(_fingerprinted(_within_reason(_all_units(workspace))))
    every = {kind: _every(found, kind, most) for kind, most in _MOST.items()}
    rows = [_row(unit, [each for each in prints if each.value % every[unit.kind] == 0]) for unit, prints in found]
    return {"units": [row for row in rows if row["prints"]], "every": every}


def _all_units(workspace: Workspace) -> list[Unit]:
    units: list[Unit] = []
    room = _READ
    for entry in sorted(own_files(workspace), key=_nearest):
        for unit in _read(workspace, entry):
            units.append(unit)
            room -= len(unit.source)
        if room < 0:
            break
    return units


def _within_reason(units: list[Unit]) -> list[Unit]:
    """Of each kind what may be compared, in their order: long files of data do not push out short ones of work."""
    room = dict(_COMPARED)
    kept = set()
    for number in sorted(range(len(units)), key=lambda number: len(units[number].source)):
        room[units[number].kind] -= len(units[number].source)
        if room[units[number].kind] >= 0:
            kept.add(number)
    return [unit for number, unit in enumerate(units) if number in kept]


def _every(found: Sequence[tuple[Unit, list[Print]]], kind: str, most: int) -> int:
    """The power of two that keeps at most ``most`` prints of ``kind``."""
    values = [each.value for unit, prints in found if unit.kind == kind for each in prints]
    every = 1
    while len(values) > most:
        every *= 2
        values = [value for value in values if value % every == 0]
    return every


def _nearest(entry: FileEntry) -> tuple[int, str]:
    return len(PurePosixPath(entry.path).parts), entry.path


def _read(workspace: Workspace, entry: FileEntry) -> Iterator[Unit]:
    """The units of a file, none when it cannot be read: other facts tell why."""
    try:
        yield from units_of(workspace, entry)
    except SubmissionFault:
        return


def _fingerprinted(units: list[Unit]) -> Iterator[tuple[Unit, list[Print]]]:
    project = code.Project(units)
    tokens: dict[str, Callable[[Unit], list[Any]]] = {"code": project.tokens, "text": words.tokens}
    sizes = {"code": CODE, "text": WORDS}
    seen: Counter[int] = Counter()
    for unit in units:
        kept = []
        for each in winnow(tokens[unit.kind](unit), sizes[unit.kind]):
            seen[each.value] += 1
            if seen[each.value] <= _REPEATED:
                kept.append(each)
        yield unit, kept


def _row(unit: Unit, prints: list[Print]) -> dict[str, Any]:
    return {
        "path": unit.path,
        "sha256": unit.sha256,
        "kind": unit.kind,
        "cell": unit.cell,
        "page": unit.page,
        "prints": [[item.value, item.line, item.end_line] for item in prints],
    }


EXTRACTOR = Extractor("fingerprints", 1, extract, fragile=documents_of)
