"""What people see of themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from assessments.models import Role, User
from assessments.selectors.factors import has_factor
from assessments.selectors.security import tokens_of


@dataclass(frozen=True, slots=True)
class Profile:
    """``tokens``: how many open the API now."""

    name: str
    email: str
    roles: Sequence[str]
    joined: datetime
    factor: bool
    tokens: int


def profile_of(user: User) -> Profile:
    roles = [str(Role(role).label) for role in user.roles]
    return Profile(user.full_name, user.email, roles, user.date_joined, has_factor(user), len(tokens_of(user)))
