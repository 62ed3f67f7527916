"""What one person may send: counted over a day that slides, and over what waits to be submitted. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes and files of a day, files on their way in at once, bytes that wait to be submitted."""

    bytes_per_day: int
    inspections_per_day: int
    open_uploads: int
    waiting_bytes: int


@dataclass(frozen=True, slots=True)
class Received:
    """One file that came, whole or not: its bytes, and when the last of them came."""

    at: datetime
    size: int
    whole: bool


@dataclass(frozen=True, slots=True)
class Exceeded:
    """The quota in the way, and when time alone has made room: None where only the person can."""

    code: str
    until: datetime | None = None


def exceeded(
    limits: Limits,
    *,
    size: int,
    received: Sequence[Received],
    receiving: int,
    inspecting: int,
    waiting_bytes: int,
    now: datetime,
) -> Exceeded | None:
    """What forbids ``size`` bytes more; None when nothing does.

    ``received`` need not be limited to a day, and holds what is being inspected already; what is still being received
    counts as inspections to come.
    """
    if receiving + inspecting >= limits.open_uploads:
        return Exceeded("quota.open_uploads")
    if waiting_bytes + size > limits.waiting_bytes:
        return Exceeded("quota.waiting_bytes")
    today = sorted((each for each in received if each.at > now - DAY), key=lambda each: each.at)
    room = limits.bytes_per_day - size
    if sum(each.size for each in today) > room:
        return Exceeded("quota.bytes_per_day", _until([(each.at, each.size) for each in today], room))
    whole = [(each.at, 1) for each in today if each.whole]
    room = limits.inspections_per_day - receiving - 1
    if len(whole) > room:
        return Exceeded("quota.inspections_per_day", _until(whole, room))
    return None


def _until(counted: Sequence[tuple[datetime, int]], room: int) -> datetime | None:
    """When enough of what was counted, from the earliest on, is a day old; None if even all of it is not enough."""
    left = sum(count for _at, count in counted)
    for at, count in counted:
        left -= count
        if left <= room:
            return at + DAY
    return None
