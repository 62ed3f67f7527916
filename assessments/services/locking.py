"""Rows that another act holds: a person is told at once instead of being kept waiting for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection
from django.utils.translation import gettext_lazy as _
from psycopg.errors import LockNotAvailable

from assessments.models import Work
from assessments.services.errors import Refused

_DEPOSITS_OF_A_PERSON = 0x4445


def busy() -> Refused:
    """The refusal that passes by itself: the same request may be sent again after a second."""
    return Refused("upload.busy", _("Une autre action sur ce travail est en cours : recommencez dans un instant."))


@contextmanager
def refused_when_held() -> Iterator[None]:
    """Around a transaction that asks for its rows with ``nowait``. Raises Refused("upload.busy")."""
    try:
        yield
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise busy() from error
        raise


def hold_deposits_of(person_id: int) -> None:
    """Until the transaction ends no other act counts, or adds to, what this person sends.

    Raises Refused("upload.busy").
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [_DEPOSITS_OF_A_PERSON, person_id % 2**31])
        if not cursor.fetchone()[0]:
            raise busy()


def hold_work(work_id: int) -> None:
    """Until the transaction ends nobody moves the work, freezes its lines, or has it evaluated again."""
    Work.objects.select_for_update(of=("self",), no_key=True).get(pk=work_id)
