"""Locks by a name of ours, each held until the transaction ends. Their numbers stand here, side by side."""

from __future__ import annotations

from enum import IntEnum

from django.db import connection

from assessments.services.errors import Busy


class Lock(IntEnum):
    """What is held: with a key one of many, without any the only one."""

    JOURNAL = 0x4A414C4F
    """One writer at a time, so that the chain never forks."""

    TURNS = 0x5455524E
    """By kind: one worker chooses at a time, so that what each holds is counted in the next one's choice."""

    CONTENT = 0x434F4E54
    """By digest: nobody else keeps or erases this content."""

    DEPOSITS = 0x4445
    """By person: no other act counts, or adds to, what they send."""


_KEYS = 2**31


def hold(lock: Lock, key: int = 0) -> None:
    """Wait for the lock. Two keys may come to be one, and then wait for each other without need."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [lock, key % _KEYS])


def hold_at_once(lock: Lock, key: int) -> None:
    """The same without waiting for it. Raises Busy."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [lock, key % _KEYS])
        if not cursor.fetchone()[0]:
            raise Busy


def wait_for_locks(seconds: int) -> None:
    """For the rest of the transaction wait so long, where to come back costs more than to wait."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{seconds}s"])
