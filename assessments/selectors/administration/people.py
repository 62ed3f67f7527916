"""People, and those who may be given a task."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.core.paginator import Page
from django.db.models import Q, QuerySet
from django.utils import timezone

from assessments.models import LinkPurpose, MailedLink, Role, User
from assessments.selectors.administration.paging import in_order, page_of

SORTS = {"name": ("full_name",), "email": ("email",), "joined": ("date_joined",), "seen": ("last_login",)}


@dataclass(frozen=True, slots=True)
class PersonRow:
    pk: int
    name: str
    email: str
    roles: list[str]
    active: bool
    awaited: bool
    joined: datetime
    last_login: datetime | None


def people_page(
    *, query: str = "", role: str = "", active: str = "", sort: str = "", page: str = "1"
) -> Page[PersonRow]:
    """``active``: ``yes``, ``no``, ``awaited`` for those who have not chosen a password yet, or empty for all."""
    rows = User.objects.all()
    if query:
        rows = rows.filter(Q(full_name__icontains=query) | Q(email__icontains=query))
    if role in Role.values:
        rows = rows.filter(roles__contains=[role])
    if active in ("yes", "no"):
        rows = rows.filter(is_active=active == "yes")
    if active == "awaited":
        rows = rows.filter(is_active=True, password__startswith=UNUSABLE_PASSWORD_PREFIX)
    return page_of(in_order(rows, sort, SORTS, "name"), page, _row)


def _row(person: User) -> PersonRow:
    return PersonRow(
        person.pk,
        person.full_name,
        person.email,
        [str(Role(role).label) for role in person.roles],
        person.is_active,
        person.is_active and not person.has_usable_password(),
        person.date_joined,
        person.last_login,
    )


@dataclass(frozen=True, slots=True)
class Awaited:
    """The invitation of who has not come yet; ``sent`` is None where none was sent, or none remains."""

    sent: datetime | None
    by: str
    until: datetime | None
    alive: bool


def awaited(person: User) -> Awaited | None:
    """None for who has chosen a password, or has a closed account."""
    if not person.is_active or person.has_usable_password():
        return None
    links = MailedLink.objects.select_related("issued_by", "person")
    link = links.filter(person=person, purpose=LinkPurpose.INVITATION).first()
    if link is None:
        return Awaited(None, "", None, False)
    return Awaited(link.issued_at, str(link.issued_by or ""), link.expires_at, link.expires_at > timezone.now())


def holders_of(role: Role) -> QuerySet[User]:
    """Active people who hold a role, in the order of names."""
    return User.objects.filter(is_active=True, roles__contains=[role.value]).order_by("full_name", "pk")
