"""What the machine proposes for a line of the grid, what the mentor makes of it, and what is left to the jury."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Proposal(StrEnum):
    ACQUIRED = "acquired"
    NOT_ACQUIRED = "not_acquired"
    NONE = "none"


class Settled(StrEnum):
    """Who settled a line before the defence."""

    MACHINE = "machine"
    MENTOR = "mentor"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class CheckAnswer:
    """A check of a criterion: whether it decides or only informs, and its outcome (None: not yet)."""

    decides: bool
    outcome: str | None


def propose(answers: Sequence[CheckAnswer]) -> Proposal:
    """Combine the deciding checks of one line.

    All met: acquired. One not met: not acquired. Anything else (undecided, error, missing, or no deciding check
    at all) proposes nothing: a person decides.
    """
    deciding = [answer.outcome for answer in answers if answer.decides]
    if not deciding:
        return Proposal.NONE
    if all(outcome == "met" for outcome in deciding):
        return Proposal.ACQUIRED
    if any(outcome == "not_met" for outcome in deciding):
        return Proposal.NOT_ACQUIRED
    return Proposal.NONE


def settled_by(proposal: Proposal, opinion: str) -> Settled:
    """Who settled the line as acquired before the defence, after the mentor's ``opinion``.

    ``opinion`` is "" (none), "confirmed", "to_improve" or "left_to_jury". A proposal of the machine counts only
    because the mentor, who read it, admitted the work without contradicting it: the machine proposes, a person
    decides.
    """
    if opinion == "confirmed":
        return Settled.MACHINE if proposal is Proposal.ACQUIRED else Settled.MENTOR
    if opinion == "" and proposal is Proposal.ACQUIRED:
        return Settled.MACHINE
    return Settled.NOBODY


def left_to_jury(proposal: Proposal, opinion: str) -> bool:
    return settled_by(proposal, opinion) is Settled.NOBODY
