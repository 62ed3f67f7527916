"""The bell: tells a worker that there is work. Losing a ring loses nothing, the sweeper rings again."""

from __future__ import annotations

import logging

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from certification.breaker import Breaker

logger = logging.getLogger(__name__)

HEARD_WITHIN = 60
"""Seconds after which a ring that no worker took is dropped: the sweeper rings again for what still waits."""

EVALUATE = "assessments.evaluate"
INSPECT = "assessments.inspect_upload"
ISSUE_REPORT = "assessments.issue_report"
PROBE = "assessments.probe"
SWEEP = "assessments.sweep"
SEND_MAIL = "assessments.send_mail"
READ_REFERENCE = "assessments.read_reference"
READ_IMPORT = "assessments.read_import"
PURGE_IMPORTS = "assessments.purge_imports"
PRINT_REFERENTIAL = "assessments.print_referential"
FORGET_EXCHANGES = "assessments.forget_exchanges"
COMPARE = "assessments.compare"
COMPARE_AGAIN = "assessments.compare_again"
COLLECT_ORPHANS = "assessments.collect_orphans"
PURGE_ACCESSES = "assessments.purge_accesses"
ANCHOR_JOURNAL = "assessments.anchor_journal"
MAIL_HEAD = "assessments.mail_head"

QUEUES = {
    EVALUATE: "untrusted",
    INSPECT: "untrusted",
    ISSUE_REPORT: "reports",
    PROBE: "probes",
    SWEEP: "default",
    SEND_MAIL: "mail",
    READ_IMPORT: "untrusted",
    READ_REFERENCE: "untrusted",
    PURGE_IMPORTS: "default",
    PRINT_REFERENTIAL: "reports",
    FORGET_EXCHANGES: "default",
    COMPARE: "default",
    COMPARE_AGAIN: "default",
    COLLECT_ORPHANS: "default",
    PURGE_ACCESSES: "default",
    ANCHOR_JOURNAL: "default",
    MAIL_HEAD: "default",
}

# A person may be waiting behind a ring: after one that failed the next are not tried for a while.
broken_bell = Breaker(seconds=5.0)


def ring(task: str, key: int) -> None:
    """Send ``task`` for the row ``key`` once the transaction commits."""
    transaction.on_commit(lambda: _send(task, key))


def _send(task: str, key: int) -> None:
    if not broken_bell.open:
        try:
            current_app.send_task(task, args=[key], queue=QUEUES[task], retry=False, expires=HEARD_WITHIN)
        except OperationalError:
            broken_bell.trip()
        else:
            return
    logger.warning("broker out of reach, %s %s waits for the sweeper", task, key)
