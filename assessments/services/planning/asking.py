"""What a plan is made of: read from the session, its rooms, its jurors, and what everybody does elsewhere."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from assessments.domain.conflicts import Bond, barred
from assessments.domain.hours import Hours, can_sit
from assessments.domain.planning import Candidacy, Given, Group, Part, parts_of
from assessments.models import Occupation, Room, Session, User, Work
from assessments.models.histories import bonds_by_work
from assessments.selectors.composition import as_members, rules_of
from assessments.selectors.planning import duration_of, hours_of, minutes_of, moment, taken


@dataclass(frozen=True, slots=True)
class Asked:
    """Days, the hours of each (in minutes since midnight), rooms, jurors, and how many sit together.

    ``works``: those to be heard. ``repairs``: with them, where they are heard before the repair, ``Plan.as_json``.
    """

    days: Sequence[date]
    hours: Sequence[tuple[int, int]]
    rooms: Sequence[int]
    jurors: Sequence[int]
    size: int
    works: Sequence[int]
    repairs: Mapping[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "days": [day.isoformat() for day in self.days],
            "hours": [list(each) for each in self.hours],
            **{name: list(getattr(self, name)) for name in ("rooms", "jurors", "works")},
            "size": self.size,
            "repairs": self.repairs,
        }

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Asked:
        return cls(
            days=[date.fromisoformat(day) for day in said["days"]],
            hours=[(starts, ends) for starts, ends in said["hours"]],
            rooms=said["rooms"],
            jurors=said["jurors"],
            size=said["size"],
            works=said["works"],
            repairs=said["repairs"],
        )


def composition_of(session: Session, asked: Asked, jurors: Sequence[User]) -> Sequence[Group]:
    """What each panel must count among its members by the rules of the session's access paths, beyond its size.

    The share of external members is asked also where it only warns, as far as there are enough of them.
    """
    if not asked.days:
        return ()
    day = min(asked.days)
    rules = rules_of(session, day)
    members = as_members(session, [juror.pk for juror in jurors], day)
    qualified = frozenset(member.key for member in members if member.qualified)
    external = frozenset(member.key for member in members if member.external)
    least = max((math.ceil(rule.external_share * asked.size / 100) for rule in rules), default=0)
    refuses = any(rule.external_refuses for rule in rules)
    wanted = [
        Group(qualified, max((rule.qualified for rule in rules), default=0)),
        Group(external, least if refuses or len(external) >= least else 0),
    ]
    return [group for group in wanted if group.least]


def given_for(session: Session, asked: Asked) -> Given:
    """The plan's data, as the database has it now. Passages of the works to be heard take nobody: they are replaced."""
    works = list(_works(asked.works))
    shortest = min((duration_of(work).total for work in works), default=1)
    elsewhere = _elsewhere(asked)
    rooms = [part for part, occupation in elsewhere if occupation.room_id is not None]
    parts = parts_of(days=asked.days, hours=asked.hours, rooms=_large_enough(asked), taken=rooms, shortest=shortest)
    people: dict[int, list[Part]] = defaultdict(list)
    for part, occupation in elsewhere:
        if occupation.person_id is not None:
            people[occupation.person_id].append(part)
    jurors = list(User.objects.filter(pk__in=asked.jurors, is_active=True).order_by("pk"))
    ties = bonds_by_work(works)
    return Given(
        parts=parts,
        works=[_candidacy(work, parts, people, _barred(work, jurors, ties[work.pk])) for work in works],
        jurors=_able(session, jurors, parts, people),
        size=asked.size,
        groups=composition_of(session, asked, jurors),
    )


def _works(keys: Collection[int]) -> Iterator[Work]:
    related = ("enrolment__candidate", "enrolment__session", "assessment")
    yield from Work.objects.filter(pk__in=keys).select_related(*related).order_by("pk")


def _large_enough(asked: Asked) -> list[int]:
    rooms = {room.pk: room for room in Room.objects.filter(pk__in=asked.rooms)}
    there = [rooms[key] for key in asked.rooms if key in rooms]
    return [room.pk for room in there if room.capacity is None or room.capacity > asked.size]


def _elsewhere(asked: Asked) -> list[tuple[Part, Occupation]]:
    """What is taken in those days by other passages, as a part of the day it is in."""
    if not asked.days:
        return []
    since, until = moment(min(asked.days), 0), moment(max(asked.days) + timedelta(days=1), 0)
    return [
        (
            Part(
                row.room_id or 0,
                timezone.localtime(row.starts_at).date(),
                minutes_of(row.starts_at),
                max(minutes_of(row.ends_at), minutes_of(row.starts_at) + 1),
            ),
            row,
        )
        for row in taken(since=since, until=until, but=asked.works)
    ]


def _candidacy(
    work: Work, parts: Sequence[Part], busy: Mapping[int, Sequence[Part]], tied: frozenset[int]
) -> Candidacy:
    candidate = work.enrolment.candidate_id
    return Candidacy(
        work=work.pk,
        candidate=candidate,
        minutes=duration_of(work).total,
        barred=tied,
        parts=frozenset(_clear(parts, busy.get(candidate, ()))),
    )


def _barred(work: Work, jurors: Sequence[User], ties: Sequence[Bond]) -> frozenset[int]:
    return frozenset(barred([juror.pk for juror in jurors], work.enrolment.candidate_id, ties))


def _able(
    session: Session, jurors: Sequence[User], parts: Sequence[Part], busy: Mapping[int, Sequence[Part]]
) -> dict[int, frozenset[int]]:
    said = hours_of(session, [juror.pk for juror in jurors])
    return {
        juror.pk: frozenset(
            index for index in _clear(parts, busy.get(juror.pk, ())) if _there(parts[index], said.get(juror.pk, ()))
        )
        for juror in jurors
    }


def _there(part: Part, said: Sequence[Hours]) -> bool:
    return can_sit(said, moment(part.day, part.starts), moment(part.day, part.ends))


def _clear(parts: Sequence[Part], busy: Sequence[Part]) -> Iterator[int]:
    return (index for index, part in enumerate(parts) if not any(part.overlaps(each) for each in busy))
