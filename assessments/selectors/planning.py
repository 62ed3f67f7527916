"""What planning reads: how long passages last, when people can come, and the board of a session."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from assessments.domain.hours import Duration, Hours, durations
from assessments.domain.planning import Panel, Plan
from assessments.domain.workflow import WorkState
from assessments.models import Availability, Convocation, Juror, Occupation, Room, Session, Sitting, Slot, User, Work
from assessments.models.juries import SlotState
from certification.referentials.models import Assessment


def duration_of(work: Work) -> Duration:
    """How long the passage of a work lasts, as its épreuve and its session say."""
    return duration_in(work.enrolment.session, work.assessment)


def duration_in(session: Session, assessment: Assessment) -> Duration:
    return durations(
        talk=assessment.talk_minutes,
        questions=assessment.questions_minutes,
        questions_max=assessment.questions_minutes_max,
        whole=assessment.duration_minutes,
        jury=session.jury_minutes,
    )


def hours_of(session: Session, people: Collection[int]) -> Mapping[int, Sequence[Hours]]:
    """What each of these jurors said: the hours that they gave in this session, and when they are away, in any."""
    said = Availability.objects.filter(Q(session=session) | Q(free=False), person__in=people)
    found: dict[int, list[Hours]] = defaultdict(list)
    for each in said:
        found[each.person_id].append(Hours(each.starts_at, each.ends_at, each.free))
    return found


def members_of(sitting: Sitting) -> list[User]:
    """Who sits in the jury. Whatever plans, takes or tells people asks here."""
    return list(members_in([sitting.pk]).get(sitting.pk, ()))


def members_in(sittings: Iterable[int]) -> Mapping[int, Sequence[User]]:
    """The same of many sittings, in one query."""
    found: dict[int, list[User]] = defaultdict(list)
    for juror in Juror.objects.filter(sitting__in=set(sittings)).in_office().select_related("user"):
        found[juror.sitting_id].append(juror.user)
    return found


def hearers_of(slot: Slot) -> list[User]:
    """Who is to hear a passage: the members, without those who are absent from it or recused."""
    seated = Juror.objects.filter(sitting=slot.sitting_id).in_office().seated(slot.pk)
    return [juror.user for juror in seated.select_related("user")]


def title_of(assessment: Assessment) -> str:
    """The épreuve by its own name first: a bloc may have several."""
    return f"{assessment.title} · {assessment.bloc}" if assessment.bloc else assessment.title


def moment(day: date, minutes: int) -> datetime:
    """The moment of so many minutes after midnight, by the clock on the wall."""
    return timezone.make_aware(datetime.combine(day, time(*divmod(minutes, 60))))


def minutes_of(at: datetime) -> int:
    """The minutes since midnight, by the clock on the wall."""
    local = timezone.localtime(at)
    return local.hour * 60 + local.minute


def works_to_plan(session: Session) -> QuerySet[Work]:
    """The admitted works of a session that have no passage, in the order of names."""
    return (
        Work.objects.filter(enrolment__session=session, state=WorkState.ADMITTED.value)
        .select_related("enrolment__candidate", "enrolment__session", "assessment__bloc")
        .order_by("enrolment__candidate__full_name", "assessment__position", "pk")
    )


def taken(*, since: datetime, until: datetime, but: Collection[int]) -> QuerySet[Occupation]:
    """Who and what is taken within a time, by other passages than those of the works ``but``."""
    return Occupation.objects.filter(starts_at__lt=until, ends_at__gt=since).exclude(slot__work__in=but)


@dataclass(frozen=True, slots=True)
class Block:
    """A passage on the board. ``key`` is that of the slot, or of the work in a plan that is not published."""

    key: int
    starts: str
    ends: str
    candidate: str
    title: str
    faults: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Passages in a row before the same jurors. ``number`` is the place of the panel in a plan."""

    name: str
    jurors: Sequence[str]
    blocks: Sequence[Block]
    number: int = 0
    faults: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Column:
    room: str
    groups: Sequence[Group]


@dataclass(frozen=True, slots=True)
class BoardDay:
    day: date
    columns: Sequence[Column]

    @property
    def count(self) -> int:
        return sum(len(group.blocks) for column in self.columns for group in column.groups)


