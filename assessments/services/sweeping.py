"""The sweep of one kind of leased rows: ring again for what nobody came for, give up what is out of attempts."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from assessments import dispatch
from assessments.domain.leases import WORKER_LOST
from assessments.services import leases
from assessments.services.leases import Kind, LeaseLost, Row

AT_ONCE = 200  # rows rung for, and rows given up, in one go
_MANY = 99  # rings that nobody answered; no policy waits any longer after more


def sweep(kind: Kind[Row]) -> int:
    """Look after the oldest rows of a kind; how many were rung for."""
    now = timezone.now()
    _bury(kind, now)
    silent = _called_for(kind, now).filter(ring_at__lte=now).select_related(*kind.related)
    return sum(_ring(kind, row, now) for row in silent.order_by("due_at", "pk")[:AT_ONCE])


def _called_for(kind: Kind[Row], now: datetime) -> QuerySet[Row]:
    """What a ring may be for: where persons take turns, of each the row that is served first."""
    waiting = kind.claimable(now)
    if not kind.person:
        return waiting
    person = f"{kind.person}_id"
    first = waiting.order_by(person, "due_at", "pk").distinct(person).values("pk")
    return kind.rows.filter(pk__in=first)


def _bury(kind: Kind[Row], now: datetime) -> None:
    """A row whose last holder never came back has no other cause than that."""
    lost = kind.rows.filter(leases.free(now), due_at__lte=now, attempts__gte=kind.policy.attempts)
    for row in lost.select_related(*kind.related).order_by("due_at", "pk")[:AT_ONCE]:
        unchanged = kind.rows.filter(pk=row.pk, due_at=row.due_at, lease_token=row.lease_token, attempts=row.attempts)
        fault = {"fault_code": row.fault_code or WORKER_LOST, "fault_params": row.fault_params}
        with suppress(LeaseLost):
            leases.give_up(kind, row, unchanged, fault)


@transaction.atomic
def _ring(kind: Kind[Row], row: Row, now: datetime) -> bool:
    unchanged = kind.rows.filter(pk=row.pk, due_at=row.due_at, lease_token=row.lease_token)
    if not kind.wanted(row):
        unchanged.update(due_at=None, ring_at=None, lease_token=None, lease_expires_at=None)
        return False
    rings = min(row.rings + 1, _MANY)
    if unchanged.update(rings=rings, ring_at=now + kind.policy.ring.after(rings)):
        dispatch.ring(kind.task, row.pk)
    return True
