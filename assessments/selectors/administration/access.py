"""The log of accesses as a list, the latest first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from typing import Any

from django.core.paginator import Page
from django.db.models import Q

from assessments.domain.access import AccessKind
from assessments.models import AccessEvent
from assessments.selectors.administration.paging import page_of


@dataclass(frozen=True, slots=True)
class AccessRow:
    """``person`` is empty for somebody without an account; ``claimed`` is then the digest of the name they tried."""

    at: datetime
    kind: str
    person: str
    email: str
    claimed: str
    address: str
    agent: str
    details: Mapping[str, Any]


def access_page(*, query: str = "", kind: str = "", page: str = "1") -> Page[AccessRow]:
    """``query`` searches the person's name or e-mail, a network address, a document's number, a claimed digest."""
    rows = AccessEvent.objects.select_related("person")
    if kind in {known.value for known in AccessKind}:
        rows = rows.filter(kind=kind)
    if query:
        named = Q(person__full_name__icontains=query) | Q(person__email__icontains=query)
        rows = rows.filter(named | Q(details__number=query.upper()) | Q(claimed=query.lower()) | _from(query))
    return page_of(rows, page, _row)


def _from(query: str) -> Q:
    try:
        return Q(address=str(ip_address(query)))
    except ValueError:
        return Q(pk__in=[])


def _row(event: AccessEvent) -> AccessRow:
    person = event.person
    return AccessRow(
        at=event.at,
        kind=event.kind,
        person=str(person) if person else "",
        email=person.email if person else "",
        claimed=event.claimed,
        address=event.address or "",
        agent=event.agent,
        details=event.details,
    )
