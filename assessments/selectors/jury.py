"""What the jury's screens show: passages, one's own ballot, and, once every ballot is sealed, the deliberation.

Blindness is kept here: of another juror's ballot nothing is read but whether it is sealed, until all are; and ever
after by who does not sit for the passage, for an absence may end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery

from assessments import policies
from assessments.domain.lines import LineKey
from assessments.domain.scale import Level, scale_of
from assessments.models import (
    Ballot,
    Decision,
    Juror,
    Leave,
    Mark,
    MotiveDraft,
    Review,
    RulingDraft,
    Slot,
    User,
)
from assessments.models.juries import SlotState
from assessments.models.seats import chair
from assessments.selectors.deliberation import DeliberationLine, deliberation_of
from assessments.selectors.grid import Grid, grid_of
from assessments.selectors.lines import covered_codes
from assessments.selectors.seats import Seat, away_of, mine_presides, opened, seats_of
from certification.referentials.models import Assessment


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage in a juror's list. ``marks`` counts the juror's own; ``ballot`` is none, open or sealed.

    ``jurors`` counts those who sit for it, ``sealed`` those of them who have sealed.

    ``codes`` are those of the competencies that the assessment names. ``became``: the state of the passage itself,
    whether it stands or not. ``away``: why the juror does not sit for it, as in ``Seat``.
    """

    slot: int
    starts_at: datetime
    minutes: int
    sitting: str
    place: str
    candidate: str
    assessment: Assessment
    codes: Sequence[str]
    state: str
    outcome: str
    ballot: str
    marks: int
    sealed: int
    jurors: int
    presides: bool
    stands: bool
    became: str
    away: str

    @property
    def all_sealed(self) -> bool:
        return 0 < self.jurors == self.sealed

    @property
    def awaits_seal(self) -> bool:
        """Before the juror: to be marked and sealed."""
        return self.stands and not self.away and not self.outcome and self.ballot != "sealed"

    @property
    def awaits_decision(self) -> bool:
        """Before the juror as president: all have sealed, nothing is decided."""
        return self.stands and self.presides and not self.away and self.all_sealed and not self.outcome


def juror_slots(user: User) -> QuerySet[Slot]:
    """The passages the user sits in judgement of, with what their pages show."""
    return (
        Slot.objects.visible_to(user)
        .filter(sitting__jurors__user=user)
        .exclude(state=SlotState.CANCELLED)
        .select_related(
            "room",
            "sitting__session__referential",
            "work__enrolment__candidate",
            "work__assessment__bloc",
            "submission__review__mentor",
            "motive_draft",
        )
    )


def own_ballots(user: User) -> QuerySet[Ballot]:
    """The ballots that the user writes, or wrote, themselves."""
    return Ballot.objects.visible_to(user).filter(juror__user=user)


def passages_of(user: User) -> list[Passage]:
    """Every passage of the user's sittings but those cancelled, by hour."""
    mine = Ballot.objects.filter(slot=OuterRef("pk"), juror__user=user)
    marks = Mark.objects.filter(ballot__slot=OuterRef("pk"), ballot__juror__user=user).exclude(level="")
    decision = Decision.objects.current().filter(slot=OuterRef("pk"))
    seated = Juror.objects.filter(sitting=OuterRef("sitting")).seated(OuterRef(OuterRef("pk"))).order_by()
    sealed = seated.filter(ballots__slot=OuterRef("pk"), ballots__sealed_at__isnull=False)
    me = Juror.objects.filter(sitting=OuterRef("sitting"), user=user)
    leave = Leave.objects.filter(slot=OuterRef("pk"), juror__user=user, ended_at__isnull=True)
    slots = (
        juror_slots(user)
        .annotate(
            codes=covered_codes("work__assessment"),
            my_ballot=Subquery(mine.values("pk")[:1]),
            my_seal=Subquery(mine.values("sealed_at")[:1]),
            my_marks=Subquery(marks.order_by().values("ballot").annotate(total=Count("pk")).values("total")),
            outcome=Subquery(decision.values("outcome")[:1]),
            juror_count=Subquery(seated.values("sitting").annotate(total=Count("pk")).values("total")),
            sealed_count=Subquery(sealed.values("sitting").annotate(total=Count("pk")).values("total")),
            me=Subquery(me.values("pk")[:1]),
            me_seated=Exists(seated.filter(user=user)),
            my_leave=Subquery(leave.values("kind")[:1]),
            chair=chair(sitting=OuterRef("sitting"), slot=OuterRef("pk")),
        )
        .order_by("starts_at", "pk")
    )
    return [_passage(slot) for slot in slots]


def _passage(slot: Any) -> Passage:
    ballot = "none" if slot.my_ballot is None else "sealed" if slot.my_seal else "open"
    return Passage(
        slot=slot.pk,
        starts_at=slot.starts_at,
        minutes=slot.minutes,
        sitting=slot.sitting.name,
        place=slot.place,
        candidate=str(slot.work.enrolment.candidate),
        assessment=slot.work.assessment,
        codes=slot.codes,
        state=slot.work.state,
        outcome=slot.outcome or "",
        ballot=ballot,
        marks=slot.my_marks or 0,
        sealed=slot.sealed_count or 0,
        jurors=slot.juror_count or 0,
        presides=slot.chair == slot.me,
        stands=slot.state == SlotState.DUE,
        became=slot.state,
        away=away_of(seated=slot.me_seated, leave=slot.my_leave),
    )


