"""What of an older edition counts in the next one, by the rows of its carry-over table. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CarryRow:
    """What a part of the old edition becomes; ``new`` is empty where nothing of it counts. Parts are named by path."""

    old: str
    verdict: str
    new: Sequence[str]


def carried(rows: Iterable[CarryRow], won: Collection[str]) -> dict[str, list[CarryRow]]:
    """The parts of the new edition that count as won, each with the rows that make it so.

    A part made from several old ones counts only when all of them were won: the others' content was never judged.
    """
    sources: dict[str, list[CarryRow]] = {}
    for row in rows:
        for path in row.new:
            sources.setdefault(path, []).append(row)
    return {path: named for path, named in sources.items() if all(row.old in won for row in named)}
