"""Splits a delivered data set into what a model may see and what it must find. Runs no code of the bundle."""

from __future__ import annotations

import lzma
import re
import tarfile
import zipfile
import zlib
from pathlib import Path
from typing import Any

from evaluator.errors import SubmissionFault

_ROWS = 200_000
_COLUMNS = 5000
_TEXT = 300
_ROW_NUMBERS = re.compile(r"Unnamed: \d+|")
# pandas opens compressed tables by their names, and lets through what their readers raise.
UNREADABLE = (ValueError, OSError, ImportError, EOFError, OverflowError, zipfile.BadZipFile, tarfile.TarError,
               zlib.error, lzma.LZMAError)  # fmt: skip


def split(payload: dict[str, Any]) -> dict[str, Any]:
    """Answer ``{"path", "target", "columns", "truth", "left_out"}``, or ``{"path": None}`` when no table fits.

    ``payload``: ``tables`` are the paths to look at in order; ``target`` the column to find, or None, then the
    table must hold ``features`` and exactly one other column. Rows without a truth are left out and counted;
    infinities count as absent values.

    Raises:
        SubmissionFault: ``metric.table_unreadable``, ``metric.target_missing`` for a declared table.
    """
    for path in payload["tables"]:
        frame = _read(path, strict=payload["target"] is not None)
        if frame is None:
            continue
        target = payload["target"] or _other_column(frame, payload["features"] or [])
        if target is not None:
            return _split(frame, path, target)
    return {"path": None}


def _read(path: str, *, strict: bool) -> Any:
    import pandas

    try:
        source = Path("/bundle", path)
        if source.suffix == ".parquet":
            return pandas.read_parquet(source).head(_ROWS)
        return pandas.read_csv(source, sep=_separator(source), nrows=_ROWS)
    except UNREADABLE as error:
        if strict:
            raise SubmissionFault("metric.table_unreadable", path=path, reason=str(error)[:_TEXT]) from error
        return None


def _separator(path: Path) -> str:
    with path.open(encoding="utf-8", errors="replace") as stream:
        header = stream.readline(100_000)
    return max(",;\t|", key=header.count)


def _other_column(frame: Any, features: list[str]) -> str | None:
    """The one column that the model was not fitted on, the numbers of the rows apart, which a saved index leaves."""
    names = [name for name in map(str, frame.columns) if not _ROW_NUMBERS.fullmatch(name)]
    others = [name for name in names if name not in set(features)]
    fits = features and set(features) <= set(names) and len(others) == 1
    return others[0] if fits else None


def _split(frame: Any, path: str, target: str) -> dict[str, Any]:
    if target not in frame.columns:
        raise SubmissionFault("metric.target_missing", path=path, target=target)
    frame = frame.replace([float("inf"), float("-inf")], float("nan"))
    known = frame[frame[target].notna()]
    columns = known.drop(columns=[target]).iloc[:, :_COLUMNS]
    return {
        "path": path,
        "target": target,
        "columns": {str(name): values(columns[name]) for name in columns.columns},
        "truth": values(known[target]),
        "left_out": len(frame) - len(known),
    }


def values(column: Any) -> list[Any]:
    plain = column.astype(object).where(column.notna(), None)
    return [value if isinstance(value, int | float | str | bool) else _other(value) for value in plain.tolist()]


def _other(value: Any) -> Any:
    return None if value is None else str(value)[:_TEXT]
