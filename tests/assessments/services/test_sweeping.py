"""The sweep: oldest first, rarer and rarer, to a named end; one kind's defect costs the others nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import IntegrityError, transaction
from django.utils import timezone

from assessments import dispatch, tasks
from assessments.models import EvaluationRun, ProbedAddress, Upload
from assessments.models.leases import Leased
from assessments.models.works import UploadState
from assessments.services import inspections, leased, leases, probes, runs
from assessments.services.errors import Denied, Refused
from assessments.services.sweeping import sweep
from tests import factories
from tests.factories import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return factories.world()


@pytest.fixture
def bell(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    rung: list[tuple[str, int]] = []
    monkeypatch.setattr(dispatch, "ring", lambda task, key: rung.append((task, key)))
    return rung


def ago(**much: float) -> Any:
    return timezone.now() - timedelta(**much)


def waiting(world: World, **columns: Any) -> Upload:
    row = Upload(work=world.work, file_name="a.zip", size=1, offset=1, state=UploadState.INSPECTING)
    leases.make_due(row, inspections.KIND.policy)
    row.save()
    Upload.objects.filter(pk=row.pk).update(**columns)
    return row


def test_every_leased_table_is_swept() -> None:
    assert {kind.model for kind in leased.KINDS} == set(Leased.__subclasses__())
    assert len({kind.task for kind in leased.KINDS}) == len(leased.KINDS)
    assert {kind.task for kind in leased.KINDS} <= set(dispatch.QUEUES)


def test_the_oldest_are_rung_for_first(world: World, bell: list[tuple[str, int]]) -> None:
    worlds = (world, factories.world(), factories.world())
    rows = [
        waiting(each, due_at=ago(minutes=minutes), ring_at=ago(seconds=1))
        for each, minutes in zip(worlds, (1, 3, 2), strict=True)
    ]
    assert sweep(inspections.KIND) == 3
    assert [key for _task, key in bell] == [rows[1].pk, rows[2].pk, rows[0].pk]


def test_where_persons_take_turns_each_is_rung_for_once(world: World, bell: list[tuple[str, int]]) -> None:
    mine = [waiting(world, due_at=ago(minutes=minutes), ring_at=ago(seconds=1)) for minutes in (1, 3, 2)]
    theirs = waiting(factories.world(), ring_at=ago(seconds=1))
    assert sweep(inspections.KIND) == 2
    assert {key for _task, key in bell} == {mine[1].pk, theirs.pk}
    assert sweep(inspections.KIND) == 0


def test_rings_that_nobody_answers_become_rarer(world: World, bell: list[tuple[str, int]]) -> None:
    row = waiting(world, rings=0, ring_at=ago(seconds=1))
    delays = []
    for _ in range(5):
        assert sweep(inspections.KIND) == 1
        assert sweep(inspections.KIND) == 0
        row.refresh_from_db()
        assert row.ring_at is not None
        delays.append(round((row.ring_at - timezone.now()).total_seconds()))
        Upload.objects.update(ring_at=ago(seconds=1))
    assert delays == [10, 20, 40, 60, 60]
    assert row.attempts == 0


def test_a_row_carried_over_beyond_its_attempts_is_buried(world: World, bell: list[tuple[str, int]]) -> None:
    """As an inspection was left before, at its "attempt 7 of 3"."""
    row = waiting(world, attempts=7, ring_at=ago(seconds=1), due_at=ago(hours=1), fault_code="engine.storage")
    assert (sweep(inspections.KIND), bell) == (0, [])
    row.refresh_from_db()
    assert (row.state, row.fault_code, row.due_at) == (UploadState.STUCK, "engine.storage", None)


def test_an_inspection_whose_worker_is_lost_is_taken_up_within_a_lease(
    world: World, bell: list[tuple[str, int]], settings: Any
) -> None:
    row = waiting(world)
    assert leases.claim(inspections.KIND, row.pk) is not None
    row.refresh_from_db()
    assert row.lease_expires_at is not None
    assert row.lease_expires_at - timezone.now() <= timedelta(seconds=settings.RUN_LEASE_SECONDS)
    Upload.objects.update(lease_expires_at=ago(seconds=1))
    assert sweep(inspections.KIND) == 1
    assert bell == [(dispatch.INSPECT, row.pk)]


def test_a_call_given_up_by_us_comes_again_in_its_time(world: World) -> None:
    submission = factories.evaluated(world)
    probes.watch(submission=submission, declaration={"path": "j", "urls": {"api": "https://a.test/"}}, kinds={"api"})
    for _ in range(probes.KIND.policy.attempts):
        ProbedAddress.objects.update(due_at=ago(seconds=1))
        held = leases.claim(probes.KIND, submission.addresses.get().pk)
        assert held is not None
        leases.fail(probes.KIND, held, "engine.crashed", {})
    address = submission.addresses.get()
    assert address.due_at is not None
    assert address.due_at > timezone.now() + timedelta(minutes=20)
    assert (address.attempts, address.fault_code) == (0, "engine.crashed")


def test_one_kind_that_cannot_be_swept_costs_the_others_nothing(
    world: World, bell: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(row: Any) -> bool:
        raise ValueError("a defect")

    run = factories.submitted(world).runs.get()
    waiting(world, ring_at=ago(seconds=1))
    EvaluationRun.objects.update(ring_at=ago(seconds=1))
    monkeypatch.setattr(leased, "KINDS", (replace(inspections.KIND, wanted=broken), runs.KIND))
    tasks.sweep()
    assert bell == [(dispatch.EVALUATE, run.pk)]
    assert f"the sweep for {dispatch.INSPECT} failed" in caplog.text


def test_a_sweep_whose_time_is_over_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(kind: Any) -> int:
        raise SoftTimeLimitExceeded

    monkeypatch.setattr(leased, "sweep", endless)
    with pytest.raises(SoftTimeLimitExceeded):
        tasks.sweep()


@pytest.mark.parametrize(
    "columns",
    [
        {"due_at": None},
        {"ring_at": None},
        {"lease_expires_at": timezone.now()},
        {"lease_token": "7f2c9a52-0000-4000-8000-000000000000"},
    ],
)
def test_the_database_refuses_half_a_lease(world: World, columns: dict[str, Any]) -> None:
    row = waiting(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        Upload.objects.filter(pk=row.pk).update(**columns)


def test_only_what_is_stuck_is_started_again(world: World, bell: list[tuple[str, int]]) -> None:
    row = waiting(world)
    with pytest.raises(Refused) as refused:
        inspections.retry(actor=world.administrator, upload=row)
    assert refused.value.code == "upload.not_stuck"
    Upload.objects.update(state="stuck", attempts=3, due_at=None)
    with pytest.raises(Denied):
        inspections.retry(actor=world.candidate, upload=row)
    inspections.retry(actor=world.administrator, upload=row)
    row.refresh_from_db()
    assert (row.state, row.attempts) == (UploadState.INSPECTING, 0)
    assert bell == [(dispatch.INSPECT, row.pk)]
