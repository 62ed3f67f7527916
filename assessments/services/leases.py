"""Rows that wait for a worker: made due, claimed, held, settled or failed. The one writer of their leases.

What each kind of row is called, and where, is its ``Kind``; ``services.leased`` lists them all. Everything is safe to
deliver twice: a ring that is lost is rung again by the sweep, and one too many finds nothing to do.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Generic, TypeVar

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from assessments import dispatch
from assessments.domain.leases import Policy, heartbeat_seconds
from assessments.models.leases import Leased
from assessments.services import journal
from assessments.services.seals import is_sealed, seal_of
from evaluator.errors import EngineFault

logger = logging.getLogger(__name__)

Row = TypeVar("Row", bound=Leased)


class LeaseLost(Exception):
    """Another delivery of the task holds the row now, or it is gone: stop, write nothing more."""


def _always(row: Any) -> bool:
    return True


@dataclass(frozen=True)
class Kind(Generic[Row]):
    """One kind of leased row, by its own fields: ``waiting``, ``held``, and those of a row given up, by ``dead``.

    A ``dead`` row with a ``due_at`` begins a new cycle then. ``buried`` is what the journal calls a row given up,
    where it is told there, with its seal where such rows have one. ``wanted``: whether a row that waits is still
    to be served, asked before each ring. ``person`` is the path to the person it is served for, where persons take
    turns; ``related`` what is read with it.
    """

    model: type[Row]
    task: str
    policy: Policy
    waiting: Mapping[str, Any]
    held: Mapping[str, Any]
    dead: Callable[[Row], Mapping[str, Any]]
    buried: str = ""
    wanted: Callable[[Row], bool] = _always
    person: str = ""
    related: tuple[str, ...] = ()

    @property
    def rows(self) -> QuerySet[Row]:
        return self.model._default_manager.all()

    def claimable(self, now: datetime) -> QuerySet[Row]:
        return self.rows.filter(free(now), due_at__lte=now, attempts__lt=self.policy.attempts)


def free(now: datetime) -> Q:
    """Held by nobody, or by one whose lease has run out."""
    return Q(lease_token__isnull=True) | Q(lease_expires_at__lt=now)


def lease() -> timedelta:
    """How long a holder may be silent."""
    return timedelta(seconds=settings.RUN_LEASE_SECONDS)


def due(policy: Policy) -> dict[str, Any]:
    """The columns of a row that is to be served now, its attempts counted anew; whoever writes them rings."""
    now = timezone.now()
    return {
        "due_at": now,
        "ring_at": now + policy.ring.after(1),
        "rings": 1,
        "attempts": 0,
        "lease_token": None,
        "lease_expires_at": None,
        "fault_code": "",
        "fault_params": {},
    }


def make_due(row: Leased, policy: Policy) -> None:
    """Set these columns on a row that is about to be saved."""
    for name, value in due(policy).items():
        setattr(row, name, value)


@transaction.atomic
def wake(kind: Kind[Row], rows: QuerySet[Row]) -> list[Any]:
    """Have rows served for which nothing is to be done now, as after a dead end; the keys of those there were."""
    keys = list(
        rows.filter(due_at__isnull=True).select_for_update(of=("self",), no_key=True).values_list("pk", flat=True)
    )
    kind.rows.filter(pk__in=keys).update(**kind.waiting, **due(kind.policy))
    for key in keys:
        dispatch.ring(kind.task, key)
    return keys


def claim(kind: Kind[Row], key: Any) -> Row | None:
    """Take a row that is due and that nobody holds; None when it is not. Each claim is an attempt.

    A row out of attempts is not claimed: the sweep gives it up.
    """
    now = timezone.now()
    token = uuid.uuid4()
    taken = (
        kind.claimable(now)
        .filter(pk=key)
        .update(
            **kind.held,
            attempts=F("attempts") + 1,
            lease_token=token,
            lease_expires_at=now + lease(),
            heartbeat_at=now,
            started_at=now,
            ring_at=now,  # the moment its lease runs out
            rings=0,
            fault_code="",
            fault_params={},
        )
    )
    return kind.rows.select_related(*kind.related).filter(pk=key, lease_token=token).first() if taken else None


def held(kind: Kind[Row], row: Row) -> QuerySet[Row]:
    """The row, as long as nobody else has taken it."""
    return kind.rows.filter(pk=row.pk, lease_token=row.lease_token, lease_token__isnull=False)


def renew(kind: Kind[Row], row: Row) -> bool:
    """The heartbeat: push the lease forward; False when it is lost."""
    now = timezone.now()
    return bool(held(kind, row).update(lease_expires_at=now + lease(), heartbeat_at=now))


class Heartbeat(Generic[Row]):
    """Renews the lease every few seconds from its own thread, with its own database connection."""

    def __init__(self, kind: Kind[Row], row: Row) -> None:
        self._kind, self._row = kind, row
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"heartbeat-{row.pk}", daemon=True)

    def __enter__(self) -> Heartbeat[Row]:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _beat(self) -> None:
        try:
            while not self._stop.wait(heartbeat_seconds(settings.RUN_LEASE_SECONDS)):
                if not self._renewed():
                    return
        finally:
            connection.close()

    def _renewed(self) -> bool:
        try:
            return renew(self._kind, self._row)
        except DatabaseError:  # away for a moment: the next beat tries again, and the lease may outlast it
            connection.close()
            return True


@contextmanager
def hold(kind: Kind[Row], row: Row) -> Iterator[None]:
    """Keep the lease alive within the block; what goes wrong there by our fault is named, and tried again or given up.

    A block whose lease is lost, as LeaseLost tells, ends without a word: another worker has the row.
    """
    try:
        with Heartbeat(kind, row):
            yield
    except LeaseLost:
        return
    except EngineFault as fault:
        fail(kind, row, fault.code, fault.params)
    except SoftTimeLimitExceeded:
        fail(kind, row, "engine.too_long", {})
    except OSError as fault:
        fail(kind, row, "engine.storage", {"kind": type(fault).__name__})
    except Exception as defect:  # a defect of ours is named and retried, not left to look like a lost worker
        logger.exception("%s %s crashed", kind.task, row.pk)
        fail(kind, row, "engine.crashed", {"kind": type(defect).__name__})


def settle(kind: Kind[Row], row: Row, *, due_at: datetime | None = None, **fields: Any) -> None:
    """End the attempt with ``fields``; with ``due_at`` a new cycle begins then. Raises LeaseLost."""
    if not held(kind, row).update(**_released(due_at), **fields):
        raise LeaseLost


def fail(kind: Kind[Row], row: Row, code: str, params: Mapping[str, Any]) -> None:
    """A fault of ours: try again after a while, or give the row up after the last attempt. Nothing if it is lost."""
    fault = {"fault_code": code, "fault_params": dict(params)}
    if kind.policy.may_retry(row.attempts):
        again = timezone.now() + kind.policy.retry.after(row.attempts)
        held(kind, row).update(**{**kind.waiting, **_released(again), **fault, "attempts": row.attempts})
        return
    with suppress(LeaseLost):
        give_up(kind, row, held(kind, row), fault)


@transaction.atomic
def give_up(kind: Kind[Row], row: Row, unchanged: QuerySet[Row], fault: Mapping[str, Any]) -> None:
    """End a row at its named dead end, if it is still among ``unchanged``. Raises LeaseLost."""
    fields = dict(kind.dead(row))
    if not unchanged.update(**_released(fields.pop("due_at", None)), **fields, **fault):
        raise LeaseLost
    if kind.buried:
        seal = {"seal": seal_of(row)} if is_sealed(kind.model) else {}
        journal.record(None, kind.buried, row, code=fault["fault_code"], **seal)


def _released(due_at: datetime | None) -> dict[str, Any]:
    columns = {"lease_token": None, "lease_expires_at": None, "due_at": due_at, "ring_at": due_at, "rings": 0}
    return columns if due_at is None else columns | {"attempts": 0}
