"""Who mentors whom, since when and until when: kept as rows, for a mentor of old never judges the candidate."""

from __future__ import annotations

from collections.abc import Collection

from django.utils import timezone

from assessments.models import Enrolment, MentorSpan


def begin(enrolments: Collection[Enrolment]) -> None:
    """New enrolments, with the mentors that they have."""
    now = timezone.now()
    MentorSpan.objects.bulk_create(
        MentorSpan(enrolment=each, mentor_id=each.mentor_id, since=now)
        for each in enrolments
        if each.mentor_id is not None
    )


def change(enrolment: Enrolment) -> None:
    """An enrolment that may have another mentor, or none, than it had. Within the lock of its row."""
    running = enrolment.mentor_spans.filter(until__isnull=True)
    if running.filter(mentor=enrolment.mentor_id).exists():
        return
    running.update(until=timezone.now())
    begin([enrolment])
