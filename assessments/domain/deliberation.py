"""From blind marks to a bloc's outcome: majority per criterion, every criterion acquired. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence


def votes(levels: Sequence[str]) -> dict[str, int]:
    """Count the marks of one criterion by level."""
    return dict(Counter(levels))


def majority(levels: Sequence[str]) -> str | None:
    """The level held by more than half of the marks; None where there is none, and the president must decide."""
    if not levels:
        return None
    level, count = Counter(levels).most_common(1)[0]
    return level if count * 2 > len(levels) else None


def quorum_reached(sealed_ballots: int, quorum: int) -> bool:
    return sealed_ballots >= quorum


def bloc_acquired(levels: Mapping[int, str], acquired: Collection[str], criteria: Collection[int]) -> bool:
    """Whether a bloc is acquired: each of its ``criteria`` has a level, and the level counts as acquired.

    ``levels`` maps a criterion's key to its final level; ``acquired`` are the scale's codes that count. A bloc
    without criteria is never acquired by default.
    """
    return bool(criteria) and all(levels.get(criterion) in acquired for criterion in criteria)
