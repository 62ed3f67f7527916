"""Which of several attempts at an épreuve counts. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Decided = TypeVar("Decided")


@dataclass(frozen=True, slots=True)
class Attempt(Generic[Decided]):
    """``decision`` is None while there is none; ``passed``: every line acquired; ``open``: still under way."""

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
        if attempt.decision is not None:
            return attempt.decision
        if attempt.open:
            return None
    return None
