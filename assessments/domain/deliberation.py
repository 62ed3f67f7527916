"""From blind marks and rulings to an épreuve's outcome: a level per line of the grid, every line acquired. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Outcome(Generic[Key]):
    """Where rulings lead: ``acquired`` is None while ``undecided`` lines have no level.

    ``unexplained`` are the lines whose level departs from the proposed one without a word.
    """

    acquired: bool | None
    undecided: Sequence[Key]
    unexplained: Sequence[Key]


def votes(levels: Sequence[str]) -> dict[str, int]:
    """Count the marks of one line by level."""
    return dict(Counter(levels))


def majority(levels: Sequence[str]) -> str | None:
    """The level held by more than half of the marks; None where there is none, and the president must decide."""
    if not levels:
        return None
    level, count = Counter(levels).most_common(1)[0]
    return level if count * 2 > len(levels) else None


def casting(levels: Sequence[str], presidents: str) -> str | None:
    """The level that the president's vote gives where votes are shared equally; None where they are not.

    « Il a voix prépondérante, en cas de partage égal des voix » (Code du travail, art. D6412-6): as many marks for one
    level as for another, and none besides; ``presidents`` is the president's own mark, one of them.
    """
    shared = Counter(levels)
    equal = len(shared) == 2 and len(set(shared.values())) == 1
    return presidents if equal and presidents in shared else None


def quorum_reached(sealed_ballots: int, quorum: int) -> bool:
    return sealed_ballots >= quorum


def passed(levels: Collection[str], acquired: Collection[str]) -> bool:
    """Whether an épreuve is passed: its lines' final ``levels`` all count as ``acquired``.

    An épreuve without lines is never passed by default.
    """
    return bool(levels) and all(level in acquired for level in levels)


def outcome_of(
    proposed: Mapping[Key, str], rulings: Mapping[Key, tuple[str, str]], acquired: Collection[str]
) -> Outcome[Key]:
    """What ``rulings`` (level and comment by line) would decide over the ``proposed`` levels, empty where none is."""
    levels = {key: rulings[key][0] or level if key in rulings else level for key, level in proposed.items()}
    undecided = [key for key, level in levels.items() if not level]
    unexplained = [key for key, level in levels.items() if level != proposed[key] and not rulings[key][1].strip()]
    return Outcome(None if undecided else passed(levels.values(), acquired), undecided, unexplained)
