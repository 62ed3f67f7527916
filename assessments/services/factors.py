"""The second factor of somebody who has lost it: taken away by an administrator, so that they set up another."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from assessments import policies
from assessments.domain.access import AccessKind
from assessments.models import User
from assessments.services import access, journal, letters, logins
from assessments.services.errors import Denied, Refused


@transaction.atomic
def reset(*, actor: User | None, person: User) -> None:
    """Take away every factor and recovery code of a person, end their sessions, and write to them.

    ``actor`` is None for who holds the machine itself (``manage.py reset_factor``). Raises Denied;
    Refused("factor.self"), since one changes one's own after having shown it; Refused("factor.none").
    """
    if actor is not None and not policies.can_administer(actor):
        raise Denied
    if actor == person:
        sentence = _("Le vôtre se change dans votre profil ; s’il est perdu, un autre administrateur le retire.")
        raise Refused("factor.self", sentence)
    held = Authenticator.objects.filter(user_id=person.pk)
    kinds = sorted(held.values_list("type", flat=True))
    if not kinds:
        raise Refused("factor.none", _("Cette personne n’a pas de second facteur."))
    held.delete()
    logins.end_all(person=person)
    access.record(kind=AccessKind.FACTOR_REMOVED, person=person, by="administrator")
    letters.write(to=person.email, subject=_("Votre second facteur a été retiré"), letter="factor_reset", person=person)
    journal.record(actor, "factor.reset", person, factors=kinds)
