"""A Word table in the form of France compétences: activities | competencies | modalities | criteria.

Read from `word/document.xml` alone: merged cells, several tables, bloc rows, blocs named between tables.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from certification.referentials.importers.base import Imported, Importer, ImportRefused, Progress
from certification.referentials.importers.limits import MAX_DEPTH, MB, refuse_dangerous_package
from certification.referentials.importers.rows import COLUMNS, Row, headings_of, signature, tree_of
from certification.referentials.wording import Message, say

_DOCUMENT = "word/document.xml"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_BLOC = re.compile(r"^\s*bloc\b", re.IGNORECASE)
_BY_WIDTH = {4: COLUMNS[1:], 5: COLUMNS}
MAX_SPAN = 40
Line = tuple[Message, Sequence[str]]


def _read_docx(path: Path, options: Mapping[str, str], progress: Progress) -> Imported:
    refuse_dangerous_package(path, _DOCUMENT)
    try:
        with zipfile.ZipFile(path) as package, package.open(_DOCUMENT) as stream:
            return tree_of(_rows(_lines(stream)))
    except DefusedXmlException as error:
        raise ImportRefused("entities", say("read.entities"), say("place.text", text=_DOCUMENT)) from error
    except ParseError as error:
        line, _ = error.position
        place = say("place.member_line", member=_DOCUMENT, line=line)
        raise ImportRefused("unreadable", say("read.xml"), place) from error
    except (zipfile.BadZipFile, OSError, EOFError) as error:
        raise ImportRefused("unreadable", say("read.damaged"), say("place.text", text=_DOCUMENT)) from error


def _lines(stream: IO[bytes]) -> Iterator[Line]:
    """The rows of the outermost tables, and the paragraphs between them as rows of one cell."""
    tables = inside = row = 0
    for event, element in _bounded(stream):
        if element.tag == f"{_W}tbl":
            inside += 1 if event == "start" else -1
            if event == "start" and inside == 1:
                tables, row = tables + 1, 0
        elif event == "start":
            continue
        elif element.tag == f"{_W}tr" and inside == 1:
            row += 1
            yield say("place.table_line", table=tables, line=row), _cells(element)
            element.clear()
        elif element.tag == f"{_W}p" and inside == 0:
            yield say("place.after_table", table=tables), [_paragraph(element)]
            element.clear()


def _bounded(stream: IO[bytes]) -> Iterator[tuple[str, Element]]:
    """The events of the document, as long as it is not nested beyond what any real one is."""
    depth = 0
    for event, element in iterparse(stream, events=("start", "end"), forbid_dtd=True):
        depth += 1 if event == "start" else -1
        if depth > MAX_DEPTH:
            place = say("place.member_element", member=_DOCUMENT, element=element.tag.rpartition("}")[2][:60])
            raise ImportRefused("nesting", say("read.nesting", limit=MAX_DEPTH), place)
        yield event, element


def _cells(row: Element) -> list[str]:
    """The texts of a row by column of the grid; a cell merged with the one above is blank."""
    cells: list[str] = []
    for cell in _own(row, "tc"):
        properties = cell.find(f"{_W}tcPr")
        merge = properties.find(f"{_W}vMerge") if properties is not None else None
        continued = merge is not None and merge.get(f"{_W}val", "continue") == "continue"
        cells.append("" if continued else _cell_text(cell))
        cells.extend([""] * (_span(properties) - 1))
    return cells


def _own(row: Element, name: str) -> Iterator[Element]:
    """The cells of a row, also those wrapped in content controls, but not those of a table inside a cell."""
    for child in row:
        if child.tag == f"{_W}{name}":
            yield child
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}customXml"):
            yield from _own(child, name)


def _span(properties: Element | None) -> int:
    span = properties.find(f"{_W}gridSpan") if properties is not None else None
    text = span.get(f"{_W}val", "1") if span is not None else "1"
    return min(int(text), MAX_SPAN) if text.isascii() and text.isdigit() and 0 < len(text) < 4 else 1


def _cell_text(cell: Element) -> str:
    return "\n".join(text for text in (_paragraph(each) for each in cell.iter(f"{_W}p")) if text)


def _paragraph(paragraph: Element) -> str:
    """The text as it reads once changes are accepted; a list paragraph gets the dash that Word draws itself."""
    words: list[str] = []
    for node in paragraph.iter():
        if node.tag == f"{_W}t":
            words.append(node.text or "")
        elif node.tag in (f"{_W}br", f"{_W}cr"):
            words.append("\n")
        elif node.tag == f"{_W}tab":
            words.append(" ")
        elif node.tag == f"{_W}noBreakHyphen":
            words.append("-")
    text = "".join(words).strip()
    listed = text and paragraph.find(f"{_W}pPr/{_W}numPr") is not None
    return f"- {text}" if listed else text


def _rows(lines: Iterator[Line]) -> Iterator[Row]:
    """Rows under the columns that headings name; without headings, by the number of columns."""
    columns: dict[int, str] = {}
    seen: set[str] = set()
    below = True  # nothing above, or a heading row
    for place, cells in lines:
        filled = [cell for cell in cells if cell.strip()]
        heading = headings_of(cells)
        if heading is not None and (below or not columns or signature(cells) in seen):
            columns, below = _merged(columns, heading), True
            seen.add(signature(cells))
            continue
        below = below and not filled
        if len(filled) == 1 and _is_bloc(cells, filled[0]):
            yield Row(place, {"bloc": filled[0]})
        elif len(cells) > 1 and filled:
            columns = columns or _by_width(cells, place)
            named = {columns[rank]: cell for rank, cell in enumerate(cells) if rank in columns and cell.strip()}
            if named:
                yield Row(place, named)


def _is_bloc(cells: Sequence[str], text: str) -> bool:
    return _BLOC.match(text) is not None and len(text) < 400


def _merged(columns: Mapping[int, str], heading: dict[int, str]) -> dict[int, str]:
    """A second heading row refines the first: « évaluation » above « modalités » and « critères »."""
    if len(heading) >= 3 or not columns:
        return heading
    kept = {rank: name for rank, name in columns.items() if rank not in heading and name not in heading.values()}
    return {**kept, **heading}


def _by_width(cells: Sequence[str], place: Message) -> dict[int, str]:
    names: Any = _BY_WIDTH.get(len(cells))
    if names is None:
        raise ImportRefused("no_headings", say("read.no_word_headings"), place)
    return dict(enumerate(names))


IMPORTERS = (Importer("docx", (".docx",), 20 * MB, _read_docx),)
