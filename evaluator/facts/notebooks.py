"""Notebooks read as facts: cells in order, with outputs reduced to what is safe to show.

The format is described by nbformat (versions 3 and 4); it is read tolerantly, because real notebooks are
hand-merged, truncated or written by other tools. Nothing here keeps HTML, SVG or script.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any

from evaluator.errors import SubmissionFault
from evaluator.facts.base import Extractor, FileEntry, Workspace, decode
from evaluator.facts.html import Reduced, reduce_html
from evaluator.limits import KB, MB

NOTEBOOK_BYTES = 50 * MB
_TEXT_BYTES = 20 * KB
_ALL_TEXT = 24 * MB
_SHORTENED = 200
_ROWS = 50
_CELL_TYPES = {"code", "markdown", "raw"}
_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b[@-_]")
_PICTURES = ("image/png", "image/jpeg")
_PLOTLY = "application/vnd.plotly.v1+json"
_VEGA = re.compile(r"application/vnd\.vega(lite)?\.v\d+(\.\d+)?\+json")
_OLD_KEYS = {
    "png": "image/png",
    "jpeg": "image/jpeg",
    "svg": "image/svg+xml",
    "html": "text/html",
    "text": "text/plain",
    "latex": "text/latex",
    "json": "application/json",
    "javascript": "application/javascript",
}

Output = dict[str, Any]
Cell = dict[str, Any]


def notebooks_of(files: Iterable[FileEntry]) -> list[FileEntry]:
    return [entry for entry in files if is_notebook(entry.path)]


def is_notebook(path: str) -> bool:
    """Whether ``path`` is a notebook that somebody wrote, not an editor's checkpoint of one."""
    pure = PurePosixPath(path)
    return pure.suffix.lower() == ".ipynb" and ".ipynb_checkpoints" not in pure.parts


def load_notebook(data: bytes, path: str) -> dict[str, Any]:
    """The notebook's JSON object.

    Raises:
        SubmissionFault: ``notebook.broken`` when it is not JSON or not an object with cells.
    """
    try:
        document = json.loads(decode(data))
    except (ValueError, RecursionError) as error:
        raise SubmissionFault("notebook.broken", path=path) from error
    if not isinstance(document, dict) or not isinstance(document.get("cells", document.get("worksheets")), list):
        raise SubmissionFault("notebook.broken", path=path)
    return document


