"""What people see of their own ways in: sessions, recent accesses, second factor, tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session as StoredSession
from django.utils import timezone

from assessments.domain.access import COMINGS, AccessKind, network_of
from assessments.models import AccessEvent, ApiToken, User

RECENT = 20
MOST_SESSIONS = 50


@dataclass(frozen=True, slots=True)
class Visit:
    """A session that somebody is logged in with. ``network`` is where from, shortened; empty when not known."""

    pk: int
    agent: str
    network: str
    begun: datetime
    seen: datetime
    here: bool


@dataclass(frozen=True, slots=True)
class Coming:
    at: datetime
    kind: AccessKind
    agent: str
    network: str


@dataclass(frozen=True, slots=True)
class Security:
    """``factors``: the kinds held, recovery codes included."""

    factors: Sequence[str]
    visits: Sequence[Visit]
    comings: Sequence[Coming]


def security_of(person: User, session_key: str) -> Security:
    kinds = Authenticator.objects.filter(user_id=person.pk).order_by("type").values_list("type", flat=True).distinct()
    return Security(list(kinds), _visits(person, session_key), _comings(person))


def tokens_of(person: User) -> Sequence[ApiToken]:
    """The latest first; those that have ended are not shown."""
    return list(person.api_tokens.filter(expires_at__gt=timezone.now()))


def _visits(person: User, session_key: str) -> list[Visit]:
    """This one first, then the most recently used."""
    alive = StoredSession.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    rows = UserSession.objects.filter(user_id=person.pk, session_key__in=alive).order_by("-last_seen_at")
    visits = [
        Visit(
            pk=row.pk,
            agent=row.user_agent,
            network=network_of(row.ip),
            begun=row.created_at,
            seen=row.last_seen_at,
            here=row.session_key == session_key,
        )
        for row in rows[:MOST_SESSIONS]
    ]
    return sorted(visits, key=lambda visit: not visit.here)


def _comings(person: User) -> list[Coming]:
    rows = AccessEvent.objects.filter(person=person, kind__in=[kind.value for kind in COMINGS])
    return [Coming(row.at, AccessKind(row.kind), row.agent, network_of(row.address or "")) for row in rows[:RECENT]]
