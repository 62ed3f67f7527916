"""A work's state has one writer."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from assessments.domain.workflow import TransitionRefused, WorkEvent, WorkState, next_state
from assessments.models import Enrolment, User, Work
from assessments.services import journal
from assessments.services.errors import Refused
from certification.referentials.models import Assessment


@transaction.atomic
def move(*, work: Work, event: WorkEvent, actor: User | None, **payload: Any) -> WorkState:
    """Apply ``event`` to the work by compare-and-swap, with its journal row; return the new state.

    Raises Refused("work.transition") where the table has no such transition, or where another person moved the
    work meanwhile.
    """
    before = WorkState(work.state)
    try:
        after = next_state(before, event)
    except TransitionRefused:
        raise Refused("work.transition", _("Cette action n’est pas possible dans l’état actuel du travail.")) from None
    changed = Work.objects.filter(pk=work.pk, state=before.value).update(state=after.value)
    if not changed:
        raise Refused("work.moved", _("Ce travail vient de changer d’état : rechargez la page."))
    work.state = after.value
    journal.record(actor, f"work.{event.value}", work, before=before.value, after=after.value, **payload)
    return after


@transaction.atomic
def open_for(*, enrolment: Enrolment, assessment: Assessment) -> Work:
    """The candidate's work on an assessment of their session's référentiel, created on first use.

    Raises Refused("work.not_enrolled") when the assessment belongs to another edition; Refused("work.already_won")
    when its bloc was recorded as won in an older one.
    """
    if assessment.referential_id != enrolment.session.referential_id:
        raise Refused("work.not_enrolled", _("Cette épreuve ne fait pas partie de votre session."))
    if enrolment.acquired_blocs.filter(bloc=assessment.bloc_id).exists():
        raise Refused("work.already_won", _("Ce bloc est déjà acquis : il n’est plus à présenter."))
    work, _created = Work.objects.get_or_create(enrolment=enrolment, assessment=assessment)
    return work
