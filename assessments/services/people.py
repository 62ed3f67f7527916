"""Accounts as administrators hold them: opened, given roles, corrected, closed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assessments import policies
from assessments.domain import texts
from assessments.models import LinkPurpose, Role, User
from assessments.services import journal, letters, logins, mailed_links, tokens
from assessments.services.errors import Denied, Refused
from assessments.services.journal import Act
from assessments.services.texts import kept


@transaction.atomic
def invite(*, actor: User, email: str, full_name: str, roles: Collection[Role]) -> User:
    """Open an account without a password and send its owner the link that lets them choose one.

    Raises Denied; Refused("person.name"), ("person.email_taken"). The address is expected to be well formed.
    """
    _require_administrator(actor)
    person, act = opened(actor=actor, email=email, full_name=full_name, roles=roles)
    journal.record_all([act])
    return person


def opened(*, actor: User, email: str, full_name: str, roles: Collection[Role]) -> tuple[User, Act]:
    """What ``invite`` does of an account, and what the journal is then to say of it: a list says so at its end."""
    email = free_address(email)
    person = User.objects.create_user(email, full_name=required_name(full_name), roles=_codes(roles))
    _send_invitation(actor, person)
    return person, Act(actor, "person.invited", person, {"roles": person.roles})


@transaction.atomic
def invite_again(*, actor: User, person: User) -> None:
    """Send another invitation to who has not come yet; the earlier link stops working.

    Raises Denied; Refused("person.arrived") for who has chosen a password, ("person.closed") for a closed account.
    """
    _require_administrator(actor)
    person = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if not person.is_active:
        raise Refused("person.closed", _("Ce compte est fermé : rouvrez-le d’abord."))
    if person.has_usable_password():
        raise Refused("person.arrived", _("%(name)s a déjà choisi son mot de passe."), name=person.full_name)
    _send_invitation(actor, person)
    journal.record(actor, "person.invited_again", person)


@transaction.atomic
def edit(
    *, actor: User, person: User, full_name: str, email: str, roles: Collection[Role], active: bool = True
) -> User:
    """Change who a person is and what they may do; an account is closed, never deleted: what they did stays theirs.

    Another address ends the sessions and the links of the earlier one, and both addresses are told; who has not come
    yet is invited at the new one. Raises Denied; Refused("person.name"), ("person.email_taken"); Refused("person.self")
    when administrators take their own access away, so that the platform always keeps one.
    """
    _require_administrator(actor)
    person = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    codes = _codes(roles)
    if person == actor and not (active and Role.ADMINISTRATOR.value in codes):
        raise Refused("person.self", _("Vous ne pouvez pas vous retirer vous-même l’accès d’administrateur."))
    before, earlier = {"roles": person.roles, "active": person.is_active}, person.email
    person.full_name = required_name(full_name)
    person.email = free_address(email, but=person)
    person.roles = codes
    person.is_active = active
    person.save(update_fields=["full_name", "email", "roles", "is_active"])
    corrected = person.email != earlier
    if corrected or not active:
        logins.end_all(person=person)
    if corrected:
        _tell_of_correction(actor, person, earlier)
    journal.record(actor, "person.edited", person, before=before, after={"roles": codes, "active": active})
    if corrected:
        journal.record(actor, "person.address_changed", person)
    return person


@transaction.atomic
def grant(*, actor: User, person: User, role: Role) -> User:
    """Add a role to those a person holds; nothing happens when they hold it. Raises Denied."""
    _require_administrator(actor)
    person = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    journal.record_all(granted(actor=actor, person=person, role=role))
    return person


def granted(*, actor: User, person: User, role: Role) -> list[Act]:
    """What ``grant`` does to a person whose row the caller holds, and what the journal is then to say of it."""
    if role.value in person.roles:
        return []
    person.roles = _codes([*map(Role, person.roles), role])
    person.save(update_fields=["roles"])
    return [Act(actor, "person.granted", person, {"role": role.value})]


def held(addresses: Collection[str]) -> dict[str, User]:
    """The accounts of these addresses, by address, their rows held: in one order, so that no two lists wait in turn."""
    rows = User.objects.select_for_update(no_key=True).filter(email__in=addresses).order_by("pk")
    return {person.email: person for person in rows}


@transaction.atomic
def set_password(*, person: User, password: str) -> None:
    """Give a password, which is expected to have been validated; the tokens that the earlier one gave end with it."""
    person.set_password(password)
    person.save(update_fields=["password"])
    tokens.revoke_all(person=person)


def _require_administrator(actor: User) -> None:
    if not policies.can_administer(actor):
        raise Denied


def _codes(roles: Collection[Role]) -> list[str]:
    """In the order of the roles, each once."""
    return [role.value for role in Role if role in roles]


def required_name(full_name: str) -> str:
    """The name as it is stored. Raises Refused("person.name") without one."""
    name = " ".join(kept(full_name, texts.NAME).split())
    if not name:
        raise Refused("person.name", _("Indiquez le nom complet : il figurera sur les documents délivrés."))
    return name


def free_address(email: str, but: User | None = None) -> str:
    """The address as it is stored. Raises Refused("person.email_taken") where another account holds it."""
    address = kept(email, texts.ADDRESS).lower()
    taken = User.objects.filter(email=address)
    if but is not None:
        taken = taken.exclude(pk=but.pk)
    if taken.exists():
        raise Refused("person.email_taken", _("Un compte existe déjà pour l’adresse %(email)s."), email=address)
    return address


def _tell_of_correction(actor: User, person: User, earlier: str) -> None:
    for address in (earlier, person.email):
        letters.write(
            to=address, subject=_("Votre adresse pour Jalon a changé"), letter="address_changed",
            person=person, earlier=earlier, by=actor,
        )  # fmt: skip
    if person.is_active and not person.has_usable_password():
        _send_invitation(actor, person)


def _send_invitation(actor: User, person: User) -> None:
    secret = mailed_links.issue(
        purpose=LinkPurpose.INVITATION,
        person=person,
        email=person.email,
        lasts=timedelta(days=settings.INVITATION_DAYS),
        issued_by=actor,
    )
    letters.write(
        to=person.email,
        subject=_("Votre accès à Jalon"),
        letter="invitation",
        person=person,
        address=settings.JALON_BASE_URL + reverse("web:invitation", args=[secret]),
        days=settings.INVITATION_DAYS,
    )
