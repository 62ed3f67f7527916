"""Where in a file things are named."""

from __future__ import annotations

_LINES_READ = 3_000_000


class Places:
    """Lines looked through from the last place found, since what is looked for usually stands in order.

    Past three million lines read in all nothing more is looked for: a long file of long lists must not hold us.
    """

    def __init__(self, text: str) -> None:
        self._lines = text.splitlines()
        self._at = 0
        self._left = _LINES_READ

    def of(self, text: str) -> int:
        """The 1-based line that holds ``text``, 1 when none does."""
        count = len(self._lines)
        for step in range(min(count, self._left)):
            self._left -= 1
            index = (self._at + step) % count
            if text in self._lines[index]:
                self._at = index
                return index + 1
        return 1
