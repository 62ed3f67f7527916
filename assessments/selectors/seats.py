"""Who sits for one passage, and what happened to each seat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from assessments.models import Ballot, Juror, JurorDeparture, Leave, Presidency, Slot, User
from assessments.models.juries import SlotState
from assessments.models.seats import chair


@dataclass(frozen=True, slots=True)
class Seat:
    """A juror of the sitting, and no more of their ballot than whether it is sealed.

    ``away``: absent or recused for this passage, ``left`` the jury before they sealed, or ``unheard`` where they joined
    it after the decision; empty for who sits.
    """

    juror: int
    name: str
    presides: bool
    sealed: bool
    mine: bool
    away: str = ""


def opened(seats: Sequence[Seat]) -> bool:
    """Whether the deliberation is open to the reader: everyone who sits has sealed, the reader among them."""
    present = [seat for seat in seats if not seat.away]
    return all(seat.sealed for seat in present) and any(seat.mine for seat in present)


def mine_presides(seats: Sequence[Seat]) -> bool:
    return any(seat.mine and seat.presides and not seat.away for seat in seats)


def away_of(*, seated: bool, leave: str | None, left: bool = False) -> str:
    """Why a juror is away, as ``Seat`` says it; ``leave``: the kind of the one that runs."""
    return "" if seated else leave or ("left" if left else "unheard")


def is_open(slot: Slot) -> bool:
    """Whether the passage stands, and nothing is decided."""
    return slot.state == SlotState.DUE and not slot.decisions.exists()


def why_shut(ballot: Ballot) -> str:
    """Why nothing is written in the ballot any more; empty while it is open.

    ``sealed``, ``over`` for a passage that is decided or does not stand, or like ``Seat.away``. Reads the ballot anew:
    it may have been closed since.
    """
    ballot = Ballot.objects.select_related("juror__user", "slot").get(pk=ballot.pk)
    if ballot.sealed_at is not None:
        return "sealed"
    if not is_open(ballot.slot):
        return "over"
    return next((seat.away for seat in seats_of(ballot.juror.user, ballot.slot) if seat.mine), "")


def seats_of(user: User, slot: Slot) -> list[Seat]:
    """The jurors of the passage, the president first; who joined the jury after the decision is none of them."""
    sealed = Ballot.objects.filter(slot=slot, juror=OuterRef("pk"), sealed_at__isnull=False)
    leaves = Leave.objects.filter(slot=slot, juror=OuterRef("pk"), ended_at__isnull=True)
    found: QuerySet[Any] = Juror.objects.filter(sitting=slot.sitting_id).annotate(
        sealed=Exists(sealed),
        seated=Exists(Juror.objects.filter(pk=OuterRef("pk")).seated(slot.pk)),
        leave=Subquery(leaves.values("kind")[:1]),
        left=Exists(JurorDeparture.objects.filter(juror=OuterRef("pk"))),
        chair=chair(sitting=slot.sitting_id, slot=slot.pk),
    )
    seats = [
        Seat(
            juror.pk,
            str(juror.user),
            juror.chair == juror.pk,
            juror.sealed,
            juror.user_id == user.pk,
            away_of(seated=juror.seated, leave=juror.leave, left=juror.left),
        )
        for juror in found.select_related("user").order_by("user__full_name", "pk")
    ]
    return sorted(seats, key=lambda seat: not seat.presides)


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
        open=is_open(slot),
    )


def _row(seat: Seat, leave: Leave | None) -> SeatRow:
    return SeatRow(seat, leave.cause, leave.reason) if leave else SeatRow(seat, (), "")
