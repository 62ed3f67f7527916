"""Locks by a name of ours, each held until the transaction ends. Their numbers stand here, side by side.

Rows are held in one order, so that nobody waits for whom waits for them: a session, sittings, passages, their works,
ballots; then the journal's chain, and last who and what is taken when.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

from django.db import connection

from assessments.models import Session, Sitting, Slot, Work
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


def hold_session(session_id: int) -> None:
    """Until the transaction ends nobody convokes, or gives and moves passages, in the session."""
    Session.objects.select_for_update(no_key=True).get(pk=session_id)


def hold_sittings(keys: Iterable[int]) -> None:
    """Until the transaction ends nobody edits or cancels these sittings, or changes who sits in them."""
    list(Sitting.objects.select_for_update(no_key=True).filter(pk__in=set(keys)).order_by("pk"))


def hold_passages(keys: Iterable[int]) -> None:
    """Until the transaction ends nobody seals for these passages, decides on them, or moves them or their works."""
    slots = list(Slot.objects.select_for_update(no_key=True).filter(pk__in=set(keys)).order_by("pk"))
    works = {slot.work_id for slot in slots}
    list(Work.objects.select_for_update(no_key=True).filter(pk__in=works).order_by("pk"))


def hold_work(work_id: int) -> None:
    """Until the transaction ends nobody moves the work, freezes its lines, or has it evaluated again."""
    Work.objects.select_for_update(of=("self",), no_key=True).get(pk=work_id)
