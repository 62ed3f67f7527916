"""Tells the person at the terminal what is being done and how long each step took."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO


class Steps:
    """Prints one line per step: mark, name, what came out of it, seconds."""

    def __init__(self, out: TextIO) -> None:
        self.out = out
        self.began = time.monotonic()

    @contextmanager
    def step(self, name: str) -> Iterator[list[str]]:
        """Times the block; what it appends to the list is printed beneath its line."""
        began = time.monotonic()
        details: list[str] = []
        try:
            yield details
        except BaseException:
            self._line("✗", name, time.monotonic() - began, details)
            raise
        self._line("✓", name, time.monotonic() - began, details)

    def total(self) -> float:
        """Seconds since the first step could begin."""
        return time.monotonic() - self.began

    def say(self, text: str = "") -> None:
        print(text, file=self.out, flush=True)

    def _line(self, mark: str, name: str, seconds: float, details: list[str]) -> None:
        self.say(f"{mark} {name:<64} {seconds:6.1f} s")
        for detail in details:
            self.say(f"    {detail}")
