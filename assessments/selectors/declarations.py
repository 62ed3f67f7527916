"""Whom a member of a jury declares to be independent of."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from assessments.models import Sitting, User
from assessments.models.juries import SittingKind, SlotState


def candidates_of(sitting: Sitting) -> QuerySet[User]:
    """The candidates of the passages that stand; of the whole session, before a certification jury.

    Before any passage is set, also those of the session: who signs early declares for all who may come.
    """
    heard = Q(enrolments__works__slots__sitting=sitting, enrolments__works__slots__state=SlotState.DUE)
    all_of_them = Q(enrolments__session=sitting.session_id)
    own = sitting.kind == SittingKind.EVALUATION and sitting.slots.filter(state=SlotState.DUE).exists()
    return User.objects.filter(heard if own else all_of_them).distinct().order_by("full_name", "pk")
