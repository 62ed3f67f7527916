"""Reads a delivered file of predictions as texts. Runs no code of the bundle, and never sees the truth."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluator.errors import SubmissionFault
from evaluator.facts.base import decode
from evaluator.limits import MB

_BYTES = 64 * MB
_HEADER = 1 * MB
_COLUMNS = 200
_ROWS = 400_000
_FIELD = 1000
_TEXT = 100
_NAME = 100
_FILE = re.compile(r"pr[eé]d|submission|y_?hat|r[eé]ponse|answer", re.IGNORECASE)
_COLUMN = re.compile(r"pr[eé]d|y_?hat|score|prob|class|label|target|cible|valeur|value|^y$", re.IGNORECASE)
_BOOKKEEPING = re.compile(r"(unnamed: ?\d+|index)?", re.IGNORECASE)  # what a table's own index becomes in a CSV


@dataclass(frozen=True, slots=True)
class _Columns:
    """Positions in the header, from 0; no identifier when rows have none."""

    prediction: int
    identifier: int | None


def read(payload: dict[str, Any]) -> dict[str, Any]:
    """``{"path", "column", "identifier", "names", "values", "comma"}``, or ``{"path": None}`` when no file suits.

    ``payload``: ``paths`` to look at in order, ``declared`` when the only one was named by the candidate, then with
    ``identifier`` and ``column`` when they were too; ``expected`` the identifier's usual name. ``names`` and
    ``values`` are as long as the file has rows; ``names`` is None without an identifier.

    Raises:
        SubmissionFault: ``predictions.…`` for a file that was declared.
    """
    for path in payload["paths"]:
        try:
            found = _read(path, payload)
        except SubmissionFault:
            if payload["declared"]:
                raise
            continue
        if found is not None:
            return found
    return {"path": None}


def _read(path: str, payload: dict[str, Any]) -> dict[str, Any] | None:
    text = _text(path)
    separator = max(",;\t|", key=_first_line(text).count)
    csv.field_size_limit(_FIELD)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        header = [name.strip() for name in next(lines, [])]
        if len(header) > _COLUMNS:
            raise SubmissionFault("predictions.columns_count", path=path, found=len(header), limit=_COLUMNS)
        columns = _chosen(path, header, payload)
        if columns is None:
            return None
        rows = list(_rows(path, lines, columns))
    except csv.Error as error:
        raise SubmissionFault("predictions.unreadable", path=path, line=lines.line_num + 1) from error
    return {
        "path": path,
        "column": header[columns.prediction][:_NAME],
        "identifier": header[columns.identifier][:_NAME] if columns.identifier is not None else None,
        "names": [name for name, _ in rows] if columns.identifier is not None else None,
        "values": [value for _, value in rows],
        "comma": separator != ",",
    }


def _text(path: str) -> str:
    source = Path("/bundle", path)
    with source.open("rb") as stream:
        data = stream.read(_BYTES + 1)
    if len(data) > _BYTES:
        raise SubmissionFault("predictions.too_large", path=path, limit=_BYTES)
    return decode(data).replace("\0", "\ufffd")


def _first_line(text: str) -> str:
    head = text[:_HEADER]
    return head.splitlines()[0] if head.strip() else ""


def _chosen(path: str, header: Sequence[str], payload: dict[str, Any]) -> _Columns | None:
    if payload["declared"]:
        return _declared(path, header, payload)
    expected = str(payload["expected"]).lower()
    shown = [rank for rank, name in enumerate(header) if not _BOOKKEEPING.fullmatch(name) or name.lower() == expected]
    named = [rank for rank in shown if expected and header[rank].lower() == expected]
    others = [rank for rank in shown if rank not in named]
    if len(named) == 1 and len(others) == 1:
        return _Columns(others[0], named[0])
    if named or not _FILE.search(path.rsplit("/", 1)[-1]):
        return None
    if len(shown) == 1:
        return _Columns(shown[0], None)
    if len(shown) == 2 and _COLUMN.search(header[shown[1]]):
        return _Columns(shown[1], shown[0])
    return None


def _declared(path: str, header: Sequence[str], payload: dict[str, Any]) -> _Columns:
    """As the candidate says, and for what is not said: the usual identifier, then the only column left."""
    column, identifier = payload["column"], payload["identifier"]
    for name in filter(None, (column, identifier)):
        if name not in header:
            raise SubmissionFault("predictions.column_missing", path=path, column=name)
    expected = str(payload["expected"]).lower()
    usual = next((rank for rank, name in enumerate(header) if expected and name.lower() == expected), None)
    key = header.index(identifier) if identifier else usual
    if column:
        return _Columns(header.index(column), key if key != header.index(column) else None)
    left = [rank for rank, name in enumerate(header) if rank != key and not _BOOKKEEPING.fullmatch(name)]
    if len(left) == 2 and key is None:
        return _Columns(left[1], left[0])
    if len(left) != 1:
        raise SubmissionFault("predictions.column_unclear", path=path, found=len(left))
    return _Columns(left[0], key)


def _rows(path: str, lines: Any, columns: _Columns) -> Iterator[tuple[str, str]]:
    """The identifier, ``""`` without one, and the prediction of each row; blank lines are none."""
    last = max(columns.prediction, columns.identifier or 0)
    for count, line in enumerate((line for line in lines if line), start=1):
        if count > _ROWS:
            raise SubmissionFault("predictions.rows", path=path, limit=_ROWS)
        if len(line) <= last:
            raise SubmissionFault("predictions.unreadable", path=path, line=lines.line_num)
        name = line[columns.identifier] if columns.identifier is not None else ""
        yield name[:_TEXT], line[columns.prediction][:_TEXT]
