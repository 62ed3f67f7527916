"""A person's own change of address: asked for with their password, made by the proof of the new mailbox."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from assessments.models import LinkPurpose, MailedLink, User
from assessments.services import journal, letters, logins, mailed_links, people
from assessments.services.errors import Refused

LASTS = timedelta(days=1)


@transaction.atomic
def ask(*, actor: User, email: str) -> None:
    """Send a link to the new address, and word of it to the present one. Nothing changes yet.

    Where another account holds the address its owner is told, and the actor learns nothing: what they see, later too,
    is the same. Raises Refused("address.same"). Whoever calls has asked for the password.
    """
    actor = User.objects.select_for_update(no_key=True).get(pk=actor.pk)
    email = email.strip().lower()
    if email == actor.email:
        raise Refused("address.same", _("C’est déjà votre adresse."))
    secret = mailed_links.issue(purpose=LinkPurpose.ADDRESS, person=actor, email=email, lasts=LASTS, issued_by=actor)
    if User.objects.filter(email=email).exists():
        letters.write(to=email, subject=_("Votre adresse sert déjà"), letter="address_taken")
    else:
        letters.write(
            to=email,
            subject=_("Confirmez votre nouvelle adresse"),
            letter="address_proof",
            language=get_language() or "",
            person=actor,
            address=settings.JALON_BASE_URL + reverse("web:address_confirm", args=[secret]),
        )
    letters.write(
        to=actor.email,
        subject=_("Changement d’adresse demandé"),
        letter="address_asked",
        language=get_language() or "",
        person=actor,
        email=email,
    )
    journal.record(actor, "person.address_asked", actor)


def proposed(*, actor: User, secret: str) -> str:
    """The address that a link of the actor's would give them. Raises Refused like ``mailed_links.find``."""
    link = mailed_links.find(purpose=LinkPurpose.ADDRESS, secret=secret)
    _owner(actor, link)
    return link.email


@transaction.atomic
def confirm(*, actor: User, secret: str, session_key: str | None = None) -> User:
    """Give the actor the address whose mailbox the link was sent to; their sessions end but that of ``session_key``.

    The actor is logged in: a letter that went astray by a slip of the pen gives no account away. Raises Refused like
    ``mailed_links.spend``, ("link.unknown") for another person's link, ("person.email_taken").
    """
    link = mailed_links.spend(purpose=LinkPurpose.ADDRESS, secret=secret)
    person = _owner(actor, link)
    earlier, person.email = person.email, people.free_address(link.email, but=person)
    person.save(update_fields=["email"])
    logins.end_all(person=person, but=session_key)
    journal.record(person, "person.address_changed", person)
    letters.write(
        to=earlier,
        subject=_("Votre adresse pour Jalon a changé"),
        letter="address_changed",
        language=get_language() or "",
        person=person,
        earlier=earlier,
        by=person,
    )
    return person


def _owner(actor: User, link: MailedLink) -> User:
    """The actor, as the link found them."""
    if link.person is None or link.person != actor:
        raise Refused("link.unknown", _("Ce lien est celui d’un autre compte : connectez-vous avec celui-là."))
    return link.person