def raw_cells(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """All cells in order; the cells of every worksheet for nbformat 3. Their index is the cell number."""
    cells = document.get("cells")
    if not isinstance(cells, list):
        sheets = [sheet for sheet in document.get("worksheets", []) if isinstance(sheet, dict)]
        cells = [cell for sheet in sheets for cell in _list(sheet.get("cells"))]
    return [cell if isinstance(cell, dict) else {} for cell in cells]


def cell_type(cell: Mapping[str, Any]) -> str:
    """``code``, ``markdown`` or ``raw``; nbformat 3 headings are markdown."""
    kind = cell.get("cell_type")
    if kind == "heading":
        return "markdown"
    return kind if isinstance(kind, str) and kind in _CELL_TYPES else "raw"


def cell_source(cell: Mapping[str, Any]) -> str:
    """The text of a cell, whichever way it is stored."""
    return joined(cell.get("source", cell.get("input")))


def language(document: Mapping[str, Any]) -> str:
    """The kernel's language in lower case, ``python`` when the notebook does not say."""
    metadata = _dict(document.get("metadata"))
    named = _dict(metadata.get("kernelspec")).get("language") or _dict(metadata.get("language_info")).get("name")
    return named.lower() if isinstance(named, str) and named else "python"


def joined(value: object) -> str:
    """A multi-line string of the format: a string, or a list of strings."""
    parts = value if isinstance(value, list) else [value]
    text = "".join(item for item in parts if isinstance(item, str))
    return text.encode("utf-8", "replace").decode()  # JSON may hold halves of surrogate pairs, which no file can


def extract(workspace: Workspace) -> dict[str, Any]:
    """Facts by path; see the module's docstring."""
    facts: dict[str, Any] = {}
    for entry in notebooks_of(workspace.files):
        facts[entry.path] = _notebook(workspace, entry.path, entry.sha256)
    _keep_within(facts, _ALL_TEXT)
    return facts


def _keep_within(facts: Mapping[str, Any], room: int) -> None:
    """Shorten what comes after the first ``room`` characters: facts leave the sandbox under a size limit."""
    for fact in facts.values():
        for cell in fact["cells"]:
            room -= len(cell["source"])
            if room < 0:
                cell["source"] = cell["source"][:_SHORTENED]
            for output in cell["outputs"]:
                room -= len(output["text"]) + sum(len(word) for row in output.get("rows", ()) for word in row)
                if room < 0:
                    output["text"] = output["text"][:_SHORTENED]
                    output.pop("rows", None)


def _notebook(workspace: Workspace, path: str, sha256: str) -> dict[str, Any]:
    fact: dict[str, Any] = {"sha256": sha256, "language": None, "error": None, "cells": []}
    try:
        document = load_notebook(workspace.read_bytes(path, NOTEBOOK_BYTES), path)
    except SubmissionFault as fault:
        fact["error"] = {"code": fault.code, "params": fault.params}
        return fact
    fact["language"] = language(document)
    fact["cells"] = [_cell(workspace, cell) for cell in raw_cells(document)]
    return fact


def _cell(workspace: Workspace, cell: Mapping[str, Any]) -> Cell:
    count = cell.get("execution_count", cell.get("prompt_number"))
    is_count = isinstance(count, int) and not isinstance(count, bool)
    outputs = [output for output in _list(cell.get("outputs")) if isinstance(output, dict)]
    return {
        "type": cell_type(cell),
        "source": cell_source(cell),
        "execution_count": count if is_count else None,
        "outputs": [_output(workspace, output) for output in outputs],
    }


def _output(workspace: Workspace, output: Mapping[str, Any]) -> Output:
    kind = str(output.get("output_type"))
    if kind == "stream":
        return _fact("text", text=joined(output.get("text")))
    if kind in {"error", "pyerr"}:
        return _error(output)
    return _display(workspace, _mime_bundle(output))


def _error(output: Mapping[str, Any]) -> Output:
    name, value = str(output.get("ename") or "Error"), str(output.get("evalue") or "")
    trace = "\n".join(line for line in _list(output.get("traceback")) if isinstance(line, str))
    return _fact("error", text=trace or f"{name}: {value}", ename=name[:200], evalue=clean(value)[:2000])


def _mime_bundle(output: Mapping[str, Any]) -> Mapping[str, Any]:
    data = output.get("data")
    if isinstance(data, dict):
        return data
    return {mime: output[key] for key, mime in _OLD_KEYS.items() if key in output}


def _display(workspace: Workspace, data: Mapping[str, Any]) -> Output:
    """The richest representation that is safe: figure data, picture, table, then text."""
    plain = joined(data.get("text/plain"))
    if isinstance(data.get(_PLOTLY), dict):
        return _fact("plotly", text=plain, figures=1, traces=_traces(data[_PLOTLY]))
    if any(_VEGA.fullmatch(mime) for mime in data):
        return _fact("plotly", text=plain, figures=1, traces=["vega"])
    for mime in _PICTURES:
        if mime in data:
            return _picture(workspace, joined(data[mime]), mime, plain)
    if "image/svg+xml" in data:
        return _fact("image", text=plain or "SVG", media_type="image/svg+xml", figures=1)
    if "text/html" in data:
        return _html(reduce_html(joined(data["text/html"])), plain)
    return _fact("text", text=plain or joined(data.get("text/latex")))


def _picture(workspace: Workspace, encoded: str, mime: str, plain: str) -> Output:
    try:
        data = base64.b64decode(encoded, validate=False)
    except (binascii.Error, ValueError):
        data = b""
    attachment = workspace.attach(data, mime) if data else None
    return _fact("image", text=plain, attachment=attachment, media_type=mime, figures=1)


def _html(reduced: Reduced, plain: str) -> Output:
    if reduced.rows:
        return _fact("table", text=plain, columns=reduced.columns, rows=reduced.rows[:_ROWS])
    if reduced.traces is not None:
        return _fact("plotly", text=plain, figures=1, traces=reduced.traces)
    return _fact("html", text=reduced.text or plain)


def _traces(figure: Mapping[str, Any]) -> list[str]:
    kinds = [trace.get("type", "scatter") for trace in _list(figure.get("data")) if isinstance(trace, dict)]
    return _distinct(kind for kind in kinds if isinstance(kind, str))


def _fact(kind: str, *, text: str = "", **more: Any) -> Output:
    fact: Output = {"kind": kind, "text": clean(text), "attachment": None, "media_type": None, "figures": None}
    return fact | more


def clean(text: str) -> str:
    """Text without terminal escapes, carriage returns resolved, at most 20 kB."""
    lines = (
        line.rsplit("\r", 1)[-1] for line in _ANSI.sub("", text[: 4 * _TEXT_BYTES]).replace("\r\n", "\n").split("\n")
    )
    return "\n".join(lines)[:_TEXT_BYTES]


def _distinct(items: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(item[:40] for item in items))


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


EXTRACTOR = Extractor(name="notebooks", version=3, extract=extract, fragile=notebooks_of)
