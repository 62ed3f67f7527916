"""The ledger of evaluations: enqueue, claim, renew, record, end, sweep. The engine is called elsewhere."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.dispatch import EVALUATE, ring
from assessments.domain.digests import digest
from assessments.domain.runs import MAX_ATTEMPTS, may_retry
from assessments.models import CheckResult, EvaluationRun, Submission, User
from assessments.models.runs import ACTIVE, RunStatus
from assessments.selectors.lines import assessed_lines, checks_of
from assessments.services import journal
from assessments.services.errors import Refused
from assessments.services.seals import seal_of


class LeaseLost(Exception):
    """Another delivery of the task holds the run now: stop, write nothing more."""


def _lease() -> timedelta:
    """How long a holder may be silent, and how long a ring may stay unanswered before the next."""
    return timedelta(seconds=settings.RUN_LEASE_SECONDS)


@transaction.atomic
def enqueue(*, submission: Submission, actor: User | None) -> EvaluationRun:
    """Queue an evaluation of everything the work's criteria ask for.

    Raises Refused("run.active") while one is queued or running.
    """
    if submission.runs.filter(status__in=ACTIVE).exists():
        raise Refused("run.active", _("Une évaluation automatique est déjà en cours pour ce dépôt."))
    run = EvaluationRun.objects.create(
        submission=submission,
        requested=requested_for(submission),
        lease_expires_at=timezone.now() + _lease(),
    )
    journal.record(actor, "run.queued", run, submission=submission.pk)
    ring(EVALUATE, run.pk)
    return run


def requested_for(submission: Submission) -> list[dict[str, Any]]:
    """The checks that the lines of the work's grid name, each (check, parameters) once, in the order of lines."""
    wanted: dict[tuple[str, str], dict[str, Any]] = {}
    for line in assessed_lines(submission.work):
        for asked in checks_of(line):
            key = (asked.check_code, digest(asked.params))
            wanted.setdefault(key, {"check": asked.check_code, "params": asked.params, "params_digest": key[1]})
    return list(wanted.values())


def claim(*, run_id: int) -> EvaluationRun | None:
    """Take the run if it is free: queued, or running under a lease that has run out. None when it is not.

    Each claim is an attempt. A run out of attempts is not claimed; the sweeper declares it dead.
    """
    now = timezone.now()
    free = Q(status=RunStatus.QUEUED) | Q(status=RunStatus.RUNNING, lease_expires_at__lt=now)
    claimed = EvaluationRun.objects.filter(free, pk=run_id, attempts__lt=MAX_ATTEMPTS).update(
        status=RunStatus.RUNNING,
        attempts=F("attempts") + 1,
        lease_token=uuid.uuid4(),
        lease_expires_at=now + _lease(),
        heartbeat_at=now,
        started_at=now,
        phase="",
    )
    if not claimed:
        return None
    return EvaluationRun.objects.select_related(
        "submission__bundle", "submission__work__assessment", "submission__work__enrolment"
    ).get(pk=run_id)


def renew(*, run: EvaluationRun) -> bool:
    """The heartbeat: push the lease forward; False when the lease is lost."""
    now = timezone.now()
    return bool(_held(run).update(lease_expires_at=now + _lease(), heartbeat_at=now))


def announce(*, run: EvaluationRun, phase: str) -> None:
    """Say what the run is doing now, for the page that watches it."""
    _held(run).update(phase=phase[:80])


def _held(run: EvaluationRun) -> Any:
    return EvaluationRun.objects.filter(pk=run.pk, status=RunStatus.RUNNING, lease_token=run.lease_token)


@transaction.atomic
def record(*, run: EvaluationRun, results: Sequence[CheckResult]) -> None:
    """Store results while holding the lease; a result already there stays, a platform's fault is replaced.

    Raises LeaseLost.
    """
    if not _held(run).select_for_update(no_key=True).exists():
        raise LeaseLost
    for result in results:
        CheckResult.objects.filter(
            submission=result.submission_id,
            check_code=result.check_code,
            check_version=result.check_version,
            params_digest=result.params_digest,
            runtime_digest=result.runtime_digest,
            reference=result.reference_id,
            cause="platform",
        ).delete()
    CheckResult.objects.bulk_create(results, ignore_conflicts=True)


@transaction.atomic
def finish(*, run: EvaluationRun, results: Sequence[CheckResult], **stamp: str) -> None:
    """Results first, then *done*, in one transaction. ``stamp``: engine_version, runtime_digest, facts_key."""
    record(run=run, results=results)
    _end(run, RunStatus.DONE, fault_code="", fault_params={}, **stamp)


@transaction.atomic
def fail(*, run: EvaluationRun, code: str, params: dict[str, Any], platform: bool) -> None:
    """End on a fault. The candidate's ends the run (*failed*); ours re-queues it until attempts run out (*dead*)."""
    if not platform:
        _end(run, RunStatus.FAILED, fault_code=code, fault_params=params)
        return
    if not may_retry(run.attempts):
        _end(run, RunStatus.DEAD, fault_code=code, fault_params=params)
        return
    again = timezone.now() + _lease()
    _held(run).update(
        status=RunStatus.QUEUED,
        lease_token=None,
        lease_expires_at=again,
        fault_code=code,
        fault_params=params,
    )


def _end(run: EvaluationRun, status: RunStatus, **fields: Any) -> None:
    changed = _held(run).update(
        status=status, lease_token=None, lease_expires_at=None, finished_at=timezone.now(), phase="", **fields
    )
    if not changed:
        raise LeaseLost
    journal.record(None, f"run.{status.value}", run, code=fields.get("fault_code", ""), seal=seal_of(run))


def sweep() -> int:
    """Ring again for runs whose lease or wait has run out; declare dead those out of attempts. Returns how many."""
    now = timezone.now()
    overdue = EvaluationRun.objects.filter(status__in=ACTIVE, lease_expires_at__lt=now)
    _bury(overdue.filter(attempts__gte=MAX_ATTEMPTS))
    keys = list(overdue.filter(attempts__lt=MAX_ATTEMPTS).values_list("pk", flat=True)[:500])
    for key in keys:
        with transaction.atomic():
            # A queued run is rung once a period; a running one keeps its expired lease, which claim() requires.
            EvaluationRun.objects.filter(pk=key, status=RunStatus.QUEUED).update(lease_expires_at=now + _lease())
            ring(EVALUATE, key)
    return len(keys)


def _bury(lost: Any) -> None:
    for run in lost[:500]:
        with transaction.atomic():
            buried = EvaluationRun.objects.filter(
                pk=run.pk, status=run.status, lease_expires_at=run.lease_expires_at
            ).update(
                status=RunStatus.DEAD,
                lease_token=None,
                lease_expires_at=None,
                finished_at=timezone.now(),
                fault_code=run.fault_code or "engine.worker_lost",
            )
            if buried:
                code = run.fault_code or "engine.worker_lost"
                journal.record(None, "run.dead", run, code=code, seal=seal_of(run))
