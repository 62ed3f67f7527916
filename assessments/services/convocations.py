"""Convocations: a candidate is told of their passage, a juror of each day, with a file for their calendar.

What is to be told is put beside what was told last (``models.Convocation``); only a difference makes a message, and in
the transaction that made it: a task that is delivered twice, or a button that is pressed twice, finds nothing more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vCalAddress

from assessments import policies
from assessments.models import Convocation, Session, Sitting, Slot, User
from assessments.models.juries import SittingKind, SittingState, SlotState
from assessments.selectors.planning import members_in, title_of
from assessments.services import journal, mails
from assessments.services.errors import Denied
from assessments.services.locking import hold_session

Key = tuple[int, int | None, date | None]


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody is to know: of the passage of a ``work``, or of a ``day`` of jury."""

    person: User
    work: int | None
    day: date | None
    content: Mapping[str, str]

    @property
    def key(self) -> Key:
        return (self.person.pk, self.work, self.day)


@transaction.atomic
def send(*, actor: User, session: Session) -> int:
    """Convoke everybody who is to come to the session's passages and sittings; how many messages. Raises Denied.

    Whoever was told the same already hears nothing.
    """
    if not policies.can_administer(actor):
        raise Denied
    sent = _tell(session, convoked_by=actor)
    if sent:
        journal.record(actor, "session.convoked", session, count=sent)
    return sent


@transaction.atomic
def renew(session: Session, *, joined: Collection[User] = (), actor: User | None = None) -> int:
    """Tell whoever was convoked what has changed for them since; how many messages.

    ``joined``: people who came to sit by an act of ``actor``, convoked by it once anybody was in the session.
    """
    return _tell(session, convoked_by=actor, only={person.pk for person in joined})


def waiting(session: Session) -> int:
    """How many people do not know what is planned for them now."""
    fresh, changed, gone = _differences(_known(session), {told.key: told for told in _wanted(session)})
    return len(fresh) + len(changed) + len(gone)


def calendar_of(row: Convocation) -> bytes:
    """The calendar file of a convocation (RFC 5545), its method that of RFC 5546: REQUEST, or CANCEL."""
    event = Event()
    event.add("uid", f"{row.uid}@jalon")
    event.add("sequence", row.sequence)
    event.add("dtstamp", row.told_at)
    event.add("dtstart", datetime.fromisoformat(row.content["starts_at"]))
    if row.content["ends_at"]:
        event.add("dtend", datetime.fromisoformat(row.content["ends_at"]))
    event.add("summary", subject_of(row))
    event.add("location", row.content["place"])
    event.add("status", "CANCELLED" if row.cancelled else "CONFIRMED")
    event["organizer"] = vCalAddress(f"MAILTO:{row.convoked_by.email}")
    event["attendee"] = vCalAddress(f"MAILTO:{row.person.email}")
    calendar = Calendar()
    calendar.add("prodid", "-//Jalon//Convocations//FR")
    calendar.add("version", "2.0")
    calendar.add("method", method_of(row))
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def method_of(row: Convocation) -> str:
    return "CANCEL" if row.cancelled else "REQUEST"


def subject_of(row: Convocation) -> str:
    """What the event is called, in the language that is active."""
    if row.work is None:
        return _("Jury : %(session)s") % {"session": row.session.name}
    return _("Soutenance : %(work)s") % {"work": " ".join(title_of(row.work.assessment).split())}


def _tell(session: Session, *, convoked_by: User | None = None, only: Collection[int] | None = None) -> int:
    """Write the difference between what people know and what is planned, under the session's lock.

    To those who know nothing yet too, if somebody convokes them; to those ``only`` where others were convoked before.
    """
    hold_session(session.pk)
    known, wanted = _known(session), {told.key: told for told in _wanted(session)}
    fresh, changed, gone = _differences(known, wanted)
    if only is not None:
        fresh = [told for told in fresh if known and told.person.pk in only]
    sent = sum(_first(session, told, convoked_by) for told in fresh) if convoked_by else 0
    sent += sum(_again(known[told.key], content=dict(told.content), cancelled=False) for told in changed)
    return sent + sum(_again(row, content=row.content, cancelled=True) for row in gone)


def _differences(
    known: Mapping[Key, Convocation], wanted: Mapping[Key, Told]
) -> tuple[list[Told], list[Told], list[Convocation]]:
    """What somebody was never told, what is no more as they were told, what they no longer come for. Nothing past."""
    now = timezone.now()
    fresh = [told for key, told in wanted.items() if key not in known and _starts(told.content) >= now]
    changed = [told for key, told in wanted.items() if key in known and _differs(known[key], told, now)]
    standing = (row for key, row in known.items() if key not in wanted and not row.cancelled)
    return fresh, changed, [row for row in standing if _starts(row.content) >= now]


