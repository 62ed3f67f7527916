"""Automatic evaluations as the ledger has them, and whether workers stand ready."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from assessments.domain.leases import AWAITED
from assessments.models import EvaluationRun, Session, User
from assessments.models.runs import ACTIVE, RunStatus
from assessments.selectors.administration.paging import in_order, page_of
from certification import health, vitals
from certification.edges import whole_number
from evaluator import messages
from evaluator.checks import REGISTRY
from evaluator.phases import phase_words
from evaluator.results import Message

SORTS = {"queued": ("queued_at",), "candidate": ("submission__work__enrolment__candidate__full_name",)}


@dataclass(frozen=True, slots=True)
class RunRow:
    """``silence`` is the age of the last heartbeat in seconds, while the run is running; ``overdue``: lease expired.

    ``seconds`` is how long the last attempt took, or has taken so far.
    """

    pk: int
    submission: int
    candidate: str
    bloc: str
    session: str
    version: int
    status: str
    phase: str
    attempts: int
    attempts_left: int
    requested: int
    answered: int
    fault_code: str
    fault: str
    queued_at: datetime
    seconds: float | None
    silence: float | None
    overdue: bool


@dataclass(frozen=True, slots=True)
class AskedCheck:
    """One check that the run was asked for; ``outcome`` is ``pending`` while nothing answered."""

    code: str
    title: str
    outcome: str
    cause: str
    summary: str
    version: int | None
    seconds: float | None
    evidence: int


@dataclass(frozen=True, slots=True)
class RunDetail:
    row: RunRow
    started_at: datetime | None
    finished_at: datetime | None
    engine_version: str
    runtime_digest: str
    bundle_sha256: str
    bundle_size: int
    checks: Sequence[AskedCheck]
    may_run_again: bool


@dataclass(frozen=True, slots=True)
class Readiness:
    """``isolation`` is full, degraded, none, untested, or empty when no worker has said; ``start`` warm or cold.

    ``worker``: whether any is alive; ``unserved``: the queues that none serves, separated by commas.
    """

    worker: bool
    unserved: str
    isolation: str
    start: str
    waiting: int
    running: int
    dead: int


def runs_page(
    user: User, lang: str, *, query: str = "", status: str = "", session: str = "", sort: str = "", page: str = "1"
) -> Page[RunRow]:
    rows = _runs(user)
    if query:
        found = Q(submission__work__enrolment__candidate__full_name__icontains=query)
        rows = rows.filter(found | Q(submission__work__enrolment__candidate__email__icontains=query))
    if status in RunStatus.values:
        rows = rows.filter(status=status)
    if (key := whole_number(session)) is not None:
        rows = rows.filter(submission__work__enrolment__session=key)
    now = timezone.now()
    return page_of(in_order(rows, sort, SORTS, "-queued"), page, lambda run: _row(run, lang, now))


def run_detail(run: EvaluationRun, user: User, lang: str) -> RunDetail:
    found = _runs(user).select_related("submission__bundle").get(pk=run.pk)
    results = {(result.check_code, result.params_digest): result for result in found.submission.results.order_by("pk")}
    checks = [
        _asked(item["check"], results.get((item["check"], item["params_digest"])), lang) for item in found.requested
    ]
    return RunDetail(
        row=_row(found, lang, timezone.now()),
        started_at=found.started_at,
        finished_at=found.finished_at,
        engine_version=found.engine_version,
        runtime_digest=found.runtime_digest,
        bundle_sha256=found.submission.bundle.sha256,
        bundle_size=found.submission.bundle.size,
        checks=checks,
        may_run_again=found.status not in ACTIVE,
    )


def readiness() -> Readiness:
    """What the workers recorded of themselves, and what waits for them. Nothing is tested here."""
    alive = vitals.signs().values()
    weakest = vitals.weakest(alive)
    counts = dict(
        EvaluationRun.objects.order_by().values_list("status").annotate(rows=Count("pk")).values_list("status", "rows")
    )
    return Readiness(
        worker=bool(alive),
        unserved=", ".join(health.unserved_queues(alive)),
        isolation=weakest["level"] if weakest and weakest["level"] in vitals.LEVELS else "",
        start=weakest["start"] if weakest else "",
        waiting=counts.get(RunStatus.QUEUED, 0),
        running=counts.get(RunStatus.RUNNING, 0),
        dead=counts.get(RunStatus.DEAD, 0),
    )


def session_choices(user: User) -> list[tuple[str, str]]:
    """Sessions as (key, name), the latest first."""
    return [(str(pk), name) for pk, name in Session.objects.visible_to(user).values_list("pk", "name")]


def _runs(user: User) -> QuerySet[Any]:
    return (
        EvaluationRun.objects.visible_to(user)
        .select_related("submission__work__enrolment__candidate", "submission__work__enrolment__session")
        .select_related("submission__work__assessment__bloc")
        .annotate(answered=Count("results"))
    )


def _row(run: Any, lang: str, now: datetime) -> RunRow:
    work = run.submission.work
    running = run.status == RunStatus.RUNNING
    ended = run.finished_at or (now if running else None)
    return RunRow(
        pk=run.pk,
        submission=run.submission_id,
        candidate=work.enrolment.candidate.full_name,
        bloc=str(work.assessment.bloc or work.assessment),
        session=work.enrolment.session.name,
        version=run.submission.number,
        status=run.status,
        phase=phase_words(run.phase, lang) or run.phase,
        attempts=run.attempts,
        attempts_left=max(0, AWAITED.attempts - run.attempts),
        requested=len(run.requested),
        answered=run.answered,
        fault_code=run.fault_code,
        fault=_sentence(run.fault_code, run.fault_params, lang),
        queued_at=run.queued_at,
        seconds=(ended - run.started_at).total_seconds() if run.started_at and ended else None,
        silence=(now - run.heartbeat_at).total_seconds() if running and run.heartbeat_at else None,
        overdue=running and run.lease_expires_at is not None and run.lease_expires_at < now,
    )


def _asked(code: str, result: Any, lang: str) -> AskedCheck:
    check = REGISTRY.get(code)
    title = (check.title.get(lang) or check.title["fr"]) if check else code
    if result is None:
        return AskedCheck(code, title, "pending", "", "", None, None, 0)
    return AskedCheck(
        code=code,
        title=title,
        outcome=result.outcome,
        cause=result.cause,
        summary=_sentence(result.message_code, result.message_params, lang),
        version=result.check_version,
        seconds=result.seconds,
        evidence=len(result.evidence),
    )


def _sentence(code: str, params: dict[str, Any], lang: str) -> str:
    return messages.render(Message(code, params), lang) if code else ""
