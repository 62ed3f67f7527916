"""The sessions that people are logged in with: listed for their owner, ended one by one or all at once."""

from __future__ import annotations

from collections.abc import Collection

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session as StoredSession
from django.db import transaction
from django.utils import timezone

from assessments.domain.access import NOWHERE, AccessKind
from assessments.models import User
from assessments.services import access


@transaction.atomic
def end(*, actor: User, key: int) -> bool:
    """End one of the actor's sessions; False when it is another's, or over."""
    return bool(_end(actor, UserSession.objects.filter(user_id=actor.pk, pk=key)))


@transaction.atomic
def end_all(*, person: User, but: str | None = None) -> int:
    """End every session of a person but the one of that session key; return how many were ended."""
    return _end(person, UserSession.objects.filter(user_id=person.pk).exclude(session_key=but or ""))


def forget(*, session_key: str) -> None:
    """A session that ended by itself is no longer listed."""
    UserSession.objects.filter(session_key=session_key).delete()


def seen(*, person: User, session_key: str, address: str | None, agent: str) -> None:
    """Note that a session is in use, and from where; one that came by another door is listed from now on."""
    row = UserSession(user_id=person.pk, session_key=session_key, ip=address or NOWHERE, user_agent=agent[:200])
    UserSession.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["session_key"], update_fields=["last_seen_at", "ip", "user_agent"]
    )


def purge() -> int:
    """Remove the sessions whose time is over, and what is listed of sessions that are gone; return how many."""
    over, _by_model = StoredSession.objects.filter(expire_date__lt=timezone.now()).delete()
    UserSession.objects.exclude(session_key__in=StoredSession.objects.values("session_key")).delete()
    return over


def _end(person: User, sessions: Collection[UserSession]) -> int:
    keys = {session.session_key: session for session in sessions}
    alive = StoredSession.objects.filter(session_key__in=keys)
    ended = [keys[session.session_key] for session in alive]
    alive.delete()
    UserSession.objects.filter(session_key__in=keys).delete()
    for session in ended:
        access.record(kind=AccessKind.SESSION_ENDED, person=person, address=session.ip, agent=session.user_agent)
    return len(ended)
