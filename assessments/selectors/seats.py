"""Who sits for one passage, and what happened to each seat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assessments.models import Leave, Presidency, Slot, User
from assessments.models.juries import SlotState
from assessments.selectors.jury import Seat, seats_of


@dataclass(frozen=True, slots=True)
class SeatRow:
    """``cause`` and ``reason`` say why who is away is away; ``away`` as in ``Seat``."""

    seat: Seat
    cause: Sequence[str]
    reason: str


@dataclass(frozen=True, slots=True)
class SeatsPage:
    slot: Slot
    rows: Sequence[SeatRow]
    presidency: Presidency | None
    open: bool

    @property
    def presided(self) -> bool:
        return any(row.seat.presides and not row.seat.away for row in self.rows)

    @property
    def present(self) -> int:
        return sum(not row.seat.away for row in self.rows)


def seats_page(user: User, slot: Slot) -> SeatsPage:
    leaves = {row.juror_id: row for row in Leave.objects.filter(slot=slot, ended_at__isnull=True)}
    return SeatsPage(
        slot=slot,
        rows=[_row(seat, leaves.get(seat.juror)) for seat in seats_of(user, slot)],
        presidency=Presidency.objects.current().filter(slot=slot).first(),
        open=slot.state == SlotState.DUE and not slot.decisions.exists(),
    )


def _row(seat: Seat, leave: Leave | None) -> SeatRow:
    return SeatRow(seat, leave.cause, leave.reason) if leave else SeatRow(seat, (), "")
