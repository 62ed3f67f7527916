"""Celery's way in: explicit names, keys only, safe to deliver twice; the work is in services and reports."""

from __future__ import annotations

import logging

from celery import shared_task
from django.conf import settings

from assessments import dispatch
from assessments.models import Decision
from assessments.reports import evaluation_report, referential
from assessments.services import (
    anchors,
    evaluation,
    import_reading,
    probes,
    probing,
    reference_reading,
    runs,
    similarity,
    uploads,
)

logger = logging.getLogger(__name__)


@shared_task(name=dispatch.EVALUATE, soft_time_limit=1500, time_limit=1560)
def evaluate(run_id: int) -> None:
    evaluation.evaluate(run_id=run_id)


@shared_task(name=dispatch.INSPECT, soft_time_limit=280, time_limit=300)
def inspect_upload(upload_id: int) -> None:
    uploads.inspect(upload_id=upload_id)


@shared_task(name=dispatch.ISSUE_REPORT, soft_time_limit=60, time_limit=90)
def issue_report(decision_id: int) -> None:
    try:
        evaluation_report.issue(decision_id=decision_id)
    except Decision.DoesNotExist:
        logger.warning("no report to issue: there is no decision %s", decision_id)


@shared_task(name=dispatch.READ_IMPORT, soft_time_limit=330, time_limit=360)
def read_import(import_id: int) -> None:
    import_reading.read(import_id=import_id)


@shared_task(name=dispatch.READ_REFERENCE, soft_time_limit=110, time_limit=120)
def read_reference(version_id: int) -> None:
    reference_reading.read(version_id=version_id)


@shared_task(name=dispatch.PURGE_IMPORTS, soft_time_limit=280, time_limit=300)
def purge_imports() -> None:
    """Throw away the imports that nobody came back to, and the PDFs printed long ago."""
    import_reading.purge()
    referential.forget_old()


@shared_task(name=dispatch.PRINT_REFERENTIAL, soft_time_limit=120, time_limit=150)
def print_referential(referential_id: int) -> None:
    referential.print_edition(referential_id=referential_id)


@shared_task(name=dispatch.PROBE, soft_time_limit=150, time_limit=180)
def probe(address_id: int) -> None:
    probing.call(address_id=address_id)


@shared_task(name=dispatch.CALL_ADDRESSES, soft_time_limit=50, time_limit=60)
def call_addresses() -> None:
    probes.sweep()


@shared_task(name=dispatch.FORGET_EXCHANGES, soft_time_limit=280, time_limit=300)
def forget_exchanges() -> None:
    probes.forget_exchanges()


@shared_task(name=dispatch.COMPARE, soft_time_limit=100, time_limit=120)
def compare(sketch_id: int) -> None:
    similarity.compare(sketch_id=sketch_id)


@shared_task(name=dispatch.COMPARE_AGAIN, soft_time_limit=100, time_limit=120)
def compare_again() -> None:
    """Have compared again what was compared before other works came."""
    similarity.renew()


@shared_task(name=dispatch.ANCHOR_JOURNAL, soft_time_limit=30, time_limit=45)
def anchor_journal() -> None:
    """Keep the journal's signed head outside the database, where a key was made for it."""
    if settings.ANCHOR_KEY_FILE:
        anchors.anchor()


@shared_task(name=dispatch.MAIL_HEAD, soft_time_limit=30, time_limit=45)
def mail_head() -> None:
    if settings.ANCHOR_KEY_FILE:
        anchors.mail()


@shared_task(name=dispatch.SWEEP, soft_time_limit=30, time_limit=45)
def sweep() -> None:
    """Ring again for what was lost: uploads, imports, reference data sets, runs, reports, comparisons."""
    uploads.sweep()
    import_reading.sweep()
    reference_reading.sweep()
    runs.sweep()
    evaluation_report.sweep()
    similarity.sweep()
