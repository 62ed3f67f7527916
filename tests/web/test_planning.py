"""The planning in pages: a plan asked for, read, adjusted, published; rooms, hours, convocations."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar
from pytest_django import DjangoAssertNumQueries

from assessments.models import Availability, Convocation, PlanDraft, Room, Slot, User
from assessments.selectors.jury import passages_of
from assessments.selectors.planning import published_board
from assessments.services import convocations, slots
from assessments.services.planning import serving
from tests import factories
from tests.assessments.services.test_planning import also, next_weekday, tomorrow
from tests.factories import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return factories.world()


@pytest.fixture
def desk(world: World) -> Client:
    return seen_by(world.administrator)


def seen_by(person: User) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def read(client: Client, name: str, *args: object) -> str:
    response = client.get(reverse(f"web:{name}", args=args))
    assert response.status_code == 200
    return response.content.decode()


def test_from_the_question_to_the_calendar(world: World, desk: Client) -> None:
    for each in (world, also(world)):
        factories.admitted(each)
    session = world.session.pk
    assert "2 travaux admis attendent leur passage" in read(desk, "admin_planning", session)
    assert "pas encore de salle" in read(desk, "admin_plan_new", session)
    desk.post(reverse("web:admin_rooms", args=[session]), {"name": "Salle 1", "capacity": "6"})
    typed = {
        "first_day": f"{next_weekday()}",
        "last_day": f"{next_weekday()}",
        "morning_from": "09:00",
        "morning_to": "12:00",
        "rooms": [Room.objects.get().pk],
        "jurors": [juror.pk for juror in world.jurors],
        "size": "9",
    }
    address = reverse("web:admin_plan_new", args=[session])
    assert "pas plus que les 3 jurés choisis" in desk.post(address, typed).content.decode()
    assert desk.post(address, typed | {"size": "2"}).status_code == 302
    draft = PlanDraft.objects.get()
    assert "Un plan est cherché" in read(desk, "admin_plan", draft.pk)
    serving.serve(draft_id=draft.pk)
    page = read(desk, "admin_plan", draft.pk)
    assert "Personne n’en sait rien encore" in page
    assert world.candidate.full_name in page
    move = reverse("web:admin_plan_move", args=[draft.pk, world.work.pk])
    assert 'value="09:' in desk.get(move).content.decode()
    desk.post(move, {"panel": "0", "starts": "11:30"})
    page = read(desk, "admin_plan", draft.pk)
    assert "1 conflit à corriger" in page
    assert "Ce passage déborde des heures du jury." in page
    desk.post(move, {"panel": "0", "starts": "11:00"})
    desk.post(reverse("web:admin_plan_accept", args=[draft.pk]))
    serving.serve(draft_id=draft.pk)
    assert Slot.objects.count() == 2
    board = read(desk, "admin_planning", session)
    assert "11:00–11:45" in board
    assert "convocations à envoyer" not in board
    candidate = seen_by(world.candidate)
    assert "Ajouter à mon agenda" in read(candidate, "convocations")
    own = Convocation.objects.get(person=world.candidate)
    event = Calendar.from_ical(candidate.get(reverse("web:convocation", args=[own.pk])).content).walk("VEVENT")[0]
    assert event["dtstart"].dt == tomorrow(11)


def test_a_passage_is_moved_and_cancelled_from_the_board(world: World, desk: Client) -> None:
    factories.admitted(world)
    sitting = factories.sitting(world)
    slot = slots.schedule(actor=world.administrator, sitting=sitting, work=world.work, starts_at=tomorrow(9))
    address = reverse("web:admin_slot_move", args=[slot.pk])
    typed = {"sitting": sitting.pk, "starts_at": f"{tomorrow(14):%Y-%m-%dT%H:%M}", "minutes": "30"}
    late = f"{timezone.now() + timedelta(days=300):%Y-%m-%dT%H:%M}"
    assert "ce jour n’en fait pas partie" in desk.post(address, typed | {"starts_at": late}).content.decode()
    desk.post(address, typed)
    assert "14:00–14:30" in read(desk, "admin_planning", world.session.pk)
    assert "4 convocations à envoyer" in read(desk, "admin_planning", world.session.pk)
    desk.post(reverse("web:admin_convoke", args=[world.session.pk]))
    cancel = reverse("web:admin_slot_cancel", args=[slot.pk])
    assert "error-summary" in desk.post(cancel, {"reason": ""}).content.decode()
    desk.post(cancel, {"reason": "Salle fermée."})
    assert "Aucun passage n’est prévu" in read(desk, "admin_planning", world.session.pk)
    assert passages_of(world.president) == []
    assert Convocation.objects.filter(cancelled=True).count() == 4


def test_jurors_say_their_own_hours(world: World, desk: Client) -> None:
    juror, other = world.jurors[:2]
    client = seen_by(juror)
    typed = {
        "session": world.session.pk,
        "starts_at": f"{tomorrow(9):%Y-%m-%dT%H:%M}",
        "ends_at": f"{tomorrow(12):%Y-%m-%dT%H:%M}",
        "free": "no",
    }
    client.post(reverse("web:juror_hours"), typed)
    said = Availability.objects.get()
    assert (said.person, said.free, said.starts_at) == (juror, False, tomorrow(9))
    assert "absent" in read(client, "juror_hours")
    assert juror.full_name in read(desk, "admin_availabilities", world.session.pk)
    assert seen_by(other).post(reverse("web:hours_remove", args=[said.pk])).status_code == 404
    desk.post(reverse("web:admin_availabilities", args=[world.session.pk]), typed | {"person": other.pk, "free": "yes"})
    assert Availability.objects.get(person=other).free is True
    client.post(reverse("web:hours_remove", args=[said.pk]))
    assert not Availability.objects.filter(person=juror).exists()


def test_a_day_of_sixty_passages_is_read_in_a_few_queries(
    world: World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    factories.admitted(world)
    sitting = factories.sitting(world)
    slot = slots.schedule(actor=world.administrator, sitting=sitting, work=world.work, starts_at=tomorrow(0))
    for rank in range(1, 60):
        each = also(world)
        Slot.objects.create(
            sitting=sitting,
            work=each.work,
            submission=slot.submission,
            starts_at=tomorrow(0) + timedelta(minutes=20 * rank),
            minutes=20,
        )
    client = seen_by(world.president)
    with django_assert_max_num_queries(15):
        page = client.get(reverse("web:juror_home"))
    assert page.status_code == 200
    with django_assert_max_num_queries(1):
        assert len(passages_of(world.president)) == 60
    with django_assert_max_num_queries(4):
        days = published_board(world.session, world.administrator)
    assert sum(day.count for day in days) == 60
    with django_assert_max_num_queries(6):
        assert convocations.waiting(world.session) == 63
