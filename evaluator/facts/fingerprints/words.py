"""Text as words: without case, accents, punctuation and layout."""

from __future__ import annotations

import re
import unicodedata

from evaluator.facts.fingerprints.reading import Unit
from evaluator.facts.fingerprints.winnowing import Token

_WORD = re.compile(r"[^\W_]+")
_WORDS = 100_000


def tokens(unit: Unit) -> list[Token]:
    """The first hundred thousand words."""
    found: list[Token] = []
    for number, line in enumerate(unit.source.split("\n"), start=1):
        found.extend(Token(word, number) for word in _WORD.findall(_bare(line)))
        if len(found) >= _WORDS:
            break
    return found[:_WORDS]


def _bare(line: str) -> str:
    spread = unicodedata.normalize("NFKD", line.lower())
    return "".join(letter for letter in spread if not unicodedata.combining(letter))
