"""Evaluating submissions again, several at once, but for those on which people have decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from assessments.models import Decision, Review, Submission, User, Work
from assessments.services import journal, runs
from assessments.services.errors import Refused


@dataclass(frozen=True, slots=True)
class Counted:
    """How many submissions were queued; left out because people have decided; left out because a run is on its way."""

    queued: int
    stands: int
    busy: int


def stands(submission: str, work: str) -> Q:
    """Whether people have decided, from the names of the fields that hold the submission and its work."""
    reviewed = Exists(Review.objects.filter(submission=OuterRef(submission), given_at__isnull=False))
    decided = Exists(Decision.objects.filter(work=OuterRef(work)))
    return Q(reviewed) | Q(decided)


@transaction.atomic
def queue(*, actor: User, chosen: QuerySet[Submission], verb: str, **payload: Any) -> Counted:
    """Queue a run for each of ``chosen`` and journal it under ``verb``.

    A submission on which people have decided keeps the results that they read, and is left out.
    """
    # A review that is being given now moves its work: it waits for us, or we see it.
    concerned = Work.objects.filter(submissions__in=chosen.values("pk")).order_by("pk")
    list(concerned.select_for_update(of=("self",), no_key=True))
    queued = decided = busy = 0
    with_work: QuerySet[Any] = chosen.select_related("work__assessment", "work__enrolment")
    for submission in with_work.annotate(stands=stands("pk", "work_id")).order_by("pk"):
        if submission.stands:
            decided += 1
            continue
        try:
            run = runs.enqueue(submission=submission, actor=actor)
        except Refused:  # one is queued or running
            busy += 1
            continue
        journal.record(actor, verb, run, **payload)
        queued += 1
    return Counted(queued, decided, busy)
