"""Which works share the most with one of them: sets of fingerprints, met one work at a time.

What many people have says nothing of two of them: a print that more than four people hold, or more than one in twenty
of a large session, counts for nobody; nor does one of the material that was given to all. A share is a containment
(A. Broder, *On the resemblance and containment of documents*, 1997): of the prints of a work that count, the part
that the other work holds.
"""

from __future__ import annotations

import heapq
import sys
from array import array
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

KINDS = ("code", "text")
HELD_BY = 4  # people
HELD_BY_SHARE = 0.05
FEWEST = 12  # prints that count, below which a share would say nothing
FEWEST_SHARED = 4


@dataclass(frozen=True, slots=True)
class Sketch:
    """The distinct prints of a work, ascending, those of code apart from those of text.

    ``every``: only the prints that this power of two divides were kept, of code and of text; 1 keeps them all.
    """

    code: array[int]
    text: array[int]
    every: tuple[int, int] = (1, 1)

    def to_bytes(self) -> tuple[bytes, bytes]:
        """Code, then text, as a database keeps them: ``every``, then the prints, eight bytes each, little-endian."""
        code, text = (
            array("Q", [every]) + kept for every, kept in zip(self.every, (self.code, self.text), strict=True)
        )
        return _swapped(code).tobytes(), _swapped(text).tobytes()

    @classmethod
    def from_bytes(cls, code: bytes, text: bytes) -> Sketch:
        """Raises ValueError or IndexError for bytes of another form."""
        codes, texts = _swapped(array("Q", code)), _swapped(array("Q", text))
        return cls(codes[1:], texts[1:], (codes[0], texts[0]))


def _swapped(values: array[int]) -> array[int]:
    if sys.byteorder == "big":
        values = values[:]
        values.byteswap()
    return values


def sketch_of(fact: Mapping[str, Any]) -> Sketch:
    """The sketch of a work, from its fact ``fingerprints``."""
    values: dict[str, set[int]] = {kind: set() for kind in KINDS}
    for unit in fact["units"]:
        values[unit["kind"]].update(row[0] for row in unit["prints"])
    code, text = (array("Q", sorted(values[kind])) for kind in KINDS)
    return Sketch(code, text, (fact["every"]["code"], fact["every"]["text"]))


@dataclass(frozen=True, slots=True)
class Work:
    """One version of a work to compare with: ``key`` names the version, ``work`` the work, ``owner`` the person."""

    key: int
    work: int
    owner: int
    sketch: Sketch


@dataclass(frozen=True, slots=True)
class Nearest:
    """What a version of another work shares with this one.

    ``share`` and ``text`` are the parts, from 0 to 1, of this work's code and text that the other holds; None where
    this work has too little that counts. ``shared`` is the number of prints in common that count, of both kinds.
    """

    key: int
    share: float | None
    text: float | None
    shared: int

    @property
    def strength(self) -> float:
        return max(self.share or 0.0, self.text or 0.0)


@dataclass(frozen=True, slots=True)
class Compared:
    """``people`` are the others; ``common`` is the part of this work's code that too many of them hold to count.

    ``ignored`` are the prints of this work that do not count; ``nearest`` come with the strongest first.
    """

    people: int
    common: float
    ignored: frozenset[int]
    nearest: tuple[Nearest, ...]


class _Tally:
    """The work that is compared, and who holds which of its prints: each of them has a place, and a bit, among all."""

    def __init__(self, own: Sketch) -> None:
        self.values = sorted({*own.code, *own.text})
        self._all = frozenset(self.values)
        self._places = {value: place for place, value in enumerate(self.values)}
        self._holders = [0] * len(self.values)
        self._last: list[int | None] = [None] * len(self.values)
        self.people = 0
        self._person: int | None = None
        self._divided: dict[int, int] = {}

    def meet(self, other: Work) -> int:
        """Count the prints that ``other`` holds, once for each person; their bits."""
        if other.owner != self._person:
            self._person, self.people = other.owner, self.people + 1
        held = self._all.intersection(other.sketch.code) | self._all.intersection(other.sketch.text)
        for value in held:
            place = self._places[value]
            if self._last[place] != other.owner:
                self._last[place] = other.owner
                self._holders[place] += 1
        return self.bits(held)

    def bits(self, values: Iterable[int]) -> int:
        """A number with the bits of ``values`` set: thirty times smaller than a set of them."""
        mask = bytearray(len(self.values) // 8 + 1)
        for value in values:
            place = self._places[value]
            mask[place >> 3] |= 1 << (place & 7)
        return int.from_bytes(mask, "little")

    def divided(self, by: int) -> int:
        """The bits of the prints that ``by`` divides."""
        if by not in self._divided:
            self._divided[by] = self.bits(value for value in self.values if value % by == 0)
        return self._divided[by]

    def ignored(self, given: Collection[int]) -> frozenset[int]:
        most = max(HELD_BY, int((self.people + 1) * HELD_BY_SHARE))
        pairs = zip(self.values, self._holders, strict=True)
        return frozenset(value for value, holders in pairs if value in given or holders + 1 > most)


def compare(own: Sketch, others: Iterable[Work], *, given: Collection[int] = frozenset(), limit: int = 5) -> Compared:
    """The ``limit`` works nearest to ``own``, each by its nearest version.

    ``others`` are the works of other people, those of one person in a row; each is forgotten once met, but for one bit
    for each print of ``own``. ``given`` are the prints of the material that everybody was given.
    """
    tally = _Tally(own)
    met = [(other.key, other.work, other.sketch.every, tally.meet(other)) for other in others]
    ignored = tally.ignored(given)
    code, text = tally.bits(own.code), tally.bits(own.text)
    left_out = tally.bits(ignored)
    best: dict[int, Nearest] = {}
    for key, work, every, held in met:
        # Where the other work is so large that only a part of its prints is kept, the same part of ours is looked for.
        parts = (kept & ~left_out & tally.divided(by) for kept, by in zip((code, text), every, strict=True))
        found = _nearest(key, held, *parts)
        if found is not None and (work not in best or _rank(found) > _rank(best[work])):
            best[work] = found
    common = (code & left_out).bit_count() / code.bit_count() if code else 0.0
    return Compared(tally.people, common, ignored, tuple(heapq.nlargest(limit, best.values(), key=_rank)))


def _nearest(key: int, held: int, code: int, text: int) -> Nearest | None:
    """None for a work that shares too little to be named."""
    shared = (held & (code | text)).bit_count()
    if shared < FEWEST_SHARED:
        return None
    return Nearest(key, _part(held, code), _part(held, text), shared)


def _part(held: int, counting: int) -> float | None:
    total = counting.bit_count()
    return (held & counting).bit_count() / total if total >= FEWEST else None


def _rank(found: Nearest) -> tuple[float, int, int]:
    """Strongest first; among equals, the version handed in first."""
    return found.strength, found.shared, -found.key
