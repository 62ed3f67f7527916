"""When jurors can sit: said by themselves, or for them by an administrator."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments import policies
from assessments.models import Availability, Occupation, Role, Session, User
from assessments.services import journal
from assessments.services.errors import Denied, Refused

MOST = 200
"""Of one juror in one session."""


@transaction.atomic
def say(
    *, actor: User, session: Session, person: User, starts_at: datetime, ends_at: datetime, free: bool
) -> Availability:
    """Keep hours in which a juror can sit, or is away.

    Raises Denied for another one's hours; Refused("availability.role"), ("availability.order"), ("availability.past"),
    ("availability.many").
    """
    _require_own(actor, person)
    if not person.has_role(Role.JUROR):
        raise Refused("availability.role", _("%(name)s n’a pas le rôle de juré."), name=person.full_name)
    if ends_at <= starts_at:
        raise Refused("availability.order", _("La fin doit venir après le début."))
    if ends_at <= timezone.now():
        raise Refused("availability.past", _("Ces heures sont passées."))
    if Availability.objects.filter(session=session, person=person).count() >= MOST:
        raise Refused("availability.many", _("Au plus %(most)d plages par juré et par session."), most=MOST)
    said = Availability.objects.create(session=session, person=person, starts_at=starts_at, ends_at=ends_at, free=free)
    journal.record(actor, "availability.said", said, session=session.pk, person=person.pk, free=free)
    return said


@transaction.atomic
def take_back(*, actor: User, said: Availability) -> None:
    """Forget hours that were said. Raises Denied."""
    _require_own(actor, said.person)
    journal.record(actor, "availability.taken_back", said, session=said.session_id, person=said.person_id)
    said.delete()


def clashes(said: Availability) -> int:
    """How many passages a juror has in hours in which they are away."""
    if said.free:
        return 0
    taken = Occupation.objects.filter(person=said.person_id, starts_at__lt=said.ends_at, ends_at__gt=said.starts_at)
    return taken.count()


def _require_own(actor: User, person: User) -> None:
    if actor.pk != person.pk and not policies.can_administer(actor):
        raise Denied
