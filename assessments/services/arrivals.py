"""First steps into an account: an invitation followed, or a sign-up where the platform is open to it.

Either way the mailbox is proved before the account has a password.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from assessments.models import LinkPurpose, MailedLink, User
from assessments.services import journal, letters, mailed_links, people
from assessments.services.errors import Denied

LASTS = timedelta(days=1)


def expected(*, purpose: LinkPurpose, secret: str) -> User:
    """Who would come in by this link; not stored yet for a sign-up. Raises Refused like ``mailed_links.find``."""
    link = mailed_links.find(purpose=purpose, secret=secret)
    return link.person or User(email=link.email, full_name=link.full_name)


@transaction.atomic
def come_in(*, purpose: LinkPurpose, secret: str, password: str) -> User:
    """Give the account its password, which is expected to have been validated; for a sign-up, open it first.

    Raises Refused like ``mailed_links.spend``; ("person.email_taken") where the address has got an account meanwhile.
    """
    link = mailed_links.spend(purpose=purpose, secret=secret)
    person = link.person or _opened(link)
    people.set_password(person=person, password=password)
    journal.record(person, "person.arrived", person)
    return person


@transaction.atomic
def sign_up(*, email: str, full_name: str) -> None:
    """Send a link to whoever wants an account. No row of theirs is made before they follow it.

    Where there is an account its owner is told so by letter; whoever asked sees the same either way. Raises Denied
    where people do not sign up by themselves; Refused("person.name").
    """
    if not settings.ACCOUNT_SIGNUP_OPEN:
        raise Denied
    email, full_name = email.strip().lower(), people.required_name(full_name)
    language = get_language() or ""
    if User.objects.filter(email=email).exists():
        reset = settings.JALON_BASE_URL + reverse("account_reset_password")
        subject = _("Vous avez déjà un compte")
        letters.write(to=email, subject=subject, letter="sign_up_known", language=language, address=reset)
        return
    secret = mailed_links.issue(purpose=LinkPurpose.SIGN_UP, email=email, full_name=full_name, lasts=LASTS)
    address = settings.JALON_BASE_URL + reverse("web:sign_up_proof", args=[secret])
    subject = _("Ouvrir votre compte")
    letters.write(to=email, subject=subject, letter="sign_up", language=language, address=address)


def _opened(link: MailedLink) -> User:
    person = User.objects.create_user(people.free_address(link.email), full_name=link.full_name)
    journal.record(person, "person.signed_up", person)
    return person
