"""How slowly bytes may come or go before whoever sends or reads them is sent away. Pure; times in seconds."""

from __future__ import annotations

GRACE = 20.0
"""What a body may take before its rate is looked at: a handshake, a lost packet, a laptop that wakes up."""

BYTES_PER_SECOND = 4096.0
"""A tenth of a poor mobile connection: 4 MiB, the longest piece of an upload, then take a quarter of an hour."""

HEADER_SECONDS = 10.0

LINGER_SECONDS = 30.0
LINGER_BYTES = 256 * 1024 * 1024
"""After the answer to a request that was given up: how long, and how much of, what still comes is thrown away."""


def too_slow(*, received: int, seconds: float) -> bool:
    """Whether ``received`` bytes are too few after so many seconds."""
    return seconds > GRACE + received / BYTES_PER_SECOND