def published_board(session: Session, user: User) -> list[BoardDay]:
    """The passages that are due, day by day, room by room; a number of queries that does not grow with them."""
    slots = (
        Slot.objects.visible_to(user)
        .filter(sitting__session=session, state=SlotState.DUE)
        .select_related("sitting", "room", "work__enrolment__candidate", "work__assessment__bloc")
        .order_by("starts_at", "pk")
    )
    days: dict[date, dict[str, dict[int, list[Slot]]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    seated = members_in(slot.sitting_id for slot in slots)
    for slot in slots:
        place = slot.room.name if slot.room else slot.sitting.place
        days[timezone.localtime(slot.starts_at).date()][place][slot.sitting_id].append(slot)
    return [
        BoardDay(day, [Column(place, [_group(each, seated) for each in found.values()]) for place, found in rooms])
        for day, rooms in ((day, sorted(places.items())) for day, places in sorted(days.items()))
    ]


def _group(slots: Sequence[Slot], seated: Mapping[int, Sequence[User]]) -> Group:
    sitting = slots[0].sitting
    return Group(
        sitting.name,
        [str(member) for member in seated.get(sitting.pk, ())],
        [
            Block(
                slot.pk,
                f"{timezone.localtime(slot.starts_at):%H:%M}",
                f"{timezone.localtime(slot.ends_at):%H:%M}",
                slot.work.enrolment.candidate.full_name,
                title_of(slot.work.assessment),
            )
            for slot in slots
        ],
    )


def plan_board(plan: Plan, faults: Mapping[tuple[int, int], Sequence[str]]) -> list[BoardDay]:
    """A plan that is not published. ``faults``: by panel and work, 0 for the panel itself, in words."""
    rooms = dict(Room.objects.filter(pk__in={panel.room for panel in plan.panels}).values_list("pk", "name"))
    seated = {juror for panel in plan.panels for juror in panel.jurors}
    people = dict(User.objects.filter(pk__in=seated).values_list("pk", "full_name"))
    works = titles_of({heard.work for panel in plan.panels for heard in panel.heard})
    numbered = [
        (panel.day, rooms.get(panel.room, ""), panel.starts, number) for number, panel in enumerate(plan.panels)
    ]
    days = []
    for day, of_day in groupby(sorted(numbered), key=itemgetter(0)):
        columns = [
            Column(room, [_planned(plan.panels[each[3]], each[3], people, works, faults) for each in of_room])
            for room, of_room in groupby(of_day, key=itemgetter(1))
        ]
        days.append(BoardDay(day, columns))
    return days


def _planned(
    panel: Panel,
    number: int,
    people: Mapping[int, str],
    works: Mapping[int, tuple[str, str]],
    faults: Mapping[tuple[int, int], Sequence[str]],
) -> Group:
    blocks = [
        Block(
            each.work,
            clock(each.starts),
            clock(each.ends),
            *works.get(each.work, ("", "")),
            faults.get((number, each.work), ()),
        )
        for each in sorted(panel.heard, key=attrgetter("starts"))
    ]
    name = f"{clock(panel.starts)}–{clock(panel.ends)}"
    return Group(name, [people.get(each, "") for each in panel.jurors], blocks, number, faults.get((number, 0), ()))


def titles_of(works: Collection[int]) -> Mapping[int, tuple[str, str]]:
    """The candidate's name and the épreuve of each work."""
    found = Work.objects.filter(pk__in=works).select_related("enrolment__candidate", "assessment__bloc")
    return {work.pk: (work.enrolment.candidate.full_name, title_of(work.assessment)) for work in found}


def clock(minutes: int) -> str:
    return "{:02}:{:02}".format(*divmod(minutes, 60))


@dataclass(frozen=True, slots=True)
class RoomRow:
    pk: int
    name: str
    link: str
    capacity: int | None
    shared: bool
    passages: int


def rooms_of(session: Session, user: User) -> list[RoomRow]:
    """The rooms that a session may use, with how many passages each was given."""
    rooms: QuerySet[Any] = Room.objects.visible_to(user).of(session).annotate(passages=Count("slots"))
    return [
        RoomRow(room.pk, room.name, room.link, room.capacity, room.session_id is None, room.passages) for room in rooms
    ]


def availabilities_of(session: Session, user: User) -> QuerySet[Availability]:
    """What the jurors said in a session, as far as the user may read it."""
    return Availability.objects.visible_to(user).filter(session=session).select_related("person")


def own_hours(user: User) -> QuerySet[Availability]:
    """What a juror said of hours to come."""
    own = Availability.objects.visible_to(user).filter(person=user, ends_at__gte=timezone.now())
    return own.select_related("session")


def sessions_to_sit_in() -> QuerySet[Session]:
    """The sessions that have not ended, for which any juror may say when they can come."""
    return Session.objects.filter(ends_on__gte=timezone.localdate()).order_by("starts_on", "name")


def convocations_of(user: User) -> list[Convocation]:
    """The user's own convocations that stand, by hour, those of the last days first gone."""
    since = (timezone.now() - timedelta(days=1)).isoformat()
    found = Convocation.objects.visible_to(user).standing().filter(person=user)
    rows = found.select_related("person", "session", "work__assessment__bloc")
    return sorted((row for row in rows if row.content["starts_at"] >= since), key=lambda row: row.content["starts_at"])
