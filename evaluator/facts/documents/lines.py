"""Which lines of a printed document are headings. Pure: it sees lines with their size and place."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

_LONGEST = 140
_LARGER = 1.12
_NUMBERED = re.compile(r"(\d{1,2}(\.\d{1,2}){0,3}|[IVX]{1,5}|[A-Z])\s*[.)–-]\s*\S|\d{1,2}(\.\d{1,2}){1,3}\s+\S")
_ENDS = (".", ",", ";", ":")
_LEADERS = re.compile(r"(\. ?){4,}|…{2,}")  # a line of a table of contents
_LISTED = 100


@dataclass(frozen=True, slots=True)
class Line:
    """``size`` is the height of the letters in points; ``top`` is 0 at the top of the page and 1 at the bottom."""

    text: str
    size: float
    top: float
    bold: bool


def headings(pages: list[list[Line]]) -> list[list[dict[str, Any]]]:
    """For each page its headings ``{"text", "size", "top"}``: larger than the body, or bold and short."""
    body = _body(pages)
    repeated = _repeated(pages)
    return [
        [
            {"text": line.text[:_LONGEST], "size": line.size, "top": line.top}
            for line in page
            if line.text not in repeated and _is_heading(line, body)
        ][:_LISTED]
        for page in pages
    ]


def _body(pages: list[list[Line]]) -> float:
    """The size in which most letters stand."""
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page:
            sizes[round(line.size, 1)] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _repeated(pages: list[list[Line]]) -> set[str]:
    """Running heads: the same text on three pages or more."""
    seen = Counter(text for page in pages for text in {line.text for line in page})
    return {text for text, count in seen.items() if count >= 3}


def _is_heading(line: Line, body: float) -> bool:
    text = line.text
    if not 2 < len(text) <= _LONGEST or _LEADERS.search(text) or sum(letter.isalpha() for letter in text) < 3:
        return False
    if line.size >= body * _LARGER:
        return True
    short = not text.endswith(_ENDS) and len(text) <= 90
    return short and line.size >= body * 0.98 and (line.bold and bool(_NUMBERED.match(text) or text[0].isupper()))
