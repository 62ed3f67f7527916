"""What people see of themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from rest_framework.authtoken.models import Token

from assessments.models import Role, User


@dataclass(frozen=True, slots=True)
class Profile:
    """``token_created_at`` is None without a token; the token itself is never read again."""

    name: str
    email: str
    roles: Sequence[str]
    joined: datetime
    token_created_at: datetime | None


def profile_of(user: User) -> Profile:
    created = Token.objects.filter(user=user).values_list("created", flat=True).first()
    roles = [str(Role(role).label) for role in user.roles]
    return Profile(user.full_name, user.email, roles, user.date_joined, created)
