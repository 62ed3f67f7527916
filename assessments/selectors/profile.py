"""What people see of themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from assessments.models import LinkPurpose, MailedLink, Role, User
from assessments.selectors.factors import has_factor
from assessments.selectors.security import tokens_of


@dataclass(frozen=True, slots=True)
class Profile:
    """``awaited_email``: the address that a link on its way would give, if any. ``tokens``: how many open the API."""

    name: str
    email: str
    roles: Sequence[str]
    joined: datetime
    awaited_email: str
    factor: bool
    tokens: int


def profile_of(user: User) -> Profile:
    roles = [str(Role(role).label) for role in user.roles]
    return Profile(
        name=user.full_name,
        email=user.email,
        roles=roles,
        joined=user.date_joined,
        awaited_email=_awaited_email(user),
        factor=has_factor(user),
        tokens=len(tokens_of(user)),
    )


def _awaited_email(user: User) -> str:
    links = MailedLink.objects.filter(person=user, purpose=LinkPurpose.ADDRESS, used_at__isnull=True)
    alive = links.filter(expires_at__gt=timezone.now(), bound_to=user.get_session_auth_hash())
    return alive.values_list("email", flat=True).first() or ""
