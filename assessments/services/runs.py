"""The ledger of evaluations: enqueue, record, end. ``services.leases`` leases them; the engine is called elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from assessments.dispatch import EVALUATE, ring
from assessments.domain.digests import digest
from assessments.domain.leases import AWAITED
from assessments.models import CheckResult, EvaluationRun, Submission, User
from assessments.models.runs import ACTIVE, RunStatus
from assessments.selectors.lines import assessed_lines, checks_of
from assessments.services import journal, leases
from assessments.services.errors import RULES, Refused
from assessments.services.leases import Kind, LeaseLost
from assessments.services.seals import seal_of

KIND = Kind(
    model=EvaluationRun,
    task=EVALUATE,
    policy=AWAITED,
    waiting={"status": RunStatus.QUEUED},
    held={"status": RunStatus.RUNNING, "phase": ""},
    dead=lambda run: {"status": RunStatus.DEAD, "phase": "", "finished_at": Now()},
    buried="run.dead",
    person="submission__work__enrolment__candidate",
    related=("submission__bundle", "submission__work__assessment", "submission__work__enrolment"),
)


@transaction.atomic
def enqueue(*, submission: Submission, actor: User | None) -> EvaluationRun:
    """Queue an evaluation of everything the work's criteria ask for.

    Raises Refused("run.active") while one is queued or running.
    """
    if submission.runs.filter(status__in=ACTIVE).exists():
        raise Refused(*RULES["run_one_active_per_submission"])
    run = EvaluationRun.objects.create(
        submission=submission, requested=requested_for(submission), **leases.due(KIND.policy)
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


def announce(*, run: EvaluationRun, phase: str) -> None:
    """Say what the run is doing now, for the page that watches it."""
    leases.held(KIND, run).update(phase=phase[:80])


@transaction.atomic
def record(*, run: EvaluationRun, results: Sequence[CheckResult]) -> None:
    """Store results while holding the lease; a result already there stays, a platform's fault is replaced.

    Raises LeaseLost.
    """
    if not leases.held(KIND, run).select_for_update(no_key=True).exists():
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
    _end(run, RunStatus.DONE, **stamp)


@transaction.atomic
def refuse(*, run: EvaluationRun, code: str, params: dict[str, Any]) -> None:
    """End on a fault of the candidate's: the run *failed*, another attempt would find the same. Raises LeaseLost."""
    _end(run, RunStatus.FAILED, fault_code=code, fault_params=params)


def _end(run: EvaluationRun, status: RunStatus, **fields: Any) -> None:
    leases.settle(KIND, run, status=status, finished_at=Now(), phase="", **fields)
    journal.record(None, f"run.{status.value}", run, code=fields.get("fault_code", ""), seal=seal_of(run))
