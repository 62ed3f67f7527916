"""How runs are leased, retried and given up. Times in seconds."""

from __future__ import annotations

MAX_ATTEMPTS = 3
LEASE_SECONDS = 30
HEARTBEAT_SECONDS = 5
RING_AGAIN_SECONDS = 20


def may_retry(attempts: int) -> bool:
    """Whether a run that has been tried ``attempts`` times may be tried once more."""
    return attempts < MAX_ATTEMPTS
