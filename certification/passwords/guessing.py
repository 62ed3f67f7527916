"""Whether a password is made of what is guessed first. Pure: texts in, an answer out."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Set

MAX_WORDS = 2
"""Distinct listed words: of three unrelated ones, a guesser has a hundred million to try before any digit."""
MAX_DIGITS = 8
"""A date of birth in full."""
MAX_SIGNS = 4
SHORT_UNIT = 5
LONGEST = 64
"""Nobody tries what is longer, unless it repeats itself."""
WALK = 4
READ_AS = {
    "0": "o",
    "1": "il",
    "3": "e",
    "4": "a",
    "5": "s",
    "7": "t",
    "8": "b",
    "9": "g",
    "@": "a",
    "$": "s",
    "!": "i",
}
"""The letters that a sign is written for."""


def plain(text: str) -> str:
    """In lower case and without accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe").replace("æ", "ae"))
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


ROWS = tuple(
    map(
        plain,
        (
            "azertyuiop", "qsdfghjklm", "wxcvbn", "qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz",
            "aqwzsxedcrfvtgbyhnuj", "aqzsedrftgyhujikolpm", "&é\"'(-è_çà)=", "01234567890",
        ),
    )
)  # fmt: skip


def is_guessable(password: str, words: Set[str], own: Set[str] = frozenset()) -> bool:
    """``words`` are plain, and ``own`` those that a guesser knows of this very person, who may use any number of them.

    True for a short unit repeated, and for a few words, walks over the keyboard, digits and
    signs with nothing else in between; what separates the parts of a word does not hide it.
    """
    unit = _unit(password.casefold())
    if len(unit) <= SHORT_UNIT:
        return True
    if len(unit) > LONGEST:
        return False
    text = plain(unit)
    bare = "".join(sign for sign in text if sign.isalnum())
    return any(_Cover(each, words, own).exists() for each in {text, bare})


def _unit(text: str) -> str:
    """The shortest text of which this one is a repetition: itself, in general."""
    again = (text + text).find(text, 1)
    return text[:again] if again > 0 else text


class _Cover:
    """A search for a way to read a text, from its start, as words, walks, digits and signs."""

    def __init__(self, text: str, words: Set[str], own: Set[str]) -> None:
        self.text, self.own = text, own
        self.here = [[word for word in words | own if _reads(text, at, word)] for at in range(len(text))]
        self.dead: set[tuple[int, frozenset[str], int, int]] = set()

    def exists(self, at: int = 0, used: frozenset[str] = frozenset(), digits: int = 0, signs: int = 0) -> bool:
        if at >= len(self.text):
            return True
        place = (at, used, digits, signs)
        if place in self.dead:
            return False
        self.dead.add(place)
        return any(self.exists(*after) for after in self._steps(at, used, digits, signs))

    def _steps(
        self, at: int, used: frozenset[str], digits: int, signs: int
    ) -> Iterator[tuple[int, frozenset[str], int, int]]:
        for word in self.here[at]:
            now = used | ({word} - self.own)
            if len(now) <= MAX_WORDS:
                yield at + len(word), now, digits, signs
        for length in _walks(self.text, at):
            yield at + length, used, digits, signs
        sign = self.text[at]
        if sign.isdigit() and digits < MAX_DIGITS:
            yield at + 1, used, digits + 1, signs
        elif not sign.isalnum() and signs < MAX_SIGNS:
            yield at + 1, used, digits, signs + 1


def _reads(text: str, at: int, word: str) -> bool:
    """Whether a word stands here, letters written with other signs included."""
    piece = text[at : at + len(word)]
    pairs = zip(piece, word, strict=False)
    return len(piece) == len(word) and all(sign == letter or letter in READ_AS.get(sign, "") for sign, letter in pairs)


def _walks(text: str, at: int) -> Iterator[int]:
    """The lengths of the walks along a row, either way, that begin here; the longest of each row."""
    for row in ROWS:
        for way in (row, row[::-1]):
            length = WALK
            while text[at : at + length] in way and at + length <= len(text):
                length += 1
            if length > WALK:
                yield length - 1
