"""When a request came whole: what a deadline is judged on, however long it then waits for a thread."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final, Protocol

RECEIVED_AT: Final = "jalon.received_at"
"""In the WSGI environment, epoch seconds. No header of a client has such a name."""


class Received(Protocol):
    META: Any


def last_byte_of(request: Received) -> datetime | None:
    """The moment of the last byte of the body; None behind a server that does not tell it."""
    seconds = request.META.get(RECEIVED_AT)
    return datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, float) else None
