"""The scale of a mark: its levels, in the order they are shown (DESIGN §3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Level:
    """One level of the scale. ``acquired`` says whether a line at this level counts as acquired.

    ``assessed`` is false for the level that says that nothing was judged: such a line has no level.
    """

    code: str
    labels: Mapping[str, str]
    acquired: bool = False
    assessed: bool = True


DEFAULT_SCALE: tuple[Level, ...] = (
    Level("acquired", {"fr": "acquis", "en": "achieved"}, acquired=True),
    Level("in_progress", {"fr": "en cours d'acquisition", "en": "in progress"}),
    Level("not_acquired", {"fr": "non acquis", "en": "not achieved"}),
    Level("not_assessed", {"fr": "non évalué", "en": "not assessed"}, assessed=False),
)


def scale_of(stored: Sequence[Mapping[str, Any]] | None) -> tuple[Level, ...]:
    """Return the levels of an edition, or the default scale where the edition states none.

    ``stored`` is a list of ``{"code", "label": {"fr", "en"}, "acquired", "assessed"}``.
    """
    if not stored:
        return DEFAULT_SCALE
    return tuple(
        Level(item["code"], item.get("label", {}), item.get("acquired", False), item.get("assessed", True))
        for item in stored
    )


def acquired_codes(scale: Sequence[Level]) -> frozenset[str]:
    return frozenset(level.code for level in scale if level.acquired)


def settled_level(scale: Sequence[Level]) -> str:
    """The level of a line that was settled before the defence: the first that counts as acquired."""
    return next(level.code for level in scale if level.acquired)
