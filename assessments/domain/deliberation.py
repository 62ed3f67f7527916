"""From blind marks to a bloc's outcome: majority per line of the grid, every line acquired. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Mapping, Sequence
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)


def votes(levels: Sequence[str]) -> dict[str, int]:
    """Count the marks of one line by level."""
    return dict(Counter(levels))


def majority(levels: Sequence[str]) -> str | None:
    """The level held by more than half of the marks; None where there is none, and the president must decide."""
    if not levels:
        return None
    level, count = Counter(levels).most_common(1)[0]
    return level if count * 2 > len(levels) else None


def quorum_reached(sealed_ballots: int, quorum: int) -> bool:
    return sealed_ballots >= quorum


def bloc_acquired(levels: Mapping[Key, str], acquired: Collection[str], lines: Collection[Key]) -> bool:
    """Whether a bloc is acquired: each of its ``lines`` has a level, and the level counts as acquired.

    ``levels`` maps a line's key to its final level; ``acquired`` are the scale's codes that count. A bloc without
    lines is never acquired by default.
    """
    return bool(lines) and all(levels.get(line) in acquired for line in lines)
