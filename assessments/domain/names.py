"""Whether two writings name the same person. Pure."""

from __future__ import annotations

import re
import unicodedata

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d"})
_BETWEEN_WORDS = re.compile(r"[^\w]+|_")
_HYPHENS = re.compile("[-\u2010-\u2015\u2212\u00ad]")


def same_name(one: str, other: str) -> bool:
    """Whatever the case, the accents, the order of the words, hyphens written, left out or turned into spaces.

    A name that lacks a word of the other is another name: it is for a person to say whether it is the same one.
    """
    return bool(_writings(one) & _writings(other))


def _writings(name: str) -> set[tuple[str, ...]]:
    """The words of a name in an order of their own, hyphenated ones as several words and as one."""
    return {_words(_HYPHENS.sub(between, name)) for between in (" ", "")}


def _words(name: str) -> tuple[str, ...]:
    plain = unicodedata.normalize("NFKD", name.casefold().translate(_LIGATURES))
    bare = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return tuple(sorted(word for word in _BETWEEN_WORDS.split(bare) if word))
