"""When a passage may be sealed. Pure."""

from __future__ import annotations

from datetime import datetime


def begun(starts_at: datetime, now: datetime, *, opened_early: bool) -> bool:
    """Whether the defence has begun: at its hour, or when its president opened it early and said why."""
    return opened_early or now >= starts_at
