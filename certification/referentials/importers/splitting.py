"""A cell into its items: bullets, numbers, codes, lines. Pure functions.

Splitting is never certain: whoever calls says so in a remark, and a person decides.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

_BULLET = re.compile(r"^\s*(?:[•▪◦●○■□‣⁃∙·➢✓*\uf0b7\uf0a7]|[-–—]|o(?=\t| {2}))\s*(?=\S)")
_SHAPE = r"RNCP\d+BC\d+|[A-Z]{0,6} ?\d+[A-Za-z]?(?:[.\-–][A-Z]{0,3}\d+[A-Za-z]?)*"
_MARKED = re.compile(rf"^(?P<code>{_SHAPE})(?:\s*[:)|]|\.(?=\s)|\s[-–—])\s*(?=\S)")
_BARE = re.compile(
    r"^(?P<code>RNCP\d+BC\d+|(?:A|C|E|M|BC|CC|CR)\d+(?:[.\-–][A-Z]{0,3}\d+[A-Za-z]?)*|\d+(?:\.\d+)+)\s+(?=\S)"
)
_BLOC = re.compile(
    r"^bloc(?:\s+de\s+compétences)?\s*(?:n\s*[°º]\s*)?(?P<code>\d+\s?[A-Z]?\b|[A-Z]\b)\s*[:.\-–—|]*\s*", re.IGNORECASE
)
_SENTENCE = re.compile(r"[.!?…]\s+(?=[A-ZÀÂÉÈÊÎÔ])")
MAX_CODE = 60


@dataclass(slots=True)
class Piece:
    """One item found in a cell: its printed code, its text, its sub-items."""

    text: str
    code: str | None = None
    items: list[str] = field(default_factory=list)


def clean(text: str) -> str:
    """The text less control characters, trailing spaces and empty lines; line ends as `\\n`."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\x0b", "\n")
    text = re.sub(r"[\x00-\x08\x0c-\x1f\x7f\ud800-\udfff\ufeff]", "", text)
    lines = (line.strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def coded(text: str) -> tuple[str | None, str]:
    """A printed code and what follows it: « C1.1 : Analyser » → ("C1.1", "Analyser").

    Without a mark after it, only what looks like nothing else is a code: « 3 graphiques » and « R2 élevé » have none.
    """
    found = _MARKED.match(text) or _BARE.match(text)
    if not found or len(found["code"]) > MAX_CODE:
        return None, text
    return found["code"].strip(), text[found.end() :].strip()


def bloc_coded(text: str) -> tuple[str | None, str]:
    """The code and the title of a bloc: « BLOC 1 – Analyser » → ("1", "Analyser"); a lone « BLOC 1 » is its title."""
    flat = " ".join(text.split())
    found = _BLOC.match(flat)
    if found:
        return found["code"].replace(" ", ""), flat[found.end() :].strip() or flat
    code, rest = coded(flat)
    return code, rest


def pieces(text: str) -> list[Piece]:
    """The items of a cell. A line ending with a colon takes the bulleted lines below as its sub-items."""
    found: list[Piece] = []
    for line in clean(text).split("\n"):
        bulleted = _BULLET.match(line)
        bare = line[bulleted.end() :].strip() if bulleted else line
        if not bare:
            continue
        if bulleted and found and (found[-1].text.endswith(":") or found[-1].items):
            found[-1].items.append(bare)
            continue
        found.append(_piece(bare))
    return found


def _piece(line: str) -> Piece:
    code, rest = coded(line)
    return Piece(rest, code)


def sentences(text: str) -> list[str]:
    """The sentences of a text of one line."""
    ends = [0, *(found.end() for found in _SENTENCE.finditer(text)), len(text)]
    return [text[start:end].strip() for start, end in pairwise(ends) if text[start:end].strip()]
