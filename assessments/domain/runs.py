"""How runs are leased, retried and given up. Times in seconds."""

from __future__ import annotations

MAX_ATTEMPTS = 3
RENEWALS_PER_LEASE = 5  # a heartbeat or two may be late without the lease being lost
INSPECTION_LEASES = 10  # an inspection has no heartbeat: its lease outlasts its own time limit


def may_retry(attempts: int) -> bool:
    """Whether a run that has been tried ``attempts`` times may be tried once more."""
    return attempts < MAX_ATTEMPTS


def heartbeat_seconds(lease: float) -> float:
    """How often the holder of a lease of so many seconds renews it."""
    return lease / RENEWALS_PER_LEASE


def inspection_seconds(lease: float) -> float:
    return lease * INSPECTION_LEASES
