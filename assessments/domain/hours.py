"""One passage in time: how long it lasts, and when a juror can sit. Pure rules."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

UNSAID = 45
"""Minutes of a passage of which the référentiel says nothing."""


@dataclass(frozen=True, slots=True)
class Duration:
    """Minutes: the ``talk`` and the ``questions`` at most, both with the candidate's ``extra``, then the jury alone."""

    talk: int
    questions: int
    extra: int
    jury: int

    @property
    def total(self) -> int:
        return self.talk + self.questions + self.extra + self.jury


def durations(
    *,
    talk: int | None,
    questions: int | None,
    questions_max: int | None,
    whole: int | None,
    jury: int,
    extra: float = 0,
) -> Duration:
    """How long a passage lasts by its épreuve: UNSAID in all where that says nothing.

    ``whole`` is the épreuve's length with its questions, which counts where the talk's is not said. ``extra`` is the
    candidate's extra time, as a share of what they are heard for (a third: 0.33), rounded up to the minute; ``jury``
    the session's time for the jury alone.
    """
    asked = max(questions or 0, questions_max or 0)
    spoken = talk if talk is not None else max((whole or UNSAID) - asked, 0)
    return Duration(spoken, asked, math.ceil(round((spoken + asked) * extra, 6)), jury)


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours that a juror said: in which they can sit (``free``), or are away."""

    starts: datetime
    ends: datetime
    free: bool


def can_sit(said: Iterable[Hours], starts: datetime, ends: datetime) -> bool:
    """Whether a juror can sit throughout: within hours that they gave, if they gave any, and never while away."""
    hours = list(said)
    if any(not each.free and each.starts < ends and starts < each.ends for each in hours):
        return False
    given = [each for each in hours if each.free]
    return not given or any(each.starts <= starts and ends <= each.ends for each in given)
