"""The quotas as services judge them: by what came, whatever became of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from assessments.models import Intake, Upload
from assessments.services import quotas, uploads
from assessments.services.errors import Busy, Refused
from assessments.services.locking import Lock
from tests import factories
from tests.factories import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(settings: Any) -> World:
    settings.QUOTA_BYTES_PER_DAY, settings.QUOTA_INSPECTIONS_PER_DAY = 100, 3
    settings.QUOTA_OPEN_UPLOADS, settings.QUOTA_WAITING_BYTES = 2, 150
    return factories.world()


def sent(world: World, size: int) -> Upload:
    upload = uploads.start(actor=world.candidate, work=world.work, file_name="projet.zip", size=size)
    return uploads.append(upload=upload, offset=0, pieces=[b"x" * size])


def refused(world: World, size: int) -> Refused:
    with pytest.raises(Refused) as found:
        uploads.start(actor=world.candidate, work=world.work, file_name="projet.zip", size=size)
    return found.value


def test_what_was_withdrawn_counts_and_the_moment_to_go_on_is_told(world: World) -> None:
    uploads.discard(actor=world.candidate, upload=sent(world, 60))
    found = refused(world, 60)
    assert found.code == "quota.bytes_per_day"
    assert found.params["until"] in str(found)
    Intake.objects.update(at=timezone.now() - timedelta(hours=25))
    sent(world, 60)


def test_files_of_a_day_are_counted(world: World) -> None:
    for _ in range(3):
        uploads.discard(actor=world.candidate, upload=sent(world, 1))
    assert refused(world, 1).code == "quota.inspections_per_day"
    assert sent(factories.world(), 1).state == "inspecting"


def test_files_on_their_way_and_bytes_that_wait_are_bounded(world: World) -> None:
    sent(world, 40)
    sent(world, 40)
    assert refused(world, 1).code == "quota.open_uploads"
    Upload.objects.update(state="stuck")
    Intake.objects.all().delete()
    assert refused(world, 80).code == "quota.waiting_bytes"


def test_an_upload_begun_again_takes_the_place_of_the_first(world: World) -> None:
    for _ in range(5):
        uploads.start(actor=world.candidate, work=world.work, file_name="projet.zip", size=90)
    assert Upload.objects.count() == 1


def test_one_start_at_a_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def taken(lock: Lock, person_id: int) -> None:
        assert (lock, person_id) == (Lock.DEPOSITS, world.candidate.pk)
        raise Busy

    monkeypatch.setattr(quotas, "hold_at_once", taken)
    assert refused(world, 1).code == "outage.busy"


def test_a_file_that_is_inspected_counts_once(world: World) -> None:
    sent(world, 1)
    uploads.discard(actor=world.candidate, upload=sent(world, 1))
    assert sent(world, 1).state == "inspecting"  # the third of three


def test_old_counters_are_thrown_away(world: World) -> None:
    uploads.discard(actor=world.candidate, upload=sent(world, 1))
    kept = sent(world, 1)
    Intake.objects.update(at=timezone.now() - timedelta(days=3))
    assert quotas.forget_old() == 1
    assert Intake.objects.get().upload == kept
