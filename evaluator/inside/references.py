"""Reads a reference data set: what is in it, and its target apart. Runs no code of a bundle, quotes no cell."""

from __future__ import annotations

import csv
import json
import math
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from evaluator.errors import SubmissionFault
from evaluator.inside.tables import UNREADABLE, values
from evaluator.limits import MB

PLACE = "/reference"
_ROWS = 200_000
_COLUMNS = 1000
_JSON_BYTES = 40 * MB  # as it goes to the job that runs a model, and comes from the one that splits
_FIELD = 100_000
_NAME = 200
_COMMON = 8
_TEXT = 60
_CLASSES = 50


def profile(payload: dict[str, Any]) -> dict[str, Any]:
    """``{"rows", "columns": [{"name", "kind", "empty", "distinct", "common", "range"}]}`` of ``payload["form"]``.

    ``kind`` is ``number``, ``boolean`` or ``text``; ``common`` the most frequent values with their counts when there
    are few, else ``range`` the least and the greatest number.

    Raises:
        SubmissionFault: ``reference.…`` names what prevents the table from serving.
    """
    frame = _read(payload["form"])
    size = sum(len(json.dumps(values(frame[name]))) for name in frame.columns)
    if size > _JSON_BYTES:
        raise SubmissionFault("reference.too_large", found=size, limit=_JSON_BYTES)
    return {"rows": len(frame), "columns": [_column(str(name), frame[name]) for name in frame.columns]}


def split(payload: dict[str, Any]) -> dict[str, Any]:
    """``{"columns", "truth", "identifiers"}`` of the table, under ``target``, ``identifier`` and ``features``.

    Infinities count as absent values. Raises SubmissionFault: ``reference.column_missing`` and those of ``profile``.
    """
    target, identifier, features = payload["target"], payload["identifier"], payload["features"]
    frame = _read(payload["form"], text=identifier)
    for name in filter(None, (target, identifier, *features)):
        if name not in frame.columns:
            raise SubmissionFault("reference.column_missing", column=name)
    if frame[target].isna().any():
        raise SubmissionFault("reference.target_empty", column=target, count=int(frame[target].isna().sum()))
    seen = features or [name for name in frame.columns if name not in (target, identifier)]
    return {
        "columns": {str(name): values(frame[name]) for name in seen},
        "truth": values(frame[target]),
        "identifiers": [str(value) for value in frame[identifier].tolist()] if identifier else None,
    }


def _read(form: str, text: str = "") -> Any:
    """The whole table; the column ``text`` is read as it is written."""
    frame = _read_parquet() if form == "parquet" else _read_csv(text)
    names = [str(name) for name in frame.columns]
    _judge_names(names)
    if not 2 <= len(frame) <= _ROWS:
        raise SubmissionFault("reference.rows", found=len(frame), limit=_ROWS)
    frame.columns = names
    return frame.replace([float("inf"), float("-inf")], float("nan"))


def _read_parquet() -> Any:
    import pandas

    try:
        return pandas.read_parquet(PLACE)
    except (*UNREADABLE, KeyError, TypeError) as error:
        raise SubmissionFault("reference.not_parquet") from error


def _read_csv(text: str) -> Any:
    import pandas

    encoding = _encoding()
    separator = _judge_lines(encoding)
    try:
        return pandas.read_csv(
            PLACE,
            sep=separator,
            encoding=encoding,
            index_col=False,
            low_memory=False,
            dtype={text: str} if text else None,
        )
    except UNREADABLE as error:
        raise SubmissionFault("reference.not_csv") from error


def _encoding() -> str:
    """UTF-8, else what a spreadsheet of western Europe writes."""
    try:
        with Path(PLACE).open(encoding="utf-8-sig") as stream:
            while stream.read(MB):
                pass
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def _judge_lines(encoding: str) -> str:
    """The separator of a table whose lines all have the fields of the first; its lines are counted from 1."""
    csv.field_size_limit(_FIELD)
    try:
        with Path(PLACE).open(encoding=encoding, newline="") as stream:
            separator = max(",;\t|", key=stream.readline(_FIELD).count)
            stream.seek(0)
            _judge_names(_judge_widths(csv.reader(stream, delimiter=separator)))
    except (UnicodeDecodeError, csv.Error) as error:
        raise SubmissionFault("reference.not_csv") from error
    return separator


def _judge_widths(lines: Any) -> list[str]:
    header: list[str] = next(lines, [])
    for line in lines:
        if line and len(line) != len(header):
            raise SubmissionFault("reference.ragged", line=lines.line_num, expected=len(header), found=len(line))
    return header


def _judge_names(names: list[str]) -> None:
    if not 2 <= len(names) <= _COLUMNS:
        raise SubmissionFault("reference.columns_count", found=len(names), limit=_COLUMNS)
    for position, name in enumerate(names, start=1):
        if not name.strip() or len(name) > _NAME:
            raise SubmissionFault("reference.column_unnamed", position=position)
    twice = next((name for name, count in Counter(names).items() if count > 1), None)
    if twice is not None:
        raise SubmissionFault("reference.column_twice", column=twice)


def _column(name: str, column: Any) -> dict[str, Any]:
    known = column.dropna()
    counts = known.map(str).value_counts() if known.dtype == object else known.value_counts()
    return {
        "name": name,
        "kind": _kind(known),
        "empty": int(column.isna().sum()),
        "distinct": len(counts),
        "common": [[str(value)[:_TEXT], int(count)] for value, count in _few(counts)],
        "range": _range(known),
    }


def _few(counts: Any) -> Iterator[tuple[Any, Any]]:
    return counts.head(_COMMON).items() if len(counts) <= _CLASSES else iter(())


def _kind(known: Any) -> str:
    from pandas.api import types

    if types.is_bool_dtype(known):
        return "boolean"
    return "number" if types.is_numeric_dtype(known) else "text"


def _range(known: Any) -> list[float] | None:
    if _kind(known) != "number" or not len(known):
        return None
    ends = [float(known.min()), float(known.max())]
    return ends if all(map(math.isfinite, ends)) else None
