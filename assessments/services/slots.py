"""Slots: the passage of a work before a sitting."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from assessments import policies
from assessments.domain.conflicts import barred
from assessments.domain.workflow import WorkEvent
from assessments.models import Sitting, Slot, User, Work
from assessments.models.histories import bonds_on
from assessments.models.juries import SittingKind, SittingState
from assessments.models.reviews import ReviewOutcome
from assessments.selectors.composition import findings_of
from assessments.services import composition, journal, works
from assessments.services.errors import RULES, Denied, Refused
from assessments.services.seals import seal_of


@transaction.atomic
def schedule(*, actor: User, sitting: Sitting, work: Work, starts_at: datetime, minutes: int = 45) -> Slot:
    """Give an admitted work its passage before the sitting.

    Raises Denied; Refused("jury.session"); Refused("jury.conflict") when a juror may not judge the candidate;
    Refused("jury.kind"), ("jury.cancelled") for a sitting that hears nobody; Refused("jury.<code>") for a jury that
    the rule of the candidate's access path refuses; Refused("jury.taken") when the hour is taken;
    Refused("work.transition").
    """
    if not policies.can_administer(actor):
        raise Denied
    if work.enrolment.session_id != sitting.session_id:
        raise Refused("jury.session", _("Ce travail relève d’une autre session."))
    _require_seats(sitting, work)
    if sitting.slots.filter(starts_at=starts_at).exists():
        raise Refused(*RULES["slot_time_unique"])
    admitted = work.submissions.filter(review__outcome=ReviewOutcome.ADMITTED).order_by("-number").first()
    if admitted is None:
        raise Refused("work.transition", _("Cette action n’est pas possible dans l’état actuel du travail."))
    works.move(work=work, event=WorkEvent.SCHEDULE, actor=actor, sitting=sitting.pk)
    slot = Slot.objects.create(sitting=sitting, work=work, submission=admitted, starts_at=starts_at, minutes=minutes)
    journal.record(actor, "slot.scheduled", slot, work=work.pk, submission=admitted.pk, seal=seal_of(slot))
    return slot


def _require_seats(sitting: Sitting, work: Work) -> None:
    """The jury may hear this candidate: who sits, and what the rule of the candidate's access path asks."""
    if sitting.kind != SittingKind.EVALUATION:
        raise Refused("jury.kind", _("Un jury de certification n’entend pas de soutenance."))
    if sitting.state != SittingState.PLANNED:
        raise Refused("jury.cancelled", _("Cette séance est annulée."))
    users = {juror.user_id: juror.user for juror in sitting.jurors.in_office().select_related("user")}
    ties = barred(users, work.enrolment.candidate_id, bonds_on(work))
    if ties:
        raise Refused(
            "jury.conflict",
            _("%(names)s ne peut pas juger ce candidat : conflit d’intérêts (candidat, mentor, employeur, lien)."),
            names=", ".join(str(users[key]) for key in ties),
        )
    composition.require_lawful(findings_of(sitting, paths=[work.enrolment.access_path]))
