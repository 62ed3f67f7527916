"""Signs that hide themselves, or turn the text around them, shown as what they are: ``‹U+202E›``.

A name, a path or a line of code may hold overrides of direction that make it read otherwise than it is stored (N.
Boucher, R. Anderson, Trojan Source, 2021), or letters that take no room. Letters of any script are left alone: Arabic
and Hebrew need no such sign to be read.
"""

from __future__ import annotations

import re
from typing import Final

# Controls of direction, then what takes no room: soft hyphen, zero widths, invisible operators, fillers, tags.
_SIGNS: Final = (
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f"
)
# Persian and the scripts of India join or part letters by these two, and emoji are put together; ASCII has no use.
_JOINERS = "(?:(?<![^\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f]))"
_INVISIBLE = re.compile(f"[{_SIGNS}]|{_JOINERS}")
_MAYBE = re.compile(f"[{_SIGNS}\u200c\u200d]")

# Of a page: what a browser shows as text, and the attributes that it shows; what a form sends back stays as it is.
_PIECES = re.compile(r"<textarea\b.*?</textarea\s*>|<[a-zA-Z/!][^>]*>|[^<]+|<", re.DOTALL | re.IGNORECASE)
_SHOWN = re.compile(r"(?<=\s)(?:title|alt|aria-label|placeholder|label)=(?:\"[^\"]*\"|'[^']*')", re.IGNORECASE)


def visible(text: str) -> str:
    """``text`` with every invisible sign written as its code point between guillemets."""
    return _INVISIBLE.sub(_written, text) if _MAYBE.search(text) else text


def visible_html(page: str) -> str:
    """The same for a page of HTML, outside what a form sends back; the very page where there is nothing to show."""
    return _PIECES.sub(_shown_piece, page) if _MAYBE.search(page) else page


def _written(found: re.Match[str]) -> str:
    return "".join(f"‹U+{ord(sign):04X}›" for sign in found[0])


def _shown_piece(found: re.Match[str]) -> str:
    piece = found[0]
    if piece[:9].lower() == "<textarea":
        return piece
    if piece.startswith("<") and len(piece) > 1:
        return _SHOWN.sub(lambda attribute: visible(attribute[0]), piece)
    return visible(piece)