@dataclass(frozen=True, slots=True)
class BallotPage:
    """One passage for one juror. ``marks`` are the juror's own, by line; ``review`` is the mentor's, given."""

    slot: Slot
    scale: Sequence[Level]
    grid: Grid
    seats: Sequence[Seat]
    ballot: Ballot | None
    marks: Mapping[LineKey, Mark]
    review: Review | None
    decision: Decision | None
    conflict: bool
    can_open: bool
    can_write: bool
    can_note: bool

    @property
    def marked(self) -> int:
        wanted = self.grid.jury_lines
        return sum(bool(mark.level) for key, mark in self.marks.items() if key in wanted)

    @property
    def opened(self) -> bool:
        return opened(self.seats)

    @property
    def is_president(self) -> bool:
        return mine_presides(self.seats)

    @property
    def away(self) -> str:
        """Why the reader does not sit for the passage; empty for who does."""
        return next((seat.away for seat in self.seats if seat.mine), "")


def ballot_page(user: User, slot: Slot) -> BallotPage:
    """Read a passage as one juror sees it, in a number of queries that does not grow with the lines."""
    slot.submission.work = slot.work
    ballot = Ballot.objects.filter(slot=slot, juror__user=user).select_related("juror").first()
    if ballot is not None:
        ballot.slot = slot
    decision = Decision.objects.current().filter(slot=slot).first()
    conflict = policies.has_conflict(user, slot.work)
    may_mark = decision is None and not conflict and policies.sits_for(user, slot)
    return BallotPage(
        slot=slot,
        scale=scale_of(slot.sitting.session.referential.scale),
        grid=grid_of(slot.submission),
        seats=seats_of(user, slot),
        ballot=ballot,
        marks={mark.line_key: mark for mark in ballot.marks.all()} if ballot else {},
        review=given_review(slot),
        decision=decision,
        conflict=conflict,
        can_open=ballot is None and may_mark,
        can_write=may_mark and ballot is not None and ballot.sealed_at is None,
        can_note=may_mark and ballot is not None,
    )


def given_review(slot: Slot) -> Review | None:
    """The mentor's review of the version judged; one still being written is nobody else's."""
    review: Review | None = getattr(slot.submission, "review", None)
    return review if review is not None and review.given_at is not None else None


@dataclass(frozen=True, slots=True)
class Drafts:
    """Rulings and reasons as they are being typed; ``rulings`` by line."""

    rulings: Mapping[LineKey, RulingDraft] = field(default_factory=dict)
    motive: str = ""
    motive_version: int = 0


@dataclass(frozen=True, slots=True)
class DeliberationPage:
    """``lines`` and ``ballots`` are empty until every juror who sits has sealed, and always for who does not sit.

    ``decision`` is the one in force.

    ``drafts`` are what the president has typed so far, and empty for anybody else.
    """

    slot: Slot
    scale: Sequence[Level]
    seats: Sequence[Seat]
    lines: Sequence[DeliberationLine]
    ballots: Sequence[Ballot]
    decision: Decision | None
    can_decide: bool
    drafts: Drafts

    @property
    def opened(self) -> bool:
        return opened(self.seats)

    @property
    def is_president(self) -> bool:
        return mine_presides(self.seats)


def deliberation_page(user: User, slot: Slot) -> DeliberationPage:
    """Read the deliberation of a passage; before the last seal, and for who does not sit, only who is missing."""
    slot.submission.work = slot.work
    seats = seats_of(user, slot)
    is_open = opened(seats)
    decision = (
        Decision.objects.current()
        .filter(slot=slot)
        .prefetch_related("lines", "documents")
        .select_related("decided_by")
        .first()
    )
    can_decide = is_open and decision is None and policies.can_decide(user, slot)
    return DeliberationPage(
        slot=slot,
        scale=scale_of(slot.sitting.session.referential.scale),
        seats=seats,
        lines=deliberation_of(slot) if is_open else [],
        ballots=_sealed_ballots(user, slot) if is_open else [],
        decision=decision,
        can_decide=can_decide,
        drafts=_drafts(slot) if can_decide else Drafts(),
    )


def _drafts(slot: Slot) -> Drafts:
    rulings = {draft.line_key: draft for draft in RulingDraft.objects.filter(slot=slot)}
    motive: MotiveDraft | None = getattr(slot, "motive_draft", None)
    return Drafts(rulings, motive.motive, motive.version) if motive else Drafts(rulings)


def _sealed_ballots(user: User, slot: Slot) -> list[Ballot]:
    visible = Ballot.objects.visible_to(user).filter(slot=slot)
    return list(visible.select_related("juror__user").order_by("-juror__presides", "juror__user__full_name"))
