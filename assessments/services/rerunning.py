"""Evaluating submissions again, several at once, but for those that a person already rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from assessments.models import Submission, User, Work
from assessments.policies import judgement_stands
from assessments.services import journal, runs
from assessments.services.errors import Refused


@dataclass(frozen=True, slots=True)
class Counted:
    """How many submissions were queued; left out because people rest on them; left out because a run is on its way."""

    queued: int
    stands: int
    busy: int


@transaction.atomic
def queue(*, actor: User, chosen: QuerySet[Submission], verb: str, **payload: Any) -> Counted:
    """Queue a run for each of ``chosen`` and journal it under ``verb``.

    A submission that people rest on keeps the results that they read, and is left out: each of those takes a reason.
    """
    # A review that is being given now moves its work: it waits for us, or we see it.
    concerned = Work.objects.filter(submissions__in=chosen.values("pk")).order_by("pk")
    list(concerned.select_for_update(of=("self",), no_key=True))
    queued = decided = busy = 0
    with_work: QuerySet[Any] = chosen.select_related("work__assessment", "work__enrolment")
    for submission in with_work.annotate(stands=judgement_stands("pk", "work_id")).order_by("pk"):
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
