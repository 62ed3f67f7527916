"""Rooms: where passages are heard, in person or by a link."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from assessments import policies
from assessments.domain import texts
from assessments.models import Room, Session, User
from assessments.services import journal
from assessments.services.errors import RULES, Denied, Refused
from assessments.services.texts import kept

_LINK = URLValidator(schemes=["https"])


@transaction.atomic
def add(*, actor: User, name: str, link: str = "", capacity: int | None = None, session: Session | None = None) -> Room:
    """Add a room to a session, or to all for no ``session``.

    Raises Denied; Refused("room.name") for a name that is empty or taken, ("room.link") for a link that is no address
    by HTTPS, ("room.capacity"), ("text.too_long").
    """
    if not policies.can_administer(actor):
        raise Denied
    name = kept(name, texts.NAME)
    if not name:
        raise Refused("room.name", _("Donnez un nom à la salle."))
    if Room.objects.filter(session=session, name=name).exists():
        raise Refused(*RULES["room_name_unique"])
    if capacity is not None and capacity < 2:
        raise Refused("room.capacity", _("Une salle tient au moins un juré et un candidat."))
    room = Room.objects.create(session=session, name=name, link=_https(link), capacity=capacity)
    journal.record(actor, "room.added", room, session=session.pk if session else None)
    return room


@transaction.atomic
def remove(*, actor: User, room: Room) -> None:
    """Remove a room that no passage was given. Raises Denied; Refused("room.used")."""
    if not policies.can_administer(actor):
        raise Denied
    room = Room.objects.select_for_update().get(pk=room.pk)
    if room.slots.exists():
        raise Refused("room.used", _("Des passages ont eu lieu ou sont prévus dans cette salle : elle reste."))
    journal.record(actor, "room.removed", room, name=room.name)
    room.delete()


def _https(link: str) -> str:
    link = link.strip()
    if not link:
        return ""
    try:
        _LINK(link)
    except ValidationError:
        raise Refused("room.link", _("Le lien de visioconférence est une adresse qui commence par https://.")) from None
    return kept(link, 500)
