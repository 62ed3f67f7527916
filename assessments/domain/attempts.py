"""Whether an épreuve may be presented once more: pure."""

from __future__ import annotations

from enum import StrEnum

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
