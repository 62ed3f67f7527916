"""Evaluating submissions again, several at once, but for those on which people have decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from assessments.models import Decision, Review, Submission, User, Work
from assessments.services import journal, runs
from assessments.services.errors import Refused, conflicts_refused


@dataclass(frozen=True, slots=True)
class Counted:
    """How many submissions were queued; left out because people have decided; left out because a run is on its way.

    ``busy`` counts those too on which somebody else acts at the same moment.
    """

    queued: int
    stands: int
    busy: int


def stands(submission: str, work: str) -> Q:
    """Whether people have decided, from the names of the fields that hold the submission and its work."""
    reviewed = Exists(Review.objects.filter(submission=OuterRef(submission), given_at__isnull=False))
    decided = Exists(Decision.objects.filter(work=OuterRef(work)))
    return Q(reviewed) | Q(decided)


def queue(*, actor: User, chosen: QuerySet[Submission], verb: str, **payload: Any) -> Counted:
    """Queue a run for each of ``chosen`` and journal it under ``verb``.

    A submission on which people have decided keeps the results that they read, and is left out. Each is a transaction
    of its own: nobody else's act waits for all of them.
    """
    keys = list(chosen.order_by("pk").values_list("pk", flat=True))
    counted = Counter(_queued(actor, key, verb, payload) for key in keys)
    return Counted(counted["queued"], counted["stands"], counted["busy"])


def _queued(actor: User, key: int, verb: str, payload: Mapping[str, Any]) -> str:
    """What became of one submission, by the field of ``Counted``."""
    try:
        with conflicts_refused(), transaction.atomic():
            # A review that is being given now moves its work: it waits for us, or we see it.
            Work.objects.select_for_update(of=("self",), no_key=True).get(submissions=key)
            rows: QuerySet[Any] = Submission.objects.select_related("work__assessment", "work__enrolment")
            submission = rows.annotate(stands=stands("pk", "work_id")).get(pk=key)
            if submission.stands:
                return "stands"
            run = runs.enqueue(submission=submission, actor=actor)
            journal.record(actor, verb, run, **payload)
    except Refused:  # one is queued or running, or somebody else acts on it
        return "busy"
    return "queued"
