"""How work that waits for a worker is leased, retried, rung for and given up. Pure rules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

RENEWALS_PER_LEASE = 5  # a heartbeat or two may be late without the lease being lost
MEMORY = timedelta(hours=1)  # for which it counts that a person was served
WORKER_LOST = "engine.worker_lost"


@dataclass(frozen=True, slots=True)
class Backoff:
    """Delays that grow: ``first``, then ``factor`` times as long each time, ``most`` in the end."""

    first: timedelta
    most: timedelta
    factor: int = 2

    def after(self, times: int) -> timedelta:
        """The delay once something has been tried ``times`` times, from one on."""
        delay = self.first
        for _each in range(times - 1):
            if delay >= self.most:
                break
            delay *= self.factor
        return min(delay, self.most)


@dataclass(frozen=True, slots=True)
class Policy:
    """``attempts`` at most, ``retry`` between them after a fault of ours, ``ring`` between rings nobody answers."""

    attempts: int
    retry: Backoff
    ring: Backoff

    def may_retry(self, attempts: int) -> bool:
        """Whether what has been tried ``attempts`` times may be tried once more."""
        return attempts < self.attempts


def _seconds(first: float, most: float, factor: int = 2) -> Backoff:
    return Backoff(timedelta(seconds=first), timedelta(seconds=most), factor)


# Somebody looks at the page and waits. Where persons take turns one row of each is rung for, however much waits.
AWAITED = Policy(attempts=3, retry=_seconds(15, 120), ring=_seconds(10, 60))
PRINTED = Policy(attempts=5, retry=_seconds(30, 3600, factor=5), ring=_seconds(10, 600))
CALLED = Policy(attempts=3, retry=_seconds(60, 600, factor=3), ring=_seconds(120, 600))
COMPARED = Policy(attempts=3, retry=_seconds(60, 600, factor=3), ring=_seconds(120, 600))
# One to two days of a post office out of reach.
POSTED = Policy(attempts=16, retry=_seconds(30, 4 * 3600), ring=_seconds(10, 600))


def heartbeat_seconds(lease: float) -> float:
    """How often the holder of a lease of so many seconds renews it."""
    return lease / RENEWALS_PER_LEASE


@dataclass(frozen=True, slots=True)
class Standing:
    """A person of whom something waits: how much is ``held`` now, when last ``served``, since when the ``oldest``."""

    person: int
    held: int
    served: datetime | None
    oldest: datetime


def in_turn(waiting: Iterable[Standing], *, held_at_most: int) -> list[Standing]:
    """Whose turn it is: fewest held, then served least recently (never comes first), then waiting for longest.

    Whoever has ``held_at_most`` held already waits, so that nobody takes every worker.
    """
    ready = [each for each in waiting if each.held < held_at_most]
    return sorted(ready, key=lambda each: (each.held, *_served(each), each.oldest, each.person))


def _served(standing: Standing) -> tuple[bool, float]:
    return (False, 0.0) if standing.served is None else (True, standing.served.timestamp())
