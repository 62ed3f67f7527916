"""Persons take turns: one who sends much delays nobody for longer than one piece of it."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from assessments import dispatch, tasks
from assessments.models import Enrolment, Role, Upload, User, Work
from assessments.models.works import UploadState
from assessments.services import inspections, leases, turns, works
from tests import factories
from tests.factories import World

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world() -> World:
    return factories.world()


def work_of(world: World) -> Work:
    candidate = factories.person(Role.CANDIDATE)
    enrolment = Enrolment.objects.create(session=world.session, candidate=candidate)
    return works.open_for(enrolment=enrolment, assessment=world.edition.assessment)


def waiting(work: Work, count: int = 1) -> list[Upload]:
    """Files received whole, as ``uploads.append`` leaves them."""
    columns = leases.due(inspections.KIND.policy)
    rows = [
        Upload(work=work, file_name=f"{n}.zip", size=1, offset=1, state=UploadState.INSPECTING, **columns)
        for n in range(count)
    ]
    for row in rows:
        row.save()
    return rows


def taken() -> User | None:
    row = turns.claim_next(inspections.KIND)
    return row.work.enrolment.candidate if row else None


def ended() -> None:
    """Whatever is held is done."""
    for row in Upload.objects.filter(lease_token__isnull=False):
        leases.settle(inspections.KIND, row, state=UploadState.REFUSED)


def test_one_after_sixteen_of_another_is_taken_second(world: World, settings: Any) -> None:
    settings.HELD_PER_PERSON = 16
    one, other = world.work, work_of(world)
    waiting(one, 16)
    waiting(other)
    assert [taken(), taken()] == [world.candidate, other.enrolment.candidate]
    assert taken() == world.candidate


def test_with_a_single_worker_too(world: World) -> None:
    one, other = world.work, work_of(world)
    waiting(one, 16)
    first = taken()
    waiting(other)
    ended()
    assert [first, taken()] == [world.candidate, other.enrolment.candidate]


def test_two_who_send_much_alternate(world: World) -> None:
    one, other = world.work, work_of(world)
    waiting(one, 4)
    waiting(other, 4)
    served = []
    for _ in range(8):
        served.append(taken())
        ended()
    assert served == [one.enrolment.candidate, other.enrolment.candidate] * 4
    assert taken() is None


def test_nobody_takes_every_worker(world: World, settings: Any) -> None:
    settings.HELD_PER_PERSON = 2
    waiting(world.work, 5)
    assert [taken(), taken(), taken()] == [world.candidate, world.candidate, None]
    ended()
    assert taken() == world.candidate


def test_a_lease_that_has_run_out_holds_nobody_back(world: World) -> None:
    row, _later = waiting(world.work, 2)
    assert taken() == world.candidate
    Upload.objects.filter(pk=row.pk).update(lease_expires_at=timezone.now() - timedelta(seconds=1))
    assert taken() == world.candidate
    row.refresh_from_db()
    assert row.attempts == 2


def test_workers_that_choose_at_once_each_choose_another_person(world: World) -> None:
    waiting(world.work, 8)
    others = [work_of(world) for _ in range(3)]
    for each in others:
        waiting(each)
    chosen: list[User | None] = []

    def choose() -> None:
        try:
            chosen.append(taken())
        finally:
            connection.close()

    workers = [threading.Thread(target=choose) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert set(chosen) == {world.candidate, *(each.enrolment.candidate for each in others)}


def test_any_ring_serves_whose_turn_it_is_and_one_too_many_nobody(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[int] = []
    monkeypatch.setattr(dispatch, "ring", lambda task, key: rung.append(key))
    mine, theirs = waiting(world.work, 2), waiting(work_of(world))
    served = []
    monkeypatch.setattr(inspections, "_inspect", lambda row: served.append(row.pk))
    for _ in range(4):
        tasks.inspect_upload(mine[-1].pk)  # whichever file the bell was rung for
        ended()
    assert served == [mine[0].pk, theirs[0].pk, mine[1].pk]
    # Rung while somebody was held: the next one is looked for as long as anything waits.
    assert rung == [mine[1].pk, mine[1].pk]


def test_an_idle_worker_that_may_serve_nobody_rings_for_nobody(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else it would ring for itself, without end, as long as the one served elsewhere has more that waits."""
    rung: list[int] = []
    monkeypatch.setattr(dispatch, "ring", lambda task, key: rung.append(key))
    _served_elsewhere, waits = waiting(world.work, 2)
    assert taken() == world.candidate
    tasks.inspect_upload(waits.pk)
    assert rung == []
