"""The permission matrix: every address × every role × the code expected. One module per area holds its rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from assessments.models import Slot, Submission
from tests.factories import World

ROLES = ("anonymous", "candidate", "mentor", "juror", "president", "administrator", "stranger")
"""``candidate``, ``mentor``, ``juror`` and ``president`` belong to the work; ``stranger`` holds every role but the
administrator's, in another session."""


@dataclass(frozen=True)
class Scene:
    """A world whose work is scheduled before its jury, with what addresses are made of."""

    world: World
    submission: Submission
    slot: Slot
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """One address and method. ``kwargs`` builds the address from the scene; ``data`` is what is posted.

    ``expected`` gives the status by role; a role left out is expected to get ``otherwise``.
    """

    name: str
    expected: dict[str, int]
    method: str = "get"
    kwargs: Callable[[Scene], dict[str, Any]] = lambda scene: {}
    data: Callable[[Scene], dict[str, Any]] = lambda scene: {}
    otherwise: int = 404
