"""Every kind of leased row, and their sweep. A kind that is not here is rung for once, and never again."""

from __future__ import annotations

import logging
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded

from assessments.services import (
    import_reading,
    inspections,
    mails,
    printing,
    probes,
    reference_reading,
    runs,
    similarity,
)
from assessments.services.leases import Kind
from assessments.services.sweeping import sweep

logger = logging.getLogger(__name__)

KINDS: tuple[Kind[Any], ...] = (
    inspections.KIND,
    import_reading.KIND,
    reference_reading.KIND,
    runs.KIND,
    printing.KIND,
    mails.KIND,
    probes.KIND,
    similarity.KIND,
)


def sweep_all() -> int:
    """Sweep each kind, whatever happens to the others. Returns how many rows were rung for."""
    return sum(_sweep(kind) for kind in KINDS)


def _sweep(kind: Kind[Any]) -> int:
    try:
        return sweep(kind)
    except SoftTimeLimitExceeded:  # the time of all of them is over
        raise
    except Exception:  # one kind's defect is named, and costs the others nothing
        logger.exception("the sweep for %s failed", kind.task)
        return 0
