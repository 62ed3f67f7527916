"""Who is at the other end of a request, and what the log of accesses keeps of it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from assessments.domain.access import AccessKind, network_of
from assessments.models import User
from assessments.services import access, logins
from certification.clients import client_address


def address_of(request: HttpRequest | None) -> str | None:
    """The address the visitor comes from, as seen through our own proxies; None when there is none to be seen."""
    return (client_address(request) or None) if request is not None else None


def note(request: HttpRequest | None, kind: AccessKind, person: User | None = None, **details: Any) -> None:
    """Log an access made by this request. Of somebody without an account, the network alone is kept."""
    address = address_of(request)
    if person is None and kind is AccessKind.DOCUMENT_VERIFIED:
        address = network_of(address or "") or None
    agent = request.headers.get("user-agent", "") if request is not None else ""
    access.record(kind=kind, person=person, address=address, agent=agent, **details)


def in_use(request: HttpRequest, person: User) -> None:
    """Note that the session of this request is in use, and from where."""
    agent = request.headers.get("user-agent", "")
    key = request.session.session_key or ""
    logins.seen(person=person, session_key=key, address=address_of(request), agent=agent)
