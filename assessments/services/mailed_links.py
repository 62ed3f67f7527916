"""The life of a link sent to a mailbox: issued, found again by its secret, spent."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from assessments.models import LinkPurpose, MailedLink, User
from assessments.services.errors import Refused

SECRET_BYTES = 32
KEPT = timedelta(days=30)
"""How long a link that nobody followed is still told from one that never was."""


@transaction.atomic
def issue(
    *,
    purpose: LinkPurpose,
    email: str,
    lasts: timedelta,
    person: User | None = None,
    full_name: str = "",
    issued_by: User | None = None,
) -> str:
    """The secret of a new link; an earlier one of the same purpose for the same person stops working.

    Called with the person's row locked, and before the journal is written to: see ``spend``.
    """
    now = timezone.now()
    secret = secrets.token_urlsafe(SECRET_BYTES)
    content = {
        "email": email,
        "full_name": full_name,
        "token_digest": _digest(secret),
        "bound_to": _standing(person),
        "issued_by": issued_by,
        "issued_at": now,
        "expires_at": now + lasts,
        "used_at": None,
    }
    same: dict[str, Any] = {"person": person} if person else {"person": None, "email": email}
    MailedLink.objects.update_or_create(purpose=purpose, **same, defaults=content)
    return secret


def find(*, purpose: LinkPurpose, secret: str) -> MailedLink:
    """The link of this secret, if it may still serve. Nothing is spent by looking.

    Raises Refused("link.unknown") where there is none, or the account has changed since it was sent; ("link.used");
    ("link.expired"), whose parameter ``who`` names whoever sent it.
    """
    links = MailedLink.objects.select_related("person", "issued_by")
    link = links.filter(purpose=purpose, token_digest=_digest(secret)).first()
    if link is None:
        raise Refused("link.unknown", _("Ce lien n’est pas entier, ou un plus récent l’a remplacé."))
    if link.used_at is not None:
        raise Refused("link.used", _("Ce lien a déjà servi."))
    if link.expires_at <= timezone.now():
        raise Refused("link.expired", _("Ce lien a passé son délai."), who=str(link.issued_by or ""))
    if not _still_stands(link):
        raise Refused("link.unknown", _("Le compte a changé depuis l’envoi de ce lien : il ne sert plus."))
    return link


def spend(*, purpose: LinkPurpose, secret: str) -> MailedLink:
    """Like ``find``, once: of two who follow the same link at once, one is told that it has served.

    Raises Refused like ``find``; must be called in the transaction of what the link is for. Locks the person's row,
    then the link's: every act on both takes them in that order, the journal after them.
    """
    person = find(purpose=purpose, secret=secret).person
    if person is not None:
        User.objects.select_for_update(no_key=True).get(pk=person.pk)
    MailedLink.objects.select_for_update().filter(purpose=purpose, token_digest=_digest(secret)).first()
    link = find(purpose=purpose, secret=secret)
    link.used_at = timezone.now()
    link.save(update_fields=["used_at"])
    return link


def purge() -> int:
    """Remove the links that ended more than ``KEPT`` ago; return how many."""
    return MailedLink.objects.filter(expires_at__lt=timezone.now() - KEPT).delete()[0]


def _digest(secret: str) -> str:
    """Secrets are long and random: a plain digest cannot be guessed back."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _standing(person: User | None) -> str:
    return person.get_session_auth_hash() if person else ""


def _still_stands(link: MailedLink) -> bool:
    """Another password or address since then, or a closed account, ends the link."""
    if link.person is not None and not link.person.is_active:
        return False
    return constant_time_compare(link.bound_to, _standing(link.person))
