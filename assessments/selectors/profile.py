"""What people see of themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from rest_framework.authtoken.models import Token

from assessments.models import LinkPurpose, MailedLink, Role, User


@dataclass(frozen=True, slots=True)
class Profile:
    """``token_created_at`` is None without a token; the token itself is never read again.

    ``awaited_email`` is the address that a link on its way would give; empty without one.
    """

    name: str
    email: str
    roles: Sequence[str]
    joined: datetime
    token_created_at: datetime | None
    awaited_email: str


def profile_of(user: User) -> Profile:
    created = Token.objects.filter(user=user).values_list("created", flat=True).first()
    roles = [str(Role(role).label) for role in user.roles]
    return Profile(user.full_name, user.email, roles, user.date_joined, created, _awaited_email(user))


def _awaited_email(user: User) -> str:
    links = MailedLink.objects.filter(person=user, purpose=LinkPurpose.ADDRESS, used_at__isnull=True)
    alive = links.filter(expires_at__gt=timezone.now(), bound_to=user.get_session_auth_hash())
    return alive.values_list("email", flat=True).first() or ""
