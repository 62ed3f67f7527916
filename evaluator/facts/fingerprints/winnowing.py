"""Winnowing: which of the many hashes of a text are kept as its fingerprints.

S. Schleimer, D. S. Wilkerson and A. Aiken, *Winnowing: Local Algorithms for Document Fingerprinting*, SIGMOD 2003.
Every run of ``k`` tokens is hashed; in each window of ``w`` hashes that follow one another, the smallest is kept, the
rightmost of equal ones. Two texts that share a run of ``w + k - 1`` tokens are sure to share a fingerprint, and a run
below ``k`` tokens is never seen. About ``2 / (w + 1)`` of the hashes are kept.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

_BYTES = 6  # exact as a JSON number; among 6 million prints, one is met by chance once in 47 million


@dataclass(frozen=True, slots=True)
class Size:
    """``k`` tokens to a hash, ``w`` hashes to a window."""

    k: int
    w: int

    @property
    def guarantee(self) -> int:
        """The number of tokens in common from which at least one fingerprint is shared."""
        return self.w + self.k - 1


CODE = Size(k=24, w=8)  # sure from 31 tokens, three or four lines of data science; nothing below 24, one long call
WORDS = Size(k=10, w=6)  # sure from 15 words in a row, nothing below 10


@dataclass(frozen=True, slots=True)
class Token:
    """``text`` as it is compared, ``line`` where it stands (1-based)."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Print:
    value: int
    line: int
    end_line: int


def winnow(tokens: Sequence[Token], size: Size) -> list[Print]:
    """The fingerprints in the order of the text; none below ``k`` tokens, one when there is no full window."""
    hashes = _hashes(tokens, size.k)
    return [Print(hashes[at], tokens[at].line, tokens[at + size.k - 1].line) for at in _chosen(hashes, size.w)]


def _hashes(tokens: Sequence[Token], k: int) -> list[int]:
    texts = [token.text for token in tokens]
    return [_hash(texts[start : start + k]) for start in range(len(texts) - k + 1)]


def _hash(texts: Sequence[str]) -> int:
    digest = hashlib.blake2b("\0".join(texts).encode("utf-8", "replace"), digest_size=_BYTES)
    return int.from_bytes(digest.digest(), "big")


def _chosen(hashes: Sequence[int], w: int) -> list[int]:
    """The places kept, ascending: the minimum of each window, in time proportional to the hashes."""
    chosen: list[int] = []
    ascending: deque[int] = deque()  # places of the window whose hashes grow from left to right
    first_full = min(w, len(hashes)) - 1
    for place, value in enumerate(hashes):
        while ascending and hashes[ascending[-1]] >= value:
            ascending.pop()
        ascending.append(place)
        if ascending[0] <= place - w:
            ascending.popleft()
        if place >= first_full and (not chosen or chosen[-1] != ascending[0]):
            chosen.append(ascending[0])
    return chosen