def _starts(content: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(content["starts_at"])


def _differs(row: Convocation, told: Told, now: datetime) -> bool:
    """Whether it is something else, the hour that they know or the new one being to come."""
    return (row.cancelled or row.content != told.content) and max(_starts(row.content), _starts(told.content)) >= now


def _first(session: Session, told: Told, convoked_by: User) -> int:
    row = Convocation.objects.create(
        session=session,
        person=told.person,
        work_id=told.work,
        day=told.day,
        content=dict(told.content),
        convoked_by=convoked_by,
        told_at=timezone.now(),
    )
    return _mail(row, "convocation")


def _again(row: Convocation, *, content: dict[str, Any], cancelled: bool) -> int:
    row.content, row.cancelled, row.told_at = content, cancelled, timezone.now()
    row.sequence += 1
    row.save(update_fields=["content", "cancelled", "told_at", "sequence"])
    return _mail(row, "convocation_cancelled" if cancelled else "convocation_changed")


def _mail(row: Convocation, letter: str) -> int:
    with translation.override(settings.LANGUAGE_CODE):
        subjects = {
            "convocation": _("Convocation"),
            "convocation_changed": _("Changement"),
            "convocation_cancelled": _("Annulation"),
        }
        subject = f"{subjects[letter]} – {subject_of(row)}"
        text = render_to_string(f"emails/{letter}.txt", letter_context(row))
        message = EmailMessage(subject, text.strip() + "\n", None, [row.person.email])
        message.attach("convocation.ics", calendar_of(row), f"text/calendar; method={method_of(row)}")
    mails.keep(message)
    return 1


def letter_context(row: Convocation) -> dict[str, Any]:
    """What a letter, or a page, says of a convocation: times by the clock on the wall."""
    ends = row.content["ends_at"]
    return {
        "row": row,
        "person": row.person,
        "subject": subject_of(row),
        "starts_at": timezone.localtime(datetime.fromisoformat(row.content["starts_at"])),
        "ends_at": timezone.localtime(datetime.fromisoformat(ends)) if ends else None,
        "place": row.content["place"],
    }


def _known(session: Session) -> dict[Key, Convocation]:
    rows = Convocation.objects.filter(session=session).select_related(
        "person", "convoked_by", "session", "work__assessment__bloc"
    )
    return {(row.person_id, row.work_id, row.day): row for row in rows}


def _wanted(session: Session) -> Iterator[Told]:
    """What candidates and jurors are to know now."""
    slots = (
        Slot.objects.filter(sitting__session=session, state=SlotState.DUE)
        .select_related("sitting", "room", "work__enrolment__candidate")
        .order_by("starts_at", "pk")
    )
    seated = [_Seated(sitting, sitting.starts_at, None, sitting.place) for sitting in _certifications(session)]
    for slot in slots:
        content = _content(slot.starts_at, slot.ends_at, slot.place)
        yield Told(slot.work.enrolment.candidate, slot.work_id, None, content)
        seated.append(_Seated(slot.sitting, slot.starts_at, slot.ends_at, slot.place))
    yield from _days(seated)


@dataclass(frozen=True, slots=True)
class _Seated:
    """A time in which the jurors of a sitting are wanted; its end may not be known."""

    sitting: Sitting
    starts_at: datetime
    ends_at: datetime | None
    place: str


def _days(seated: list[_Seated]) -> Iterator[Told]:
    """Each juror's day, from the first time they are wanted to the end of the last one."""
    people: dict[int, User] = {}
    members = members_in(time.sitting.pk for time in seated)
    days: dict[tuple[int, date], list[_Seated]] = defaultdict(list)
    for time in sorted(seated, key=lambda each: each.starts_at):
        for member in members.get(time.sitting.pk, ()):
            people[member.pk] = member
            days[member.pk, timezone.localtime(time.starts_at).date()].append(time)
    for (person, day), each in days.items():
        places = ", ".join(dict.fromkeys(time.place for time in each if time.place))
        ends = max((time.ends_at for time in each if time.ends_at), default=None)
        yield Told(people[person], None, day, _content(each[0].starts_at, ends, places))


def _certifications(session: Session) -> QuerySet[Sitting]:
    """The sittings that hear no passages, and end when they have done."""
    return Sitting.objects.filter(session=session, kind=SittingKind.CERTIFICATION, state=SittingState.PLANNED)


def _content(starts_at: datetime, ends_at: datetime | None, place: str) -> dict[str, str]:
    ends = ends_at.isoformat() if ends_at else ""
    return {"starts_at": starts_at.isoformat(), "ends_at": ends, "place": place}
