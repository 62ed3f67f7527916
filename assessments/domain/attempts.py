"""Attempts at an épreuve: which of several counts, and whether one may be presented once more. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from assessments.domain.workflow import ENDED, WorkState


class Bar(StrEnum):
    """What stands in the way of the next attempt."""

    UNDER_WAY = "under_way"
    APPEALED = "appealed"
    WON = "won"
    DEADLINE = "deadline"
    ATTEMPTS = "attempts"


def exceeds(attempt: int, most: int | None) -> bool:
    """Whether an attempt is one too many; ``most`` None: as many as one likes."""
    return most is not None and attempt > most


def bar(
    state: WorkState, *, attempt: int, latest: bool, won: bool, before_deadline: bool, most: int | None
) -> Bar | None:
    """What forbids to follow the attempt number ``attempt``, now in ``state``, with another; None where nothing does.

    ``latest``: no later one was begun. ``won``: the épreuve was passed, or what it serves was awarded.
    """
    if state is WorkState.APPEALED:
        return Bar.APPEALED
    if state not in ENDED or not latest:
        return Bar.UNDER_WAY
    if won:
        return Bar.WON
    if not before_deadline:
        return Bar.DEADLINE
    return Bar.ATTEMPTS if exceeds(attempt + 1, most) else None


def awaited(state: WorkState, *, before_deadline: bool) -> bool:
    """Whether a decision may still come of an attempt; what nobody handed in ends with the deposits of its session."""
    if state in (WorkState.DRAFT, WorkState.RETURNED):
        return before_deadline
    return state not in ENDED and state is not WorkState.APPEALED


Decided = TypeVar("Decided")


@dataclass(frozen=True, slots=True)
class Attempt(Generic[Decided]):
    """``decision`` is None while there is none; ``passed``: every line acquired; ``open``: under way, or again."""

    decision: Decided | None
    passed: bool = False
    open: bool = False


def counting(attempts: Sequence[Attempt[Decided]]) -> Decided | None:
    """The decision that counts, of attempts in the order in which they began; None while it is awaited.

    One that was passed is for good. Else the last decision counts, unless a later attempt is under way: then the
    épreuve is to be decided anew, and what was missed before says nothing of it.
    """
    passed = [attempt.decision for attempt in attempts if attempt.passed]
    if passed:
        return passed[-1]
    for attempt in reversed(attempts):
        if attempt.open:
            return None
        if attempt.decision is not None:
            return attempt.decision
    return None
