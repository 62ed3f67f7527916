"""Celery's way in: explicit names, keys only, safe to deliver twice; the work is in services and reports."""

from __future__ import annotations

from celery import shared_task

from assessments import dispatch
from assessments.reports import evaluation_report
from assessments.services import evaluation, probes, probing, runs, uploads


@shared_task(name=dispatch.EVALUATE, soft_time_limit=1500, time_limit=1560)
def evaluate(run_id: int) -> None:
    evaluation.evaluate(run_id=run_id)


@shared_task(name=dispatch.INSPECT, soft_time_limit=280, time_limit=300)
def inspect_upload(upload_id: int) -> None:
    uploads.inspect(upload_id=upload_id)


@shared_task(name=dispatch.ISSUE_REPORT, soft_time_limit=60, time_limit=90)
def issue_report(decision_id: int) -> None:
    evaluation_report.issue(decision_id=decision_id)


@shared_task(name=dispatch.PROBE, soft_time_limit=150, time_limit=180)
def probe(address_id: int) -> None:
    probing.call(address_id=address_id)


@shared_task(name=dispatch.CALL_ADDRESSES, soft_time_limit=50, time_limit=60)
def call_addresses() -> None:
    probes.sweep()


@shared_task(name=dispatch.FORGET_EXCHANGES, soft_time_limit=280, time_limit=300)
def forget_exchanges() -> None:
    probes.forget_exchanges()


@shared_task(name=dispatch.SWEEP, soft_time_limit=30, time_limit=45)
def sweep() -> None:
    """Ring again for what was lost: uploads, runs, reports."""
    uploads.sweep()
    runs.sweep()
    evaluation_report.sweep()
