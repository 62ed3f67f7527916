"""The permission matrix: every address × every role × the code expected. One module per area holds its rows."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.core.cache import cache

from assessments.models import Decision, Slot, Submission
from assessments.services import ballots, decisions
from tests.factories import World
from tests.savepoints import undone

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

    @contextmanager
    def tried(self) -> Iterator[Scene]:
        """A copy of the scene, as it was made: whatever changes inside is taken back, so that many share one."""
        cache.clear()
        with undone():
            yield copy.deepcopy(self)

    def decision(self) -> Decision:
        """That on the work, made by its jury the first time that it is asked for."""
        slot = Slot.objects.get(pk=self.slot.pk)
        made = slot.decisions.first()
        if made is not None:
            return made
        for juror in self.world.jurors:
            ballot = ballots.open_ballot(actor=juror, slot=self.slot)
            if ballot.sealed_at is not None:
                continue
            for criterion in self.world.edition.criteria[1:]:
                ballots.save_mark(actor=juror, ballot=ballot, line=criterion, level="not_acquired", comment="")
            ballots.seal(actor=juror, ballot=ballot)
        return decisions.decide(actor=self.world.president, slot=slot, rulings={})


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
