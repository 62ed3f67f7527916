"""Celery's way in: explicit names, keys only, safe to deliver twice; the work is in services and reports."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings

from assessments import dispatch
from assessments.domain.durations import EVALUATION, INSPECTION
from assessments.reports import evaluation_report, referential
from assessments.services import (
    access,
    anchors,
    evaluation,
    import_reading,
    inspections,
    leased,
    logins,
    mailed_links,
    mails,
    orphans,
    probes,
    probing,
    reference_reading,
    similarity,
)
from assessments.services.planning import serving


@shared_task(name=dispatch.EVALUATE, soft_time_limit=EVALUATION.soft, time_limit=EVALUATION.hard)
def evaluate(run_id: int) -> None:
    """The key is whose submission rang; whose turn it is may be somebody else."""
    evaluation.serve()


@shared_task(name=dispatch.INSPECT, soft_time_limit=INSPECTION.soft, time_limit=INSPECTION.hard)
def inspect_upload(upload_id: int) -> None:
    """The key is whose file rang; whose turn it is may be somebody else."""
    inspections.serve()


@shared_task(name=dispatch.ISSUE_REPORT, soft_time_limit=60, time_limit=90)
def issue_report(order_id: int) -> None:
    evaluation_report.print_order(order_id=order_id)


@shared_task(name=dispatch.SEND_MAIL, soft_time_limit=60, time_limit=90)
def send_mail(mail_id: int) -> None:
    mails.send(mail_id=mail_id)


@shared_task(name=dispatch.READ_IMPORT, soft_time_limit=330, time_limit=360)
def read_import(import_id: int) -> None:
    import_reading.read(import_id=import_id)


@shared_task(name=dispatch.READ_REFERENCE, soft_time_limit=110, time_limit=120)
def read_reference(version_id: int) -> None:
    reference_reading.read(version_id=version_id)


@shared_task(name=dispatch.PURGE_IMPORTS, soft_time_limit=280, time_limit=300)
def purge_imports() -> None:
    """Throw away the imports that nobody came back to, and what was printed or mailed long ago."""
    import_reading.purge()
    referential.forget_old()
    mails.forget_old()


@shared_task(name=dispatch.PRINT_REFERENTIAL, soft_time_limit=120, time_limit=150)
def print_referential(referential_id: int) -> None:
    referential.print_edition(referential_id=referential_id)


@shared_task(name=dispatch.PROBE, soft_time_limit=150, time_limit=180)
def probe(address_id: int) -> None:
    probing.call(address_id=address_id)


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


@shared_task(name=dispatch.COLLECT_ORPHANS, soft_time_limit=1500, time_limit=1560)
def collect_orphans() -> None:
    orphans.collect()


@shared_task(name=dispatch.PURGE_ACCESSES, soft_time_limit=280, time_limit=300)
def purge_accesses() -> None:
    """Remove what is past its time: lines of the log of accesses, sessions, links that were mailed."""
    access.purge()
    logins.purge()
    mailed_links.purge()


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
    """Ring again for what was lost, and give up what is out of attempts."""
    leased.sweep_all()


@shared_task(name=dispatch.PLAN, soft_time_limit=110, time_limit=120)
def plan(draft_id: int) -> None:
    """A search of 45 seconds at the most, or a plan of some hundred passages to publish."""
    serving.serve(draft_id=draft_id)
