"""What has just failed is not tried again at once: whoever waits for it would wait in vain, one after another."""

import time
from collections.abc import Callable


class Breaker:
    """Open for `seconds` after a failure; then the next who comes tries. Shared by the threads of a process."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self.clock = clock
        self._until = float("-inf")

    @property
    def open(self) -> bool:
        """Whether nobody is to try now."""
        return self.clock() < self._until

    def trip(self) -> None:
        self._until = self.clock() + self.seconds
