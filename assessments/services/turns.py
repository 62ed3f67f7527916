"""Whose turn it is among persons who wait. The bell carries no promise of order: who is rung takes what is fairest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from zlib import crc32

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Max, Min, Q
from django.utils import timezone

from assessments import dispatch
from assessments.domain.leases import MEMORY, Standing, in_turn
from assessments.services import leases
from assessments.services.leases import Kind, Row
from assessments.services.locking import Lock, hold


def serve(kind: Kind[Row], act: Callable[[Row], None]) -> None:
    """Do ``act`` to the row whose turn it is, and have the next one looked for.

    Whoever found nothing to serve rings for nobody: all that waits may be held up by what is served elsewhere, and
    whoever ends that rings.
    """
    row = claim_next(kind)
    if row is not None:
        act(row)
        ring_next(kind)


@transaction.atomic
def claim_next(kind: Kind[Row]) -> Row | None:
    """Take the row of a kind whose turn it is; None when nobody waits who may be served now."""
    hold(Lock.TURNS, crc32(kind.task.encode()))
    now = timezone.now()
    for standing in in_turn(_standings(kind, now), held_at_most=settings.HELD_PER_PERSON):
        waiting = kind.claimable(now).filter(**{kind.person: standing.person}).order_by("due_at", "pk")
        key = (
            waiting.select_for_update(skip_locked=True, no_key=True, of=("self",)).values_list("pk", flat=True).first()
        )
        row = leases.claim(kind, key) if key is not None else None
        if row is not None:
            return row
    return None


def ring_next(kind: Kind[Row]) -> None:
    """Whoever ends one has the next one looked for: rings that found a person served already are answered so."""
    key = kind.claimable(timezone.now()).order_by("due_at", "pk").values_list("pk", flat=True).first()
    if key is not None:
        dispatch.ring(kind.task, key)


def _standings(kind: Kind[Row], now: datetime) -> Iterator[Standing]:
    waiting = kind.claimable(now).order_by().values_list(kind.person).annotate(oldest=Min("due_at"))
    oldest = dict(waiting)
    now_held = Q(lease_expires_at__gt=now)
    recent = kind.rows.filter(now_held | Q(started_at__gt=now - MEMORY), **{f"{kind.person}__in": list(oldest)})
    persons = recent.order_by().values_list(kind.person)
    counted = persons.annotate(many=Count("pk", filter=now_held), served=Max("started_at"))
    known = {person: (many, served) for person, many, served in counted}
    for person, since in oldest.items():
        many, served = known.get(person, (0, None))
        yield Standing(person, many, served, since)
