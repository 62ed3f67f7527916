"""How long a text that a person writes may be, in characters: one number for forms, services and the database."""

from __future__ import annotations

from typing import Final

LABEL: Final = 80
"""A token of the API."""
NAME: Final = 200
"""A person, a session, a sitting, a place."""
ADDRESS: Final = 254
"""An e-mail address (RFC 5321, a path of 256 with its brackets)."""
REMARK: Final = 5_000
"""What is said of one line: by the mentor, by a juror, by the president."""
COMMENT: Final = 20_000
"""What is said of a whole work: the mentor's comment, a juror's appreciation, the reasons of a decision."""


def excess(text: str, longest: int) -> int:
    """How many characters are too many; 0 where it fits."""
    return max(0, len(text) - longest)
