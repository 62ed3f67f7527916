"""Sittings: composing a jury."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from assessments import policies
from assessments.domain import texts
from assessments.models import Juror, Role, Session, Sitting, User
from assessments.services import journal
from assessments.services.errors import Denied, Refused
from assessments.services.seals import seal_of
from assessments.services.texts import kept


@transaction.atomic
def compose(
    *,
    actor: User,
    session: Session,
    name: str,
    starts_at: datetime,
    jurors: Sequence[User],
    president: User,
    place: str = "",
    quorum: int = 2,
) -> Sitting:
    """Compose a sitting.

    Raises Denied; Refused("jury.president"), ("jury.quorum"), ("jury.role"), ("text.too_long").
    """
    if not policies.can_administer(actor):
        raise Denied
    if president not in jurors:
        raise Refused("jury.president", _("Le président doit être l’un des jurés."))
    if not 1 <= quorum <= len(jurors):
        raise Refused("jury.quorum", _("Le quorum doit être compris entre 1 et le nombre de jurés."))
    if not all(juror.has_role(Role.JUROR) for juror in jurors):
        raise Refused("jury.role", _("Chaque membre du jury doit avoir le rôle de juré."))
    sitting = Sitting.objects.create(
        session=session,
        name=kept(name, texts.NAME),
        starts_at=starts_at,
        place=kept(place, texts.NAME),
        quorum=quorum,
    )
    Juror.objects.bulk_create(Juror(sitting=sitting, user=juror, presides=juror == president) for juror in jurors)
    journal.record(
        actor, "sitting.composed", sitting, jurors=[juror.pk for juror in jurors], quorum=quorum, seal=seal_of(sitting)
    )
    return sitting
