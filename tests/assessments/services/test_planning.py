"""Passages given, moved, cancelled; plans asked for, adjusted, published, repaired; what people are told of it."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from icalendar import Calendar

from assessments.domain.planning import Plan
from assessments.models import (
    Availability,
    Convocation,
    Enrolment,
    JournalEntry,
    Occupation,
    OutgoingMail,
    PlanDraft,
    Role,
    Sitting,
    Slot,
    User,
    Work,
)
from assessments.models.planning import PlanState
from assessments.selectors.planning import moment
from assessments.services import (
    availabilities,
    ballots,
    convocations,
    leases,
    rooms,
    seats,
    sessions,
    sittings,
    slots,
    verification,
    works,
)
from assessments.services.errors import Denied, Refused
from assessments.services.planning import drafts, serving
from assessments.services.planning.asking import Asked, given_for
from tests import factories
from tests.factories import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return factories.world()


def also(world: World) -> World:
    """Another candidate of the same session, mentored by the same person."""
    candidate = factories.person(Role.CANDIDATE)
    enrolment = Enrolment.objects.create(session=world.session, candidate=candidate, mentor=world.mentor)
    work = works.open_for(enrolment=enrolment, assessment=world.edition.assessment)
    return replace(world, candidate=candidate, enrolment=enrolment, work=work)


def tomorrow(hour: int = 9, minute: int = 0) -> datetime:
    return moment(next_weekday(), hour * 60 + minute)


def next_weekday() -> object:
    day = timezone.localdate() + timedelta(days=1)
    while day.weekday() > 4:
        day += timedelta(days=1)
    return day


def given(world: World, at: datetime, sitting: Sitting | None = None, **fields: object) -> Slot:
    """The passage of an admitted work, before the sitting."""
    sitting = sitting or factories.sitting(world)
    return slots.schedule(actor=world.administrator, sitting=sitting, work=world.work, starts_at=at, **fields)  # type: ignore[arg-type]


def other_jury(world: World, **terms: object) -> Sitting:
    """A second jury of the session, of two other people."""
    jurors = [factories.person(Role.JUROR) for _ in range(2)]
    factories.habilitated(replace(world, jurors=jurors))
    asked = {"name": "Autre jury", "starts_at": tomorrow(9), "jurors": jurors, "president": jurors[0]}
    return sittings.compose(actor=world.administrator, session=world.session, **asked | terms)  # type: ignore[arg-type]


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        act()
    assert str(refused.value)
    return refused.value.code


def test_a_passage_is_at_a_possible_hour(world: World) -> None:
    factories.admitted(world)
    sitting = factories.sitting(world)
    ended = moment(world.session.ends_on + timedelta(days=1), 9 * 60)
    for at, code in (
        (timezone.now() - timedelta(days=1), "slot.before_deposit"),
        (ended, "slot.session_dates"),
    ):
        assert refusal(lambda at=at: given(world, at, sitting)) == code
    assert Slot.objects.count() == 0
    assert Work.objects.get(pk=world.work.pk).state == "admitted"


def test_a_passage_is_not_in_the_past(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    factories.admitted(world)
    at, later = timezone.now() + timedelta(minutes=1), timezone.now() + timedelta(hours=2)
    sitting = factories.sitting(world)
    monkeypatch.setattr(slots.timezone, "now", lambda: later)
    assert refusal(lambda: given(world, at, sitting)) == "slot.past"


def test_a_passage_lasts_as_the_assessment_and_the_session_say(world: World) -> None:
    factories.admitted(world)
    assessment = world.edition.assessment
    assessment.talk_minutes, assessment.questions_minutes = 20, 10
    assessment.save()
    sessions.keep_jury_time(actor=world.administrator, session=world.session, minutes=15)
    world.work.refresh_from_db()
    work = Work.objects.get(pk=world.work.pk)
    slot = given(replace(world, work=work), tomorrow())
    assert slot.minutes == 45
    assert slot.ends_at == tomorrow(9, 45)


def test_a_certification_sitting_hears_nobody(world: World) -> None:
    factories.admitted(world)
    sitting = factories.plenary(world)
    assert refusal(lambda: given(world, tomorrow(), sitting)) == "jury.kind"


def test_a_juror_who_is_away_is_named(world: World) -> None:
    factories.admitted(world)
    juror = world.jurors[1]
    availabilities.say(
        actor=juror,
        session=factories.world().session,  # away in one session is away in all
        person=juror,
        starts_at=tomorrow(8),
        ends_at=tomorrow(10),
        free=False,
    )
    sitting = factories.sitting(world)
    with pytest.raises(Refused, match=juror.full_name) as refused:
        given(world, tomorrow(9), sitting)
    assert refused.value.code == "slot.unavailable"
    given(world, tomorrow(10), sitting)


def test_hours_are_ones_own_to_say(world: World) -> None:
    one, other = world.jurors[:2]
    span = {"session": world.session, "starts_at": tomorrow(9), "ends_at": tomorrow(12), "free": True}
    with pytest.raises(Denied):
        availabilities.say(actor=one, person=other, **span)
    said = availabilities.say(actor=one, person=one, **span)
    with pytest.raises(Denied):
        availabilities.take_back(actor=other, said=said)
    assert refusal(lambda: availabilities.say(actor=one, person=one, **span | {"ends_at": tomorrow(9)})) == (
        "availability.order"
    )
    availabilities.take_back(actor=world.administrator, said=said)
    assert not Availability.objects.exists()


@pytest.mark.parametrize("whose", ["juror", "room"])
def test_nobody_and_no_room_is_taken_twice_across_sittings(world: World, whose: str) -> None:
    """Base: only the same hour of the same sitting was refused."""
    factories.admitted(world)
    other = factories.world()
    factories.admitted(other)
    room = rooms.add(actor=world.administrator, name="Salle 1")
    if whose == "juror":
        other.jurors = world.jurors
    given(world, tomorrow(9), room=room)
    sitting = factories.sitting(other)
    elsewhere = room if whose == "room" else None
    with pytest.raises(Refused, match="Salle 1" if whose == "room" else "est déjà pris") as refused:
        given(other, tomorrow(9, 30), sitting, room=elsewhere)
    assert refused.value.code == "jury.taken"
    assert refused.value.params["ends"] == "09:45"
    given(other, tomorrow(9, 45), sitting, room=elsewhere)


def test_a_room_holds_the_jury_and_the_candidate(world: World) -> None:
    factories.admitted(world)
    add = lambda **fields: rooms.add(actor=world.administrator, **fields)  # noqa: E731 - an act
    small = add(name="Petite", capacity=3)
    foreign = add(name="Ailleurs", session=factories.world().session)
    sitting = factories.sitting(world)
    assert refusal(lambda: given(world, tomorrow(), sitting, room=small)) == "room.small"
    assert refusal(lambda: given(world, tomorrow(), sitting, room=foreign)) == "room.foreign"
    assert refusal(lambda: add(name="Petite")) == "room.name"
    assert refusal(lambda: add(name="Visio", link="javascript:alert(1)")) == "room.link"
    online = add(name="Visio", link="https://visio.example/jury")
    slot = given(world, tomorrow(), sitting, room=online)
    assert slot.place == "Visio, https://visio.example/jury"
    assert refusal(lambda: rooms.remove(actor=world.administrator, room=online)) == "room.used"
    rooms.remove(actor=world.administrator, room=small)


def test_a_passage_is_moved_and_frees_its_hour(world: World) -> None:
    factories.admitted(world)
    slot = given(world, tomorrow(9))
    slots.move(actor=world.administrator, slot=slot, starts_at=tomorrow(14), minutes=30)
    slot.refresh_from_db()
    assert (slot.starts_at, slot.minutes) == (tomorrow(14), 30)
    assert set(Occupation.objects.values_list("starts_at", "ends_at")) == {(tomorrow(14), tomorrow(14, 30))}
    assert Occupation.objects.count() == 4  # three jurors and the candidate
    assert JournalEntry.objects.filter(verb="slot.moved", object_id=slot.pk).count() == 1
    assert list(verification.Verification().faults()) == []


def test_a_passage_goes_before_another_jury(world: World) -> None:
    factories.admitted(world)
    slot = given(world, tomorrow(9))
    other = other_jury(world)
    moved = slots.move(actor=world.administrator, slot=slot, starts_at=tomorrow(9), sitting=other)
    slot.refresh_from_db()
    assert (slot.state, moved.state, moved.sitting) == ("cancelled", "due", other)
    assert Work.objects.get(pk=world.work.pk).state == "scheduled"
    assert list(verification.Verification().faults()) == []


def test_a_ballot_that_is_open_stays_and_one_that_is_sealed_holds_the_passage(world: World) -> None:
    factories.admitted(world)
    slot = given(world, tomorrow(9))
    juror = world.jurors[0]
    ballot = ballots.open_ballot(actor=juror, slot=slot)
    for criterion in world.edition.criteria[1:]:
        ballots.save_mark(actor=juror, ballot=ballot, line=criterion, level="acquired", comment="")
    slots.move(actor=world.administrator, slot=slot, starts_at=tomorrow(10))
    assert ballot.marks.count() == 2
    seats.open_early(actor=world.president, slot=slot, reason="Le candidat est là.")
    ballots.seal(actor=juror, ballot=ballot)
    move = lambda: slots.move(actor=world.administrator, slot=slot, starts_at=tomorrow(11))  # noqa: E731 - an act
    assert refusal(move) == "slot.marked"
    assert refusal(lambda: slots.cancel(actor=world.administrator, slot=slot, reason="Trop tard.")) == "slot.marked"


def test_a_cancelled_passage_frees_everybody_and_gives_the_work_back(world: World) -> None:
    factories.admitted(world)
    slot = given(world, tomorrow(9))
    assert refusal(lambda: slots.cancel(actor=world.administrator, slot=slot, reason=" ")) == "slot.reason"
    with pytest.raises(Denied):
        slots.cancel(actor=world.president, slot=slot, reason="Malade.")
    slots.cancel(actor=world.administrator, slot=slot, reason="Le candidat est malade.")
    assert not Occupation.objects.exists()
    world.work.refresh_from_db()
    assert world.work.state == "admitted"
    assert slot.outcomes.get().reason == "Le candidat est malade."
    assert refusal(lambda: slots.move(actor=world.administrator, slot=slot, starts_at=tomorrow(10))) == "slot.state"
    given(world, tomorrow(9), slot.sitting)
    assert list(verification.Verification().faults()) == []


# Plans


def planned(world: World, count: int = 3, jurors: list[User] | None = None) -> tuple[PlanDraft, list[World]]:
    """A plan that was found for so many candidates."""
    worlds = [world, *(also(world) for _ in range(count - 1))]
    for each in worlds:
        factories.admitted(each)
    room = rooms.add(actor=world.administrator, name="Salle 1", session=world.session)
    draft = drafts.ask(
        actor=world.administrator,
        session=world.session,
        days=[next_weekday()],  # type: ignore[list-item]
        hours=[(9 * 60, 12 * 60)],
        rooms=[room],
        jurors=jurors or world.jurors,
        size=2,
    )
    return found(draft), worlds


def found(draft: PlanDraft) -> PlanDraft:
    serving.serve(draft_id=draft.pk)
    draft.refresh_from_db()
    assert draft.fault_code == ""
    return draft


def letters(to: User | None = None) -> list[OutgoingMail]:
    rows = OutgoingMail.objects.filter(subject__contains="–").order_by("pk")
    return [row for row in rows if to is None or recipients(row) == [to.email]]


def recipients(letter: OutgoingMail) -> list[str]:
    return list(letter.content["to"])


def calendar(letter: OutgoingMail) -> Calendar:
    name, packed, kind = letter.content["attachments"][0]
    read = Calendar.from_ical(base64.b64decode(packed))
    assert (name, kind) == ("convocation.ics", f"text/calendar; method={read['method']}")
    return read


def test_a_plan_is_published_whole_and_everybody_is_told_once(world: World) -> None:
    draft, worlds = planned(world)
    assert draft.state == PlanState.READY
    assert Slot.objects.count() == 0
    assert letters() == []
    drafts.accept(actor=world.administrator, draft=draft)
    serving.serve(draft_id=draft.pk)
    serving.serve(draft_id=draft.pk)  # a second delivery finds it done
    draft.refresh_from_db()
    assert (draft.state, draft.fault_params) == (PlanState.PUBLISHED, {})
    assert Slot.objects.count() == 3
    assert {each.work.slots.get().place for each in worlds} == {"Salle 1"}
    seated = set(Sitting.objects.get().jurors.values_list("user", flat=True))
    assert len(letters()) == 3 + len(seated)
    assert convocations.send(actor=world.administrator, session=world.session) == 0
    assert convocations.waiting(world.session) == 0
    assert list(verification.Verification().faults()) == []


def test_who_is_in_conflict_is_never_seated(world: World) -> None:
    """The mentor of all the candidates is a juror too."""
    world.mentor.roles = [Role.MENTOR, Role.JUROR]
    world.mentor.save()
    draft, _worlds = planned(world, jurors=[world.mentor, *world.jurors[:2]])
    plan = Plan.from_json(draft.result)
    assert plan.unplaced == ()
    assert all(world.mentor.pk not in panel.jurors for panel in plan.panels)
    drafts.reseat(actor=world.administrator, draft=draft, panel=0, jurors=[world.mentor, world.jurors[0]])
    assert refusal(lambda: drafts.accept(actor=world.administrator, draft=draft)) == "plan.faults"
    assert {fault.code for fault in drafts.faults(PlanDraft.objects.get(pk=draft.pk))} == {"plan.conflict"}


def test_no_plan_and_no_hand_seats_a_conflicted_juror(world: World) -> None:
    """Random mentors, changed while the plan waits: whatever is published, no juror judges whom they mentor."""
    chance = random.Random(9)
    for juror in world.jurors:
        juror.roles = [Role.JUROR, Role.MENTOR]
        juror.save()
    draft, worlds = planned(world, count=4)
    for _round in range(6):
        mentored = chance.choice(worlds)
        Enrolment.objects.filter(pk=mentored.enrolment.pk).update(mentor=chance.choice([*world.jurors, world.mentor]))
        draft = found(drafts.repair(actor=world.administrator, draft=draft))
        assert drafts.faults(draft) == []
    plan = Plan.from_json(draft.result)
    if plan.panels:
        drafts.accept(actor=world.administrator, draft=draft)
        serving.serve(draft_id=draft.pk)
    for slot in Slot.objects.all():
        members = set(slot.sitting.jurors.values_list("user", flat=True))
        assert slot.work.enrolment.mentor_id not in members


def test_what_a_plan_is_made_of_is_read_in_as_many_queries_for_one_work_as_for_three(world: World) -> None:
    draft, _worlds = planned(world)
    asked = Asked.from_json(draft.asked)
    counts = []
    for some in (asked.works[:1], asked.works):
        with CaptureQueriesContext(connection) as read:
            given_for(world.session, replace(asked, works=some))
        counts.append(len(read))
    assert counts[0] == counts[1]


def test_a_work_is_moved_by_hand_and_what_is_wrong_holds_the_publication(world: World) -> None:
    draft, _worlds = planned(world)
    plan = Plan.from_json(draft.result)
    first, second = plan.panels[0].heard[:2]
    move = lambda starts: drafts.move(  # noqa: E731 - an act
        actor=world.administrator, draft=draft, work=second.work, panel=0, starts=starts
    )
    move(first.starts)
    assert refusal(lambda: drafts.accept(actor=world.administrator, draft=draft)) == "plan.faults"
    move(11 * 60 + 15)  # after the third one
    drafts.accept(actor=world.administrator, draft=draft)
    serving.serve(draft_id=draft.pk)
    assert Slot.objects.get(work=second.work).starts_at == tomorrow(11, 15)
    assert refusal(lambda: move(10 * 60)) == "plan.state"


def test_what_changed_since_the_plan_was_found_is_said_and_nothing_is_published(world: World) -> None:
    draft, worlds = planned(world)
    drafts.accept(actor=world.administrator, draft=draft)
    Work.objects.filter(pk=worlds[1].work.pk).update(state="decided")
    serving.serve(draft_id=draft.pk)
    draft.refresh_from_db()
    assert draft.state == PlanState.READY
    assert worlds[1].candidate.full_name in draft.fault_params["sentence"]
    assert (Slot.objects.count(), Sitting.objects.count(), len(letters())) == (0, 0, 0)


def test_after_an_absence_the_published_plan_is_repaired_and_no_candidate_hears_of_it(world: World) -> None:
    draft, worlds = planned(world)
    rival = found(drafts.repair(actor=world.administrator, draft=draft))
    drafts.accept(actor=world.administrator, draft=draft)
    serving.serve(draft_id=draft.pk)
    assert not PlanDraft.objects.filter(pk=rival.pk).exists()  # nobody publishes it over this one
    before = {slot.work_id: slot.starts_at for slot in Slot.objects.filter(state="due")}
    absent = Sitting.objects.get().jurors.order_by("pk").first().user  # type: ignore[union-attr]
    said = availabilities.say(
        actor=absent,
        session=world.session,
        person=absent,
        starts_at=tomorrow(8),
        ends_at=tomorrow(18),
        free=False,
    )
    assert availabilities.clashes(said) == 3
    told = len(letters())
    draft.refresh_from_db()
    repaired = found(drafts.repair(actor=world.administrator, draft=draft))
    assert Plan.from_json(repaired.result).moved == 0
    drafts.accept(actor=world.administrator, draft=repaired)
    serving.serve(draft_id=repaired.pk)
    due = Slot.objects.filter(state="due")
    assert {slot.work_id: slot.starts_at for slot in due} == before
    assert all(absent.pk not in slot.sitting.jurors.values_list("user", flat=True) for slot in due)
    fresh = letters()[told:]
    assert {recipients(letter)[0] for letter in fresh} & {each.candidate.email for each in worlds} == set()
    assert [str(calendar(letter)["method"]) for letter in letters(absent)] == ["REQUEST", "CANCEL"]
    assert len(fresh) == 2  # the one who does not come, and the one who does instead


def test_a_plan_is_asked_for_by_name(world: World) -> None:
    factories.admitted(world)
    room = rooms.add(actor=world.administrator, name="Salle 1", session=world.session)
    whole = {
        "actor": world.administrator,
        "session": world.session,
        "days": [next_weekday()],
        "hours": [(540, 720)],
        "rooms": [room],
        "jurors": world.jurors,
        "size": 2,
    }
    for wrong, code in (
        ({"days": []}, "plan.days"),
        ({"days": [timezone.localdate()]}, "plan.days"),
        ({"days": [world.session.ends_on + timedelta(days=1)]}, "plan.days"),
        ({"hours": [(720, 540)]}, "plan.hours"),
        ({"rooms": []}, "plan.rooms"),
        ({"jurors": [world.candidate, world.mentor]}, "plan.jurors"),
        ({"size": 1}, "plan.size"),
        ({"size": 4}, "plan.size"),
        ({"session": factories.world().session}, "plan.works"),
    ):
        assert refusal(lambda wrong=wrong: drafts.ask(**whole | wrong)) == code  # type: ignore[arg-type]
    with pytest.raises(Denied):
        drafts.ask(**whole | {"actor": world.president})  # type: ignore[arg-type]


def test_a_plan_whose_worker_is_lost_is_given_up_by_its_name(world: World) -> None:
    draft, _worlds = planned(world)
    drafts.accept(actor=world.administrator, draft=draft)
    held = leases.claim(drafts.KIND, draft.pk)
    assert held is not None
    leases.give_up(drafts.KIND, held, leases.held(drafts.KIND, held), {"fault_code": "engine.worker_lost"})
    draft.refresh_from_db()
    assert draft.state == PlanState.READY
    assert JournalEntry.objects.filter(verb="plan.abandoned").count() == 1
    drafts.drop(actor=world.administrator, draft=draft)
    assert not PlanDraft.objects.exists()


# Convocations


def test_a_calendar_file_says_when_where_and_who_and_its_event_stays_the_same(world: World) -> None:
    factories.admitted(world)
    slot = given(world, tomorrow(9), room=rooms.add(actor=world.administrator, name="Salle « A », 1er étage"))
    assert convocations.waiting(world.session) == 4
    assert convocations.send(actor=world.administrator, session=world.session) == 4
    slots.move(actor=world.administrator, slot=slot, starts_at=tomorrow(10), room=slot.room)
    slots.cancel(actor=world.administrator, slot=slot, reason="Salle fermée.")
    read = [calendar(letter) for letter in letters(world.candidate)]
    events = [each.walk("VEVENT")[0] for each in read]
    assert [str(each["method"]) for each in read] == ["REQUEST", "REQUEST", "CANCEL"]
    assert [int(event["sequence"]) for event in events] == [0, 1, 2]
    assert len({str(event["uid"]) for event in events}) == 1
    assert [event["dtstart"].dt for event in events] == [tomorrow(9), tomorrow(10), tomorrow(10)]
    assert events[0]["dtend"].dt == tomorrow(9, 45)
    assert str(events[0]["location"]) == "Salle « A », 1er étage"
    assert str(events[0]["organizer"]) == f"MAILTO:{world.administrator.email}"
    assert [str(event["status"]) for event in events] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert "Salle fermée" not in str([letter.content for letter in letters()])


def test_a_change_is_told_to_those_whom_it_concerns(world: World) -> None:
    """The jury's day is the same: two candidates change places."""
    other = also(world)
    for each in (world, other):
        factories.admitted(each)
    sitting = factories.sitting(world)
    first = given(world, tomorrow(9), sitting)
    given(other, tomorrow(10), sitting)
    convocations.send(actor=world.administrator, session=world.session)
    told = len(letters())
    slots.move(actor=world.administrator, slot=first, starts_at=tomorrow(9, 5), minutes=40)
    fresh = letters()[told:]
    jurors = {juror.email for juror in world.jurors}
    assert {recipients(letter)[0] for letter in fresh} == {world.candidate.email, *jurors}
    slots.move(actor=world.administrator, slot=first, starts_at=tomorrow(9, 5), minutes=30)
    assert [recipients(letter)[0] for letter in letters()[told + 4 :]] == [world.candidate.email]


def test_who_was_not_convoked_hears_nothing_of_a_change(world: World) -> None:
    factories.admitted(world)
    slot = given(world, tomorrow(9))
    slots.move(actor=world.administrator, slot=slot, starts_at=tomorrow(10))
    slots.cancel(actor=world.administrator, slot=slot, reason="Reporté.")
    assert letters() == []
    assert convocations.waiting(world.session) == 0
    with pytest.raises(Denied):
        convocations.send(actor=world.president, session=world.session)


def test_the_jurors_of_a_certification_sitting_are_convoked(world: World) -> None:
    sitting = factories.plenary(world)
    Sitting.objects.filter(pk=sitting.pk).update(starts_at=tomorrow(14), place="Siège")
    assert convocations.send(actor=world.administrator, session=world.session) == 3
    event = calendar(letters(world.jurors[0])[0]).walk("VEVENT")[0]
    assert event["dtstart"].dt == tomorrow(14)
    assert "dtend" not in event
    assert Convocation.objects.filter(day__isnull=False).count() == 3
