"""Credentials left in clear, as places with the line masked: no value leaves the reader."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from evaluator.errors import SubmissionFault
from evaluator.facts.access import own_files
from evaluator.facts.base import Extractor, FileEntry, Workspace, decode
from evaluator.facts.notebooks import NOTEBOOK_BYTES, cell_source, is_notebook, joined, load_notebook, raw_cells
from evaluator.limits import MB
from evaluator.masking import find, hide

_FILE_BYTES = 2 * MB
_ALL_BYTES = 100 * MB
_MOST = 200
_READ_SHOWN = 8
_EXCERPT = 300
_SETTINGS = {
    ".env", ".ini", ".cfg", ".conf", ".yml", ".yaml", ".toml", ".properties", ".sh", ".bat", ".ps1", ".pem", ".key",
}  # fmt: skip
_TEXTS = _SETTINGS | {
    ".py", ".pyw", ".r", ".rmd", ".sql", ".js", ".ts", ".json", ".md", ".txt", ".rst", ".html", ".ipynb",
}  # fmt: skip
_NAMES = {"dockerfile", "procfile", "makefile", "credentials", "id_rsa", "id_ed25519", ".env", ".netrc", ".pgpass"}


def extract(workspace: Workspace) -> dict[str, Any]:
    """``{"found": [{path, cell, output, line, kind, excerpt, sha256}], "read": [{path, sha256}], "files",
    "truncated", "errors"}``.

    ``cell`` and ``output`` are 0-based, None outside a notebook; ``kind`` is ``password``, ``token``, ``cloud`` or
    ``private_key``. At most 200 places; ``read`` are the first eight of the ``files`` read;
    ``truncated`` says that there was more text or more places than that.
    """
    found: list[dict[str, Any]] = []
    errors: dict[str, Any] = {}
    read: list[dict[str, Any]] = []
    room = _ALL_BYTES
    for entry in own_files(workspace):
        if not _is_text(entry.path) or (entry.size > _FILE_BYTES and not is_notebook(entry.path)):
            continue  # a text that long is data
        room -= entry.size
        if room < 0 or len(found) >= _MOST:
            break
        try:
            found.extend(_in_file(workspace, entry))
            read.append({"path": entry.path, "sha256": entry.sha256})
        except SubmissionFault as fault:
            errors[entry.path] = {"code": fault.code, "params": fault.params}
    truncated = room < 0 or len(found) >= _MOST
    return {
        "found": found[:_MOST],
        "read": read[:_READ_SHOWN],
        "files": len(read),
        "truncated": truncated,
        "errors": errors,
    }


def _is_text(path: str) -> bool:
    name = PurePosixPath(path).name.lower()
    return PurePosixPath(name).suffix in _TEXTS or name in _NAMES or name.startswith((".env", "dockerfile"))


def _in_file(workspace: Workspace, entry: FileEntry) -> Iterator[dict[str, Any]]:
    if is_notebook(entry.path):
        yield from _in_notebook(workspace, entry)
        return
    name = PurePosixPath(entry.path).name.lower()
    settings = PurePosixPath(name).suffix in _SETTINGS or name in _NAMES or name.startswith((".env", "dockerfile"))
    text = decode(workspace.read_bytes(entry.path, _FILE_BYTES))
    yield from _in_text(text, entry, None, None, settings=settings)


def _in_notebook(workspace: Workspace, entry: FileEntry) -> Iterator[dict[str, Any]]:
    document = load_notebook(workspace.read_bytes(entry.path, NOTEBOOK_BYTES), entry.path)
    for number, cell in enumerate(raw_cells(document)):
        yield from _in_text(cell_source(cell), entry, number, None)
        outputs = cell.get("outputs")
        for position, output in enumerate(outputs if isinstance(outputs, list) else []):
            if isinstance(output, dict):
                yield from _in_text(_shown(output), entry, number, position)


def _shown(output: Mapping[str, Any]) -> str:
    """What an output says as text, whichever way it is stored."""
    data = output.get("data")
    plain = data.get("text/plain") if isinstance(data, Mapping) else None
    return "\n".join(joined(part) for part in (output.get("text"), plain, output.get("evalue")))


def _in_text(
    text: str, entry: FileEntry, cell: int | None, output: int | None, *, settings: bool = False
) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(text.splitlines(), start=1):
        secrets = find(line, settings=settings)
        if secrets:
            yield {
                "path": entry.path,
                "cell": cell,
                "output": output,
                "line": number,
                "kind": secrets[0].kind,
                "excerpt": hide(line, secrets).strip()[:_EXCERPT],
                "sha256": entry.sha256,
            }


EXTRACTOR = Extractor("secrets", 1, extract)
