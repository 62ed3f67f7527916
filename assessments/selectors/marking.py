"""What a juror has at hand while marking: declared addresses, their own notes, the passage that comes next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject

from assessments.domain.lines import LineKey
from assessments.models import Ballot, Juror, MarkNote, ProbedAddress, Slot, User
from assessments.models.juries import SlotState
from assessments.selectors.jury import juror_slots


@dataclass(frozen=True, slots=True)
class Following:
    """The juror's next passage that stands and that they hear."""

    slot: int
    starts_at: datetime
    candidate: str


@dataclass(frozen=True, slots=True)
class Declared:
    """An address as the candidate declared it; ``kind`` is one of ``AddressKind``."""

    kind: str
    url: str


@dataclass(frozen=True, slots=True)
class AtHand:
    """``notes`` are the juror's own, by line; ``following`` is None after the last passage."""

    addresses: Sequence[Declared]
    notes: Mapping[LineKey, MarkNote]
    following: Following | None

    @property
    def flagged(self) -> int:
        return sum(note.flagged for note in self.notes.values())


def slots_to_mark(user: User) -> QuerySet[Slot]:
    """The juror's passages, each with what ``at_hand`` tells of it: no query of its own for any of it."""
    addresses = ProbedAddress.objects.filter(submission=OuterRef("submission")).order_by("kind")
    later = Q(starts_at__gt=OuterRef("starts_at")) | Q(starts_at=OuterRef("starts_at"), pk__gt=OuterRef("pk"))
    heard = Juror.objects.filter(sitting=OuterRef("sitting"), user=user).seated(OuterRef(OuterRef("pk")))
    following = Slot.objects.filter(later, Exists(heard), state=SlotState.DUE).order_by("starts_at", "pk")
    named = following.annotate(name=F("work__enrolment__candidate__full_name"))
    return (
        juror_slots(user)
        .select_related("submission__bundle")
        .annotate(
            declared=ArraySubquery(addresses.values(told=JSONObject(kind="kind", url="url"))),
            next_slot=Subquery(following.values("pk")[:1]),
            next_at=Subquery(following.values("starts_at")[:1]),
            next_name=Subquery(named.values("name")[:1]),
        )
    )


def at_hand(slot: Any, ballot: Ballot | None) -> AtHand:
    """``slot`` is one of ``slots_to_mark``, ``ballot`` the juror's own."""
    notes = MarkNote.objects.filter(ballot=ballot) if ballot else ()
    return AtHand(
        addresses=[Declared(**each) for each in slot.declared],
        notes={note.line_key: note for note in notes},
        following=Following(slot.next_slot, slot.next_at, slot.next_name) if slot.next_slot else None,
    )
