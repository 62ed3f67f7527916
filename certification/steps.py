"""Tells the person at the terminal what is being done and how long each step took."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

PULSE = 10.0  # seconds between two words about a step that lasts


class Steps:
    """Prints one line per step: mark, name, what came out of it, seconds; and how far a long one is."""

    def __init__(self, out: TextIO, *, pulse: float = PULSE) -> None:
        self.out = out
        self.pulse = pulse
        self.began = self._told = time.monotonic()

    @contextmanager
    def step(self, name: str) -> Iterator[list[str]]:
        """Times the block; what it appends to the list is printed beneath its line."""
        began = self._told = time.monotonic()
        details: list[str] = []
        try:
            yield details
        except BaseException:
            self._line("✗", name, time.monotonic() - began, details)
            raise
        self._line("✓", name, time.monotonic() - began, details)

    def advance(self, text: str) -> None:
        """Say how far the step under way is; what comes too soon after the last word is left out."""
        now = time.monotonic()
        if now - self._told >= self.pulse:
            self._told = now
            self.say(f"  … {text}")

    def total(self) -> float:
        """Seconds since the first step could begin."""
        return time.monotonic() - self.began

    def say(self, text: str = "") -> None:
        print(text, file=self.out, flush=True)

    def _line(self, mark: str, name: str, seconds: float, details: list[str]) -> None:
        self.say(f"{mark} {name:<64} {seconds:6.1f} s")
        for detail in details:
            self.say(f"    {detail}")
