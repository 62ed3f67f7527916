"""Slots: the passage of a work before a sitting."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from assessments import policies
from assessments.domain.workflow import WorkEvent
from assessments.models import Sitting, Slot, User, Work
from assessments.models.reviews import ReviewOutcome
from assessments.services import journal, works
from assessments.services.errors import RULES, Denied, Refused
from assessments.services.seals import seal_of


@transaction.atomic
def schedule(*, actor: User, sitting: Sitting, work: Work, starts_at: datetime, minutes: int = 45) -> Slot:
    """Give an admitted work its passage before the sitting.

    Raises Denied; Refused("jury.session"); Refused("jury.conflict") when a juror mentored the candidate or is the
    candidate; Refused("jury.taken") when the hour is taken; Refused("work.transition").
    """
    if not policies.can_administer(actor):
        raise Denied
    if work.enrolment.session_id != sitting.session_id:
        raise Refused("jury.session", _("Ce travail relève d’une autre session."))
    conflicted = [
        juror.user for juror in sitting.jurors.select_related("user") if policies.has_conflict(juror.user, work)
    ]
    if conflicted:
        raise Refused(
            "jury.conflict",
            _("%(names)s ne peut pas juger ce candidat : conflit d’intérêts (candidat ou mentor)."),
            names=", ".join(map(str, conflicted)),
        )
    if sitting.slots.filter(starts_at=starts_at).exists():
        raise Refused(*RULES["slot_time_unique"])
    admitted = work.submissions.filter(review__outcome=ReviewOutcome.ADMITTED).order_by("-number").first()
    if admitted is None:
        raise Refused("work.transition", _("Cette action n’est pas possible dans l’état actuel du travail."))
    works.move(work=work, event=WorkEvent.SCHEDULE, actor=actor, sitting=sitting.pk)
    slot = Slot.objects.create(sitting=sitting, work=work, submission=admitted, starts_at=starts_at, minutes=minutes)
    journal.record(actor, "slot.scheduled", slot, work=work.pk, submission=admitted.pk, seal=seal_of(slot))
    return slot
