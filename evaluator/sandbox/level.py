"""The level of isolation that the installation requires."""

from __future__ import annotations

import os

from evaluator.errors import EngineFault
from evaluator.sandbox.job import Level


def configured_level() -> Level:
    """From ``JALON_SANDBOX_LEVEL``: ``full`` or ``degraded`` (the default).

    Raises:
        EngineFault: ``sandbox.level`` for any other value; code is never run without isolation.
    """
    value = os.environ.get("JALON_SANDBOX_LEVEL", Level.DEGRADED.value)
    if value not in (Level.DEGRADED.value, Level.FULL.value):
        raise EngineFault("sandbox.level", required=value, found="?")
    return Level(value)
