"""XLSX, CSV and pasted tables, and the template to fill in. Formulas are read as text, never evaluated."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils.exceptions import InvalidFileException

from certification.referentials.importers.base import Imported, Importer, ImportRefused, Progress, Remark
from certification.referentials.importers.limits import MB, refuse_dangerous_package, refuse_dangerous_xml
from certification.referentials.importers.rows import COLUMNS, MAX_CELL, MAX_ROWS, Row, headings_of, signature, tree_of
from certification.referentials.wording import NOTHING, Message, say

HEADINGS = ("Bloc", "Activité", "Compétence", "Modalité", "Critère")
MAX_COLUMNS = 40
MAX_SCANNED = 100_000
HEADING_WITHIN = 30
_WIDTHS = (30, 34, 50, 44, 60)
_EXAMPLE = (
    ("1 – Analyser des données", "1.1 – Représenter", "C1 – Représenter des données.", "Projet, soutenu.",
     "Le rapport comprend :\n- un histogramme\n- un nuage de points"),
    ("", "", "", "", "Les graphiques sont lisibles."),
    ("", "", "C2 – Interpréter un graphique.", "", "L'interprétation est juste."),
)  # fmt: skip


def template_xlsx(rows: Iterable[Sequence[str]] = _EXAMPLE) -> bytes:
    """The workbook to fill in: the headings, then `rows` of five texts in the order of HEADINGS."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None  # noqa: S101 - a new workbook has one, which the types do not say
    sheet.title = "Référentiel"
    sheet.append(HEADINGS)
    for cell in sheet[1]:
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor="1F3A5F")
    for rank, row in enumerate(rows, start=2):
        for column, text in enumerate(row, start=1):
            cell = sheet.cell(rank, column)
            cell.value = text or None
            if text:
                cell.data_type = "s"  # a text that starts with « = » stays a text
    for letter, width in zip("ABCDE", _WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    for line in sheet.iter_rows(min_row=1, max_row=max(sheet.max_row, 200), max_col=5):
        for cell in line:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.number_format = "@"
    sheet.freeze_panes = "A2"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def read_table(lines: Iterable[tuple[Message, Sequence[str]]]) -> Imported:
    """The tree of a table given line by line, each with its place; the headings may be repeated."""
    return tree_of(_rows(lines))


def _rows(lines: Iterable[tuple[Message, Sequence[str]]]) -> Iterator[Row]:
    columns: dict[int, str] = {}
    place, first = NOTHING, ""
    for rank, (place, cells) in enumerate(lines):
        if rank > MAX_SCANNED:
            raise ImportRefused("too_large", say("read.too_many_lines", limit=MAX_SCANNED), place)
        if columns:
            if signature(cells) != first:  # headings are repeated from page to page
                yield from _row(place, cells, columns)
        elif (heading := headings_of(cells)) is not None:
            columns, first = heading, signature(cells)
        elif rank >= HEADING_WITHIN:
            break
    if not columns:
        raise ImportRefused("no_headings", say("read.no_headings", headings=" | ".join(HEADINGS)), place)


def _row(place: Message, cells: Sequence[str], columns: Mapping[int, str]) -> Iterator[Row]:
    named: dict[str, str] = {}
    for rank, name in columns.items():
        text = cells[rank].strip() if rank < len(cells) else ""
        if text:
            named[name] = f"{named[name]}\n{text}" if name in named else text
    if named:
        yield Row(place, named)


def _read_xlsx(path: Path, options: Mapping[str, str], progress: Progress) -> Imported:
    refuse_dangerous_package(path, "xl/workbook.xml")
    try:
        refuse_dangerous_xml(path)
        with path.open("rb") as stream:  # by its content: a stored file bears any name
            book = load_workbook(stream, read_only=True, data_only=False, keep_links=False)
            return _first_table([sheet for sheet in book.worksheets if sheet.sheet_state == "visible"])
    except (
        ParseError,
        zipfile.BadZipFile,
        InvalidFileException,
        LookupError,
        ValueError,
        TypeError,
        AttributeError,
        OSError,
        EOFError,
        NotImplementedError,
    ) as error:  # openpyxl lets through whatever its readers stumble on
        raise ImportRefused("unreadable", say("read.damaged_workbook")) from error


def _first_table(sheets: Sequence[Any]) -> Imported:
    """What the first sheet that holds a table says; the others are told to be left aside."""
    remarks: list[Remark] = []
    whole: Imported | None = None
    last: ImportRefused | None = None
    for sheet in sheets:
        place = say("place.sheet", sheet=sheet.title)
        if whole is not None:
            remarks.append(Remark("", place, "sheet_ignored", say("look.sheet_ignored")))
            continue
        try:
            whole = read_table(_sheet_lines(sheet))
        except ImportRefused as refused:
            if refused.code not in ("no_headings", "nothing"):
                raise
            last = refused
            remarks.append(Remark("", place, "sheet_ignored", refused.message, "info"))
    if whole is None:
        raise last or ImportRefused("nothing", say("read.no_sheet"))
    return Imported(whole.tree, (*whole.remarks, *remarks))


def _sheet_lines(sheet: Any) -> Iterator[tuple[Message, Sequence[str]]]:
    sheet.reset_dimensions()  # what the file declares is not to be believed
    for rank, cells in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True), start=1):
        place = say("place.sheet_line", sheet=sheet.title, line=rank)
        if rank > MAX_SCANNED:
            raise ImportRefused("too_large", say("read.too_many_lines", limit=MAX_SCANNED), place)
        yield place, ["" if value is None else str(value)[: MAX_CELL + 1] for value in cells]


def _read_csv(path: Path, options: Mapping[str, str], progress: Progress) -> Imported:
    text, remark = _decoded(path.read_bytes())
    found = read_table(_csv_lines(text))
    return Imported(found.tree, (*found.remarks, *remark))


def _decoded(data: bytes) -> tuple[str, tuple[Remark, ...]]:
    """UTF-8 with or without mark, UTF-16 with one, else the Windows encoding of French spreadsheets."""
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    encodings = ("utf-16",) if marked else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        doubt = Remark("", NOTHING, "encoding", say("look.encoding"), "info")
        return text, (doubt,) if encoding == "cp1252" else ()
    raise ImportRefused("encoding", say("read.text_encoding"))


def _csv_lines(text: str) -> Iterator[tuple[Message, Sequence[str]]]:
    csv.field_size_limit(MAX_CELL * 2)
    head = text[:20_000]
    delimiter = max(";\t,|", key=lambda mark: max((line.count(mark) for line in head.splitlines()[:5]), default=0))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    start = 1
    try:
        for cells in reader:
            place = say("place.line", line=start)
            start = reader.line_num + 1
            if len(cells) > MAX_COLUMNS:
                raise ImportRefused("too_large", say("read.too_many_columns", limit=MAX_COLUMNS), place)
            yield place, cells
    except csv.Error as error:
        raise ImportRefused("unreadable", say("read.csv_line"), say("place.line", line=start)) from error


IMPORTERS = (
    Importer("xlsx", (".xlsx",), 20 * MB, _read_xlsx),
    Importer("csv", (".csv", ".tsv", ".txt"), 10 * MB, _read_csv),
)

__all__ = ["COLUMNS", "HEADINGS", "IMPORTERS", "MAX_ROWS", "read_table", "template_xlsx"]
