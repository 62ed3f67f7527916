"""The first rows of the tables of a bundle, where an API may find an identifier that it knows."""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any

from evaluator.inside import server
from evaluator.inside.project import BUNDLE, PROJECT

Row = Mapping[str, str]

_HEAD = 4096
_LINE = 200_000
_TEXT = 500
_COLUMNS = 5000
_TOLD = 4_000_000
_TABLES = Path("/tmp/tables.json")  # noqa: S108 (the sandbox's own)
_LOG = Path("/tmp/tables-log.txt")  # noqa: S108 (the sandbox's own)


def of_texts(paths: Sequence[str]) -> list[Row]:
    """Of each CSV file that has one, its first row: column to text."""
    return [row for row in (_of_text(BUNDLE / path) for path in paths if is_text(path)) if row]


def is_text(path: str) -> bool:
    """Whether a file may be what its name says: some dump a table under the name of the CSV that it came from."""
    try:
        with (BUNDLE / path).open("rb") as stream:
            return b"\0" not in stream.read(_HEAD)
    except OSError:
        return False


def _of_text(path: Path) -> dict[str, str]:
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
            head = "".join(stream.readline(_LINE) for _ in range(2)).splitlines()
            rows = list(csv.reader(head, csv.Sniffer().sniff(head[0]) if head else csv.excel))
    except (OSError, csv.Error):
        return {}
    return dict(zip(rows[0], rows[1], strict=False)) if len(rows) > 1 else {}


def of_frames(paths: Sequence[str], seconds: float) -> list[Row]:
    """The same of files that a library must read, in another process: opening a pickle runs what it holds.

    What that process has not told after ``seconds`` is left out.
    """
    _TABLES.unlink(missing_ok=True)
    running = server.fork(partial(_tell, paths), PROJECT, _LOG)
    until = time.monotonic() + seconds
    while running.poll() is None and time.monotonic() < until:
        time.sleep(0.02)
    server.stop(running)
    return list(_told())


def _told() -> Iterator[Row]:
    """What the process says, a claim, reduced to the expected shape."""
    try:
        lines = _TABLES.read_text()[:_TOLD].splitlines()
    except (OSError, ValueError):
        return
    for line in lines:
        try:
            pairs = json.loads(line).items()
        except (ValueError, AttributeError, RecursionError):
            continue
        yield {str(name)[:_TEXT]: str(value)[:_TEXT] for name, value in islice(pairs, _COLUMNS)}


def _tell(paths: Sequence[str]) -> None:
    """In the process that may misbehave: a line for each table, as soon as it is read."""
    with _TABLES.open("w") as stream:
        for path in paths:
            try:
                row = _of_frame(PROJECT / path)
            except Exception:  # noqa: BLE001, S112 (code of the bundle raises what it likes)
                continue
            stream.write(json.dumps(row) + "\n")
            stream.flush()


def _of_frame(path: Path) -> dict[str, str]:
    """The first row of a table, with its index, which often holds the identifier."""
    pandas = import_module("pandas")
    name = path.name.lower()
    read = next((read for ending, read in _READERS.items() if name.endswith(ending)), None)
    frame = _pickled(path) if read is None else getattr(pandas, read)(path)
    if isinstance(frame, pandas.Series):
        frame = frame.to_frame()
    first = frame.head(1)
    if not isinstance(frame.index, pandas.RangeIndex):
        first = first.reset_index()
    return {str(column): _spelt(value) for column, value in first.iloc[0].items() if pandas.notna(value)}


def _spelt(value: Any) -> str:
    """A row of numbers turns whole ones into ``100001.0``."""
    text = str(value)
    return text[:-2] if text.endswith(".0") and text[:-2].isdigit() else text


def _pickled(path: Path) -> Any:
    try:
        return import_module("pandas").read_pickle(path)
    except Exception:  # noqa: BLE001 (code of the bundle raises what it likes)
        return import_module("joblib").load(path)


_READERS: Mapping[str, str] = {
    ".parquet": "read_parquet", ".pq": "read_parquet", ".feather": "read_feather", ".xlsx": "read_excel",
    ".csv.zip": "read_csv", ".gz": "read_csv",
}  # fmt: skip
