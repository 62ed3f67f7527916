"""A work's state has one writer."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext_lazy as _

from assessments import policies
from assessments.domain.attempts import exceeds
from assessments.domain.workflow import ENDED, TransitionRefused, WorkEvent, WorkState, next_state
from assessments.models import Enrolment, User, Work
from assessments.selectors.attempts import is_won
from assessments.services import journal
from assessments.services.errors import Refused
from certification.referentials.models import Assessment

_TAKING_UP = frozenset({WorkEvent.SCHEDULE, WorkEvent.DECIDE, WorkEvent.EXCUSE, WorkEvent.REOPEN})


@transaction.atomic
def move(*, work: Work, event: WorkEvent, actor: User | None, **payload: Any) -> WorkState:
    """Apply ``event`` to the work by compare-and-swap, with its journal row; return the new state.

    Raises Refused("work.transition") where the table has no such transition; ("work.superseded") for what would take
    up an attempt that another has followed; ("work.moved") where another person moved the work meanwhile.
    """
    before = WorkState(work.state)
    try:
        after = next_state(before, event)
    except TransitionRefused:
        raise Refused("work.transition", _("Cette action n’est pas possible dans l’état actuel du travail.")) from None
    if event in _TAKING_UP and followed(work):
        raise Refused(
            "work.superseded", _("Une tentative plus récente de cette épreuve est en cours : c’est elle qui compte.")
        )
    changed = Work.objects.filter(pk=work.pk, state=before.value).update(state=after.value)
    if not changed:
        raise Refused("work.moved", _("Ce travail vient de changer d’état : rechargez la page."))
    work.state = after.value
    journal.record(actor, f"work.{event.value}", work, before=before.value, after=after.value, **payload)
    return after


def followed(work: Work) -> bool:
    """Whether a later attempt was begun, and not given up."""
    later = Work.objects.filter(
        enrolment__candidate=work.enrolment.candidate_id, assessment=work.assessment_id, attempt__gt=work.attempt
    )
    return later.exclude(state=WorkState.WITHDRAWN).exists()


@transaction.atomic
def open_for(*, enrolment: Enrolment, assessment: Assessment) -> Work:
    """The candidate's latest work on an assessment of their session's référentiel, created on first use.

    Raises Refused("work.not_enrolled") when the assessment belongs to another edition; ("work.option") when it is
    that of an option which was not chosen; ("work.already_won") when its bloc was recorded as won before, or, before
    the first attempt here, when it was passed, or its bloc awarded, in another session; ("work.attempts") when the
    attempts of earlier sessions have used up what the session allows.
    """
    if assessment.referential_id != enrolment.session.referential_id:
        raise Refused("work.not_enrolled", _("Cette épreuve ne fait pas partie de votre session."))
    if enrolment.acquired_blocs.filter(bloc=assessment.bloc_id).exists():
        raise Refused("work.already_won", _("Ce bloc est déjà acquis : il n’est plus à présenter."))
    require_presented(enrolment, assessment)
    latest = enrolment.works.filter(assessment=assessment).order_by("attempt").last()
    if latest is None and is_won(enrolment, assessment):
        raise Refused("work.already_won", _("Cette épreuve est réussie : elle n’est plus à présenter."))
    return latest or begin(enrolment=enrolment, assessment=assessment)


def begin(*, enrolment: Enrolment, assessment: Assessment) -> Work:
    """The next attempt, empty: after those of the enrolment, and those that ended in other sessions of the edition.

    Raises Refused("work.attempts") beyond what the session allows.
    """
    attempt = 1 + _attempts(enrolment, assessment)
    most = enrolment.session.max_attempts
    if exceeds(attempt, most):
        sentence = _("Le nombre de tentatives de cette session est atteint : %(most)d pour cette épreuve.")
        raise Refused("work.attempts", sentence, most=most)
    return Work.objects.get_or_create(enrolment=enrolment, assessment=assessment, attempt=attempt)[0]


def _attempts(enrolment: Enrolment, assessment: Assessment) -> int:
    """The number of the last attempt. What was never handed in elsewhere, and not missed either, was none."""
    own = Q(enrolment=enrolment)
    elsewhere = Q(enrolment__candidate=enrolment.candidate_id, state__in=ENDED, submissions__isnull=False)
    found = Work.objects.filter(own | elsewhere, assessment=assessment).aggregate(last=Max("attempt"))
    return int(found["last"] or 0)


def require_presented(enrolment: Enrolment, assessment: Assessment) -> None:
    """Raises Refused("work.option") for an épreuve of an option that was not chosen."""
    if not policies.presents(enrolment, assessment):
        raise Refused(
            "work.option",
            _(
                "Ce bloc est au choix, et il ne fait pas partie des options de votre inscription : "
                "demandez à l’organisme certificateur de les modifier."
            ),
        )
