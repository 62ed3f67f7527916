"""What we could not do, and what waits for an administrator: files, documents, mails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q

from assessments.models import OutgoingMail, PrintOrder, Upload, User
from assessments.models.mails import MailState
from assessments.models.printing import PrintState
from assessments.models.works import UploadState

_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Incident:
    """One thing that was given up. ``name`` is the file, or empty; the fault is worded by the page."""

    pk: int
    work: int
    candidate: str
    bloc: str
    name: str
    size: int
    attempts: int
    since: datetime
    fault_code: str
    fault_params: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Mails:
    """``failing`` of the ``waiting`` were tried in vain; the fault is the latest of all, its mail's ``subject``."""

    waiting: int
    failing: int
    dead: int
    subject: str
    fault_code: str
    fault_params: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Incidents:
    uploads: Sequence[Incident]
    documents: Sequence[Incident]
    mails: Mails


def incidents(user: User) -> Incidents:
    """In three queries and one; the latest hundred of each."""
    return Incidents(_uploads(user), _documents(user), _mails(user))


def _uploads(user: User) -> list[Incident]:
    """Files that could not be examined by our fault."""
    rows = Upload.objects.visible_to(user).filter(state=UploadState.STUCK)
    with_work = rows.select_related("work__enrolment__candidate", "work__assessment__bloc")
    return [_incident(row, row.work, row.file_name, row.size, row.created_at) for row in with_work[:_SHOWN]]


def _documents(user: User) -> list[Incident]:
    """Documents that could not be printed by our fault."""
    rows = PrintOrder.objects.visible_to(user).filter(state=PrintState.DEAD)
    with_work = rows.select_related("decision__work__enrolment__candidate", "decision__work__assessment__bloc")
    return [_incident(row, row.decision.work, "", 0, row.decision.decided_at) for row in with_work[:_SHOWN]]


def _incident(row: Any, work: Any, name: str, size: int, since: datetime) -> Incident:
    return Incident(
        pk=row.pk,
        work=work.pk,
        candidate=work.enrolment.candidate.full_name,
        bloc=str(work.assessment.bloc or work.assessment),
        name=name,
        size=size,
        attempts=row.attempts,
        since=since,
        fault_code=row.fault_code,
        fault_params=row.fault_params,
    )


def _mails(user: User) -> Mails:
    rows = OutgoingMail.objects.visible_to(user)
    waiting, dead = Q(state=MailState.WAITING), Q(state=MailState.DEAD)
    counts = rows.aggregate(
        waiting=Count("pk", filter=waiting),
        failing=Count("pk", filter=waiting & ~Q(fault_code="")),
        dead=Count("pk", filter=dead),
    )
    last = rows.filter(waiting | dead).exclude(fault_code="").order_by("-started_at")
    told = last.values("subject", "fault_code", "fault_params").first()  # never a content
    return Mails(**counts, **(told or {"subject": "", "fault_code": "", "fault_params": {}}))
