"""Until when a file counts: judged at its last byte received, whatever is done with it afterwards. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol, TypeVar

LEADING = frozenset({"inspecting", "stuck", "accepted"})
"""States of an upload, received whole, from which a submission may still come."""


class Incoming(Protocol):
    """A file on its way in. ``received_at`` is the moment of its last byte, None while bytes are missing."""

    state: str
    received_at: datetime | None


AnyIncoming = TypeVar("AnyIncoming", bound=Incoming)


def in_time(deadline: datetime, *, received_at: datetime | None, now: datetime) -> bool:
    """Whether what was received whole at ``received_at`` (None: not yet) may be submitted at ``now``.

    The instant of the deadline is in time. How long a file then waits for its inspection, or for another one after a
    fault of the platform, is not held against whoever sent it.
    """
    return (received_at or now) <= deadline


def counts(upload: Incoming, deadline: datetime) -> bool:
    """Whether a submission may still come of an upload once the deadline has passed."""
    return upload.state in LEADING and upload.received_at is not None and upload.received_at <= deadline


def standing(uploads: Iterable[AnyIncoming], *, deadline: datetime, now: datetime) -> AnyIncoming | None:
    """The upload that the candidate goes on with, of a work's uploads from the latest to the first.

    It is the latest, but after the deadline the latest that counts: one begun too late hides none that came in time.
    """
    every = list(uploads)
    if now > deadline:
        every.sort(key=lambda upload: not counts(upload, deadline))
    return every[0] if every else None
