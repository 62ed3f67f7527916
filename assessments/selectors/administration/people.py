"""People, and those who may be given a task."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page
from django.db.models import Q, QuerySet

from assessments.models import Role, User
from assessments.selectors.administration.paging import in_order, page_of

SORTS = {"name": ("full_name",), "email": ("email",), "joined": ("date_joined",), "seen": ("last_login",)}


@dataclass(frozen=True, slots=True)
class PersonRow:
    pk: int
    name: str
    email: str
    roles: list[str]
    active: bool
    joined: datetime
    last_login: datetime | None


def people_page(
    *, query: str = "", role: str = "", active: str = "", sort: str = "", page: str = "1"
) -> Page[PersonRow]:
    """``active``: ``yes``, ``no``, or empty for both."""
    rows = User.objects.all()
    if query:
        rows = rows.filter(Q(full_name__icontains=query) | Q(email__icontains=query))
    if role in Role.values:
        rows = rows.filter(roles__contains=[role])
    if active in ("yes", "no"):
        rows = rows.filter(is_active=active == "yes")
    return page_of(in_order(rows, sort, SORTS, "name"), page, _row)


def _row(person: User) -> PersonRow:
    labels = [str(Role(role).label) for role in person.roles]
    return PersonRow(
        person.pk, person.full_name, person.email, labels, person.is_active, person.date_joined, person.last_login
    )


def holders_of(role: Role) -> QuerySet[User]:
    """Active people who hold a role, in the order of names."""
    return User.objects.filter(is_active=True, roles__contains=[role.value]).order_by("full_name", "pk")
