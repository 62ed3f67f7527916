"""Accounts: opened by an administrator, given roles, closed. Nobody signs up by themselves."""

from __future__ import annotations

import logging
from collections.abc import Collection
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assessments import policies
from assessments.domain import texts
from assessments.models import Role, User
from assessments.services import journal
from assessments.services.errors import Denied, Refused
from assessments.services.texts import kept

logger = logging.getLogger(__name__)


@transaction.atomic
def invite(*, actor: User, email: str, full_name: str, roles: Collection[Role]) -> User:
    """Open an account without a password and write to its owner how to choose one, once the change is committed.

    Raises Denied; Refused("person.name"), ("person.email_taken"). The address is expected to be well formed.
    """
    _require_administrator(actor)
    email = _free_address(email)
    person = User.objects.create_user(email, full_name=_required_name(full_name), roles=_codes(roles))
    journal.record(actor, "person.invited", person, roles=person.roles)
    transaction.on_commit(lambda: _write_to(person))
    return person


@transaction.atomic
def edit(
    *, actor: User, person: User, full_name: str, email: str, roles: Collection[Role], active: bool = True
) -> User:
    """Change who a person is and what they may do; an account is closed, never deleted: what they did stays theirs.

    Raises Denied; Refused("person.name"), ("person.email_taken"); Refused("person.self") when administrators take
    their own access away, so that the platform always keeps one.
    """
    _require_administrator(actor)
    person = User.objects.select_for_update().get(pk=person.pk)
    codes = _codes(roles)
    if person == actor and not (active and Role.ADMINISTRATOR.value in codes):
        raise Refused("person.self", _("Vous ne pouvez pas vous retirer vous-même l’accès d’administrateur."))
    before = {"roles": person.roles, "active": person.is_active}
    person.full_name = _required_name(full_name)
    person.email = _free_address(email, but=person)
    person.roles = codes
    person.is_active = active
    person.save(update_fields=["full_name", "email", "roles", "is_active"])
    journal.record(actor, "person.edited", person, before=before, after={"roles": codes, "active": active})
    return person


@transaction.atomic
def grant(*, actor: User, person: User, role: Role) -> User:
    """Add a role to those a person holds; nothing happens when they hold it. Raises Denied."""
    _require_administrator(actor)
    person = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if role.value not in person.roles:
        person.roles = _codes([*map(Role, person.roles), role])
        person.save(update_fields=["roles"])
        journal.record(actor, "person.granted", person, role=role.value)
    return person


def _require_administrator(actor: User) -> None:
    if not policies.can_administer(actor):
        raise Denied


def _codes(roles: Collection[Role]) -> list[str]:
    """In the order of the roles, each once."""
    return [role.value for role in Role if role in roles]


def _required_name(full_name: str) -> str:
    name = " ".join(kept(full_name, texts.NAME).split())
    if not name:
        raise Refused("person.name", _("Indiquez le nom complet : il figurera sur les documents délivrés."))
    return name


def _free_address(email: str, but: User | None = None) -> str:
    address = kept(email, texts.ADDRESS).lower()
    taken = User.objects.filter(email__iexact=address)
    if but is not None:
        taken = taken.exclude(pk=but.pk)
    if taken.exists():
        raise Refused("person.email_taken", _("Un compte existe déjà pour l’adresse %(email)s."), email=address)
    return address


def _write_to(person: User) -> None:
    """Tell a new person how to choose a password. A post office out of reach does not undo the account."""
    address = settings.JALON_BASE_URL + reverse("account_reset_password")
    text = render_to_string("emails/invitation.txt", {"person": person, "address": address})
    try:
        send_mail(str(_("Votre accès à Jalon")), text, None, [person.email])
    except (SMTPException, OSError) as error:
        logger.warning("the invitation of person %s could not be sent: %s", person.pk, type(error).__name__)
