"""What the page of a submission shows of its declared addresses, and of the calls made to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber, TruncDate
from django.utils import timezone

from assessments import policies
from assessments.models import Probe, ProbedAddress, Review, Submission, User
from evaluator.availability import Day, Standing, whole

RECENT = 10
TOLD = (Standing.UP.value, Standing.DOWN.value)


@dataclass(frozen=True, slots=True)
class AddressState:
    """One address: its probes counted by day, the latest ones first, and whether a call is on its way.

    ``lost``: it answered when the mentor gave the review, and does not any more.
    """

    address: ProbedAddress
    days: Sequence[Day]
    recent: Sequence[Probe]
    pending: bool
    lost: bool

    @property
    def total(self) -> Day:
        return whole(self.days)

    @property
    def latest(self) -> Probe | None:
        return self.recent[0] if self.recent else None


@dataclass(frozen=True, slots=True)
class ProbesPage:
    addresses: Sequence[AddressState]
    can_ask: bool

    @property
    def pending(self) -> bool:
        return any(state.pending for state in self.addresses)


def probes_page(user: User, submission: Submission) -> ProbesPage:
    """In a handful of queries, however many probes there were."""
    now = timezone.now()
    addresses = list(ProbedAddress.objects.filter(submission=submission).order_by("kind"))
    if not addresses:
        return ProbesPage((), can_ask=False)
    days, recent, answered = _days(submission), _recent(submission), _answered_at_review(submission)
    states = [
        AddressState(
            row,
            days[row.pk],
            recent[row.pk],
            pending=row.due_at is not None and row.due_at <= now,
            lost=row.pk in answered and _latest_told(recent[row.pk]) == Standing.DOWN,
        )
        for row in addresses
    ]
    return ProbesPage(states, policies.can_probe(user, submission))


def _days(submission: Submission) -> Mapping[int, list[Day]]:
    counted = (
        Probe.objects.filter(address__submission=submission)
        .order_by()
        .annotate(day=TruncDate("at"))
        .values_list("address", "day", "standing")
        .annotate(count=Count("pk"))
        .order_by("day")
    )
    by_day: dict[int, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    for address, day, standing, count in counted:
        by_day[address][day.isoformat()][standing] = count
    days: dict[int, list[Day]] = defaultdict(list)
    for address, dates in by_day.items():
        days[address] = [Day(date, **counts) for date, counts in dates.items()]
    return days


def _recent(submission: Submission) -> Mapping[int, list[Probe]]:
    rank = Window(RowNumber(), partition_by=[F("address")], order_by=[F("at").desc(), F("pk").desc()])
    rows = Probe.objects.filter(address__submission=submission).select_related("asked_by")
    found: dict[int, list[Probe]] = defaultdict(list)
    for probe in rows.annotate(rank=rank).filter(rank__lte=RECENT).order_by("address", "rank"):
        found[probe.address_id].append(probe)
    return found


def _latest_told(recent: Sequence[Probe]) -> str | None:
    """The standing of the latest call that tells something."""
    return next((probe.standing for probe in recent if probe.standing in TOLD), None)


def _answered_at_review(submission: Submission) -> frozenset[int]:
    """The addresses that answered the last call before the review was given; none without a review."""
    given = Review.objects.filter(submission=submission).values_list("given_at", flat=True).first()
    if given is None:
        return frozenset()
    told = Probe.objects.filter(address__submission=submission, at__lte=given, standing__in=TOLD)
    last = told.order_by("address", "-at", "-pk").distinct("address").values_list("address", "standing")
    return frozenset(address for address, standing in last if standing == Standing.UP)


def addresses_in_sight(user: User, submission: Submission) -> Any:
    return ProbedAddress.objects.visible_to(user).filter(submission=submission)
