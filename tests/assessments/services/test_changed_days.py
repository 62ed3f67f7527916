"""What changes once passages are given: who sits, at what hour, before whom; who is taken, and who is told of it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from assessments.models import Convocation, EarlyOpening, Occupation, OutgoingMail, Role, Sitting, Slot, User
from assessments.models.juries import SittingKind
from assessments.selectors.planning import published_board
from assessments.services import ballots, composition, convocations, retakes, rooms, seats, sittings, slots
from assessments.services.errors import Refused
from assessments.services.planning import drafts, serving
from certification.referentials.models import Assessment
from tests import factories
from tests.assessments.services.test_planning import (
    calendar,
    given,
    letters,
    next_weekday,
    other_jury,
    recipients,
    refusal,
    tomorrow,
)
from tests.assessments.services.test_seats import member
from tests.assessments.services.test_sittings import newcomer
from tests.factories import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return factories.world()


@pytest.fixture
def slot(world: World) -> Slot:
    factories.admitted(world)
    return given(world, tomorrow(9))


def taken(slot: Slot) -> set[int | None]:
    return set(Occupation.objects.filter(slot=slot, person__isnull=False).values_list("person", flat=True))


def told_since(count: int) -> list[OutgoingMail]:
    return letters()[count:]


# Who hears a passage


@pytest.mark.parametrize("why", ["recused", "absent"])
def test_a_passage_moves_without_asking_who_does_not_hear_it(world: World, slot: Slot, why: str) -> None:
    away = member(world, slot, 2)
    if why == "recused":
        world.enrolment.mentor = away.user
        world.enrolment.save()
        seats.recuse_conflicted(slot=slot)
    else:
        seats.absent(actor=world.administrator, slot=slot, juror=away)
    other = factories.world()
    factories.admitted(other)
    other.jurors = [away.user, *other.jurors[1:]]
    given(other, tomorrow(14))  # they are elsewhere at that hour
    slots.move(actor=world.administrator, slot=slot, starts_at=tomorrow(14))
    assert taken(slot) == {world.candidate.pk, world.jurors[0].pk, world.jurors[1].pk}


def test_who_does_not_hear_a_passage_is_free_meanwhile(world: World, slot: Slot) -> None:
    away = member(world, slot, 2)
    other = factories.world()
    factories.admitted(other)
    other.jurors = [away.user, *other.jurors[1:]]
    sitting = factories.sitting(other)
    elsewhere = lambda: given(other, tomorrow(9, 30), sitting)  # noqa: E731 - an act
    assert refusal(elsewhere) == "jury.taken"
    seats.absent(actor=world.administrator, slot=slot, juror=away)
    elsewhere()
    back = lambda: seats.returned(actor=world.administrator, slot=slot, juror=away)  # noqa: E731 - idem
    assert refusal(back) == "jury.taken"
    assert away.user_id not in taken(slot)


def test_who_comes_back_is_taken_again(world: World, slot: Slot) -> None:
    away = member(world, slot, 2)
    seats.absent(actor=world.administrator, slot=slot, juror=away)
    seats.returned(actor=world.administrator, slot=slot, juror=away)
    assert away.user_id in taken(slot)
    seats.recuse(actor=world.administrator, slot=slot, juror=away, reason="Voisin.")
    assert away.user_id not in taken(slot)


def test_who_joins_at_noon_is_not_refused_for_the_morning(world: World) -> None:
    heard = factories.marked(world)
    other = factories.world()
    factories.admitted(other)
    person = newcomer(world)
    other.jurors = [person, *other.jurors[1:]]
    given(other, heard.starts_at + timedelta(minutes=5))
    sittings.join(actor=world.administrator, sitting=heard.sitting, user=person)
    assert person.pk not in taken(heard)


def test_who_joins_while_elsewhere_is_named_with_the_hour(world: World, slot: Slot) -> None:
    other = factories.world()
    factories.admitted(other)
    person = newcomer(world)
    other.jurors = [person, *other.jurors[1:]]
    given(other, tomorrow(9, 30))
    with pytest.raises(Refused, match=person.full_name) as refused:
        sittings.join(actor=world.administrator, sitting=slot.sitting, user=person)
    assert (refused.value.code, refused.value.params["starts"]) == ("jury.taken", "09:30")


def test_who_joins_a_jury_that_heard_their_candidate_is_recused_not_absent(world: World) -> None:
    heard = factories.marked(world)
    person = newcomer(world)
    person.roles = [Role.JUROR, Role.MENTOR]
    person.save()
    world.enrolment.mentor = person
    world.enrolment.save()
    juror = sittings.join(actor=world.administrator, sitting=heard.sitting, user=person)
    assert juror.leaves.get().kind == "recused"


# The rules of the session


def test_a_plan_is_asked_for_and_published_under_the_rule_of_the_session(world: World) -> None:
    composition.rule(
        actor=world.administrator, session=world.session, access_paths=["FC"], source="Fiche", minimum=3, quorum=3,
        valid_from=timezone.localdate() - timedelta(days=1),
    )  # fmt: skip
    factories.admitted(world)
    factories.habilitated(world)
    asked = {
        "actor": world.administrator, "session": world.session, "days": [next_weekday()], "hours": [(540, 720)],
        "rooms": [rooms.add(actor=world.administrator, name="Salle 1")], "jurors": world.jurors,
    }  # fmt: skip
    assert refusal(lambda: drafts.ask(**asked, size=2)) == "plan.size"  # type: ignore[arg-type]
    draft = drafts.ask(**asked, size=3)  # type: ignore[arg-type]
    serving.serve(draft_id=draft.pk)
    draft.refresh_from_db()
    drafts.accept(actor=world.administrator, draft=draft)
    serving.serve(draft_id=draft.pk)
    draft.refresh_from_db()
    assert (draft.state, draft.fault_params) == ("published", {})
    assert Sitting.objects.get().quorum == 3


# A passage opened early


def test_an_early_opening_does_not_follow_the_passage_to_a_later_hour(world: World, slot: Slot) -> None:
    seats.open_early(actor=world.president, slot=slot, reason="Le candidat est là.")
    moved = slots.move(actor=world.administrator, slot=slot, starts_at=tomorrow(15))
    slot.refresh_from_db()
    assert (slot.state, moved.sitting_id, moved.starts_at) == ("cancelled", slot.sitting_id, tomorrow(15))
    assert not EarlyOpening.objects.filter(slot=moved).exists()
    ballot = ballots.open_ballot(actor=world.jurors[1], slot=moved)
    for criterion in world.edition.criteria[1:]:
        ballots.save_mark(actor=world.jurors[1], ballot=ballot, line=criterion, level="acquired", comment="")
    assert refusal(lambda: ballots.seal(actor=world.jurors[1], ballot=ballot)) == "ballot.early"


def test_a_passage_opened_early_is_not_moved_once_somebody_marks(world: World, slot: Slot) -> None:
    seats.open_early(actor=world.president, slot=slot, reason="Le candidat est là.")
    ballots.open_ballot(actor=world.jurors[1], slot=slot)
    move = lambda: slots.move(actor=world.administrator, slot=slot, starts_at=tomorrow(15))  # noqa: E731 - an act
    assert refusal(move) == "slot.marked"


def test_a_sitting_cancelled_elsewhere_hears_nobody(world: World) -> None:
    factories.admitted(world)
    stale = factories.sitting(world)
    sittings.cancel(actor=world.administrator, sitting=Sitting.objects.get(pk=stale.pk), reason="Grève.")
    assert refusal(lambda: given(world, tomorrow(9), stale)) == "jury.cancelled"


# Who is told


def place(world: World, sitting: Sitting, where: str) -> Sitting:
    return sittings.edit(
        actor=world.administrator,
        sitting=sitting,
        name=sitting.name,
        starts_at=sitting.starts_at,
        place=where,
        quorum=2,
    )


def test_another_place_is_told_to_those_who_come(world: World, slot: Slot) -> None:
    convocations.send(actor=world.administrator, session=world.session)
    count = len(letters())
    place(world, slot.sitting, "Salle des actes")
    assert len(told_since(count)) == 4
    assert {str(calendar(each).walk("VEVENT")[0]["location"]) for each in told_since(count)} == {"Salle des actes"}


def test_the_jury_of_an_attempt_given_up_is_told(world: World, slot: Slot) -> None:
    convocations.send(actor=world.administrator, session=world.session)
    count = len(letters())
    retakes.withdraw(actor=world.candidate, work=world.work)
    assert [str(calendar(each)["method"]) for each in told_since(count)] == ["CANCEL"] * 4


def test_who_joins_a_jury_that_was_convoked_is_convoked(world: World, slot: Slot) -> None:
    person = newcomer(world)
    convocations.send(actor=world.administrator, session=world.session)
    count = len(letters())
    sittings.join(actor=world.administrator, sitting=slot.sitting, user=person)
    assert [recipients(each) for each in told_since(count)] == [[person.email]]
    assert Convocation.objects.get(person=person).convoked_by == world.administrator


def test_who_joins_before_anybody_was_convoked_hears_nothing_yet(world: World, slot: Slot) -> None:
    sittings.join(actor=world.administrator, sitting=slot.sitting, user=newcomer(world))
    assert letters() == []


@pytest.mark.parametrize("to", ["another day", "another jury"])
def test_who_sits_where_a_passage_was_moved_to_is_convoked(world: World, slot: Slot, to: str) -> None:
    convocations.send(actor=world.administrator, session=world.session)
    sitting = other_jury(world) if to == "another jury" else slot.sitting
    at = tomorrow(9) + timedelta(days=0 if to == "another jury" else 1)
    slots.move(actor=world.administrator, slot=slot, starts_at=at, sitting=sitting)
    for juror in sitting.jurors.all():
        last = calendar(letters(juror.user)[-1] if to == "another jury" else _last_request(juror.user))
        assert (str(last["method"]), last.walk("VEVENT")[0]["dtstart"].dt) == ("REQUEST", at)


def _last_request(person: User) -> OutgoingMail:
    return [each for each in letters(person) if str(calendar(each)["method"]) == "REQUEST"][-1]


def test_nobody_is_told_of_a_change_to_an_hour_past(world: World, slot: Slot, monkeypatch: pytest.MonkeyPatch) -> None:
    convocations.send(actor=world.administrator, session=world.session)
    count = len(letters())
    later = tomorrow(9) + timedelta(hours=3)
    monkeypatch.setattr(convocations.timezone, "now", lambda: later)
    place(world, slot.sitting, "Salle des actes")
    assert told_since(count) == []
    assert convocations.waiting(world.session) == 0


def test_each_assessment_of_a_bloc_is_named(world: World, slot: Slot) -> None:
    convocations.send(actor=world.administrator, session=world.session)
    assessment = Assessment.objects.get(pk=world.work.assessment_id)
    subject = letters(world.candidate)[0].subject
    assert subject.startswith(f"Convocation – Soutenance\u00a0: {assessment.title}")
    assert str(assessment.bloc) in subject
    [day] = published_board(world.session, world.administrator)
    assert day.columns[0].groups[0].blocks[0].title.startswith(assessment.title)


# Certification sittings


def plenary(world: World, at: datetime) -> Sitting:
    return sittings.compose(
        actor=world.administrator, session=world.session, name="Jury de certification", starts_at=at,
        jurors=world.jurors, president=world.president, kind=SittingKind.CERTIFICATION,
    )  # fmt: skip


def test_nobody_is_in_a_certification_sitting_that_begins_while_they_hear_a_passage(world: World, slot: Slot) -> None:
    assert refusal(lambda: plenary(world, tomorrow(9, 20))) == "jury.taken"
    certification = plenary(world, tomorrow(9, 45))  # as the passage ends
    edit = lambda at: sittings.edit(  # noqa: E731 - an act
        actor=world.administrator, sitting=certification, name="Jury", starts_at=at, place="", quorum=2
    )
    with pytest.raises(Refused, match="est déjà pris") as refused:
        edit(tomorrow(9))
    assert refused.value.code == "jury.taken"
    edit(tomorrow(15))
    other = factories.world()
    factories.admitted(other)
    person = newcomer(world)
    other.jurors = [person, *other.jurors[1:]]
    given(other, tomorrow(14, 45))
    join = lambda: sittings.join(actor=world.administrator, sitting=certification, user=person)  # noqa: E731 - idem
    assert refusal(join) == "jury.taken"


def test_no_passage_is_heard_by_who_sits_for_a_certification_that_begins_meanwhile(world: World, slot: Slot) -> None:
    plenary(world, tomorrow(14))
    with pytest.raises(Refused, match="Jury de certification") as refused:
        slots.move(actor=world.administrator, slot=slot, starts_at=tomorrow(13, 30))
    assert (refused.value.code, refused.value.params["starts"]) == ("jury.taken", "14:00")
    slots.move(actor=world.administrator, slot=slot, starts_at=tomorrow(13, 15))
