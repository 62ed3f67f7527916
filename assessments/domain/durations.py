"""How long the tasks that open candidates' files may take, in seconds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Duration:
    """``reading`` is for unpacking and reading the file; past ``soft`` the task is interrupted, past ``hard`` killed.

    ``reading`` stays well below ``soft``: material that is slow to read must not look like a fault of ours.
    """

    reading: float
    soft: int
    hard: int


# After reading: the longest that a check may run something is fifteen minutes (an environment built, five notebooks).
EVALUATION = Duration(reading=480, soft=1500, hard=1560)
INSPECTION = Duration(reading=180, soft=280, hard=300)
