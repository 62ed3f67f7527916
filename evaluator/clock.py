"""Time that several steps share."""

from __future__ import annotations

import time


class Clock:
    """Runs for ``seconds`` from now on."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds

    def share(self, parts: int = 1) -> float:
        """The seconds of one of ``parts`` equal parts of what is left; 0 when nothing is."""
        return max(0.0, self._ends - time.monotonic()) / parts
