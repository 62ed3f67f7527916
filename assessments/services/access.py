"""The log of accesses: who came in, was refused, or took a document away. Apart from the journal of decisions."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from assessments.domain.access import AccessKind
from assessments.models import AccessEvent, User
from certification.edges import cleaned

logger = logging.getLogger(__name__)


def record(
    *,
    kind: AccessKind,
    person: User | None = None,
    address: str | None = None,
    agent: str = "",
    claimed: str = "",
    **details: Any,
) -> None:
    """Add a line. Nobody is kept out because it could not be written: that is logged, and the request goes on.

    ``claimed`` is the name somebody tried that no account has; only its digest is kept. ``details`` is JSON without
    secrets.
    """
    event = AccessEvent(
        at=timezone.now(),
        kind=kind.value,
        person=person,
        claimed=claimed_digest(claimed) if claimed else "",
        address=address,
        agent=cleaned(agent)[:200],
        details=details,
    )
    try:
        with transaction.atomic():
            event.save(force_insert=True)
    except DatabaseError as error:
        logger.error("an access could not be logged: %s, %s", kind.value, type(error).__name__)


def claimed_digest(name: str) -> str:
    """The same name gives the same digest here, and nothing elsewhere."""
    content = name.strip().casefold().encode(errors="replace")
    return salted_hmac("assessments.access.claimed", content, algorithm="sha256").hexdigest()[:16]


def purge() -> int:
    """Remove the lines older than ``JALON_ACCESS_LOG_DAYS``, as the owner of the table does; return how many."""
    before = timezone.now() - timedelta(days=settings.ACCESS_LOG_DAYS)
    with connection.cursor() as cursor:
        cursor.execute("SELECT jalon_purge_access(%s)", [before])
        return int(cursor.fetchone()[0])
