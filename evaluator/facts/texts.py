"""READMEs and Markdown files: their text and their headings."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Any

from evaluator.errors import SubmissionFault
from evaluator.facts.access import own_files, recorded
from evaluator.facts.base import Extractor, FileEntry, Workspace, decode
from evaluator.limits import KB, MB

_FILES = 200
_BYTES = 2 * MB
_TEXT = 200 * KB
_HEADINGS = 200
_PLAIN = frozenset({"", ".md", ".markdown", ".rst", ".txt"})
_MARKDOWN = frozenset({".md", ".markdown"})
_ATX = re.compile(r" {0,3}(#{1,6})[ \t]+(\S.*)$")
_FENCE = re.compile(r" {0,3}(```|~~~)")
_UNDERLINE = re.compile(r"(=|-|~|\^|\*|\+|#)\1{2,}[ \t]*$")


def extract(workspace: Workspace) -> dict[str, Any]:
    """``{path: {"sha256", "text", "headings": [{"level", "text", "line"}], "truncated", "error"}}``.

    At most 200 files, the nearest to the root first; the text is cut at 200 kB.
    """
    wanted = [entry for entry in own_files(workspace) if is_text(entry.path)]
    wanted.sort(key=lambda entry: (entry.path.count("/"), entry.path))
    return {entry.path: _read(workspace, entry) for entry in wanted[:_FILES]}


def is_text(path: str) -> bool:
    name = PurePosixPath(path)
    suffix = name.suffix.lower()
    return suffix in _MARKDOWN or is_readme(path)


def is_readme(path: str) -> bool:
    """README with or without an extension, LISEZMOI too."""
    name = PurePosixPath(path)
    return name.stem.lower().startswith(("readme", "lisezmoi", "lisez-moi")) and name.suffix.lower() in _PLAIN


def headings(text: str) -> list[dict[str, Any]]:
    """Titles by ``#`` or by underlining, outside fenced code, with their 1-based line."""
    found: list[dict[str, Any]] = []
    fenced = False
    previous = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if _FENCE.match(line):
            fenced, previous = not fenced, ""
            continue
        if fenced:
            continue
        if match := _ATX.match(line):
            title = match[2].rstrip().rstrip("#").rstrip() or match[2]
            found.append({"level": len(match[1]), "text": title[:300], "line": number})
        elif _UNDERLINE.match(line) and previous.strip() and not previous.lstrip().startswith(("|", "-", ">")):
            found.append(
                {"level": 1 if line.startswith("=") else 2, "text": previous.strip()[:300], "line": number - 1}
            )
        previous = line
    return found[:_HEADINGS]


def _read(workspace: Workspace, entry: FileEntry) -> dict[str, Any]:
    fact: dict[str, Any] = {
        "sha256": entry.sha256,
        "text": "",
        "headings": [],
        "truncated": False,
        "error": None,
    }
    try:
        text = decode(workspace.read_bytes(entry.path, _BYTES))
    except SubmissionFault as error:
        return fact | {"error": recorded(error)}
    fact["text"] = text[:_TEXT]
    fact["truncated"] = len(text) > _TEXT
    fact["headings"] = headings(fact["text"])
    return fact


EXTRACTOR = Extractor("texts", 2, extract)
