"""Works of a session beside each other: kept, compared, compared again, and nobody's who may not know."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from assessments import dispatch, policies
from assessments.models import Enrolment, Likeness, Role, Submission, SubmissionSketch
from assessments.services import leases, similarity, works
from assessments.services.facts import StoredFacts
from assessments.services.sweeping import sweep
from evaluator import facts as extractors
from evaluator.store import fact_key
from tests import factories
from tests.evaluator.similar import OTHER, STUDY, facts_of, notebook, renamed
from tests.factories import World

pytestmark = pytest.mark.django_db
RUNTIME = "0" * 64


@pytest.fixture
def bell(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    rung: list[tuple[str, int]] = []
    monkeypatch.setattr(dispatch, "ring", lambda task, key: rung.append((task, key)))
    monkeypatch.setattr(similarity, "ring", dispatch.ring)
    return rung


@pytest.fixture
def world() -> World:
    return factories.world()


@pytest.fixture
def read(tmp_path: Path) -> dict[str, Any]:
    """Fingerprints by name."""
    projects = {"study": STUDY, "copy": renamed(STUDY), "other": OTHER}
    return {name: facts_of(tmp_path / name, {"etude.ipynb": notebook(cells)}) for name, cells in projects.items()}


def deposit(world: World, fingerprints: dict[str, Any], enrolment: Enrolment | None = None) -> Submission:
    """A submission of another candidate of the session, read for comparison."""
    if enrolment is None:
        enrolment = Enrolment.objects.create(session=world.session, candidate=factories.person(Role.CANDIDATE))
    work = works.open_for(enrolment=enrolment, assessment=world.edition.assessment)
    submission = Submission.objects.create(
        work=work,
        number=work.submissions.count() + 1,
        bundle=factories.bundle(),
        file_name="projet.zip",
        submitted_by=enrolment.candidate,
    )
    key = fact_key(submission.bundle_id, "fingerprints", extractors.BY_NAME["fingerprints"].version, RUNTIME)
    StoredFacts().put(key, {"facts": fingerprints, "pictures": {}})
    similarity.keep(submission=submission, fingerprints=fingerprints)
    return submission


def compared(submission: Submission) -> list[Likeness]:
    similarity.compare(sketch_id=submission.sketch.pk)
    return list(Likeness.objects.filter(submission=submission).order_by("-strength"))


@pytest.fixture(autouse=True)
def runtime(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evaluator.runner.runtime_digest", lambda: RUNTIME)


def test_a_work_that_comes_is_kept_once_and_rung_for(
    world: World, read: dict[str, Any], bell: list[tuple[str, int]]
) -> None:
    submission = deposit(world, read["study"])
    similarity.keep(submission=submission, fingerprints=read["study"])
    assert bell == [(dispatch.COMPARE, submission.sketch.pk)]
    assert submission.sketch.due_at is not None


def test_both_works_tell_of_each_other_whichever_came_first(
    world: World, read: dict[str, Any], bell: list[tuple[str, int]]
) -> None:
    first, other = deposit(world, read["study"]), deposit(world, read["other"])
    assert compared(first) == compared(other) == []
    twin = deposit(world, read["copy"])
    bell.clear()
    (found,) = compared(twin)
    assert (found.other, found.share, found.text, found.strength) == (first, 1.0, None, 1.0)
    assert found.passages[0]["own"] | {"path": ""} == found.passages[0]["other"] | {"path": ""}
    assert bell == [(dispatch.COMPARE, first.sketch.pk)]
    (back,) = compared(first)
    assert (back.other, back.share) == (twin, 1.0)
    assert [key for _task, key in bell] == [first.sketch.pk]


def test_a_comparison_delivered_twice_is_made_once(world: World, read: dict[str, Any]) -> None:
    deposit(world, read["study"])
    twin = deposit(world, read["copy"])
    for _ in range(2):
        assert len(compared(twin)) == 1
    assert SubmissionSketch.objects.get(submission=twin).due_at is None


def test_a_comparison_that_another_worker_holds_is_left_to_it(world: World, read: dict[str, Any]) -> None:
    deposit(world, read["study"])
    twin = deposit(world, read["copy"])
    held = SubmissionSketch.objects.filter(submission=twin)
    assert leases.claim(similarity.KIND, twin.sketch.pk) is not None
    assert compared(twin) == []
    held.update(lease_expires_at=timezone.now() - timedelta(seconds=1))
    assert len(compared(twin)) == 1


def test_what_comes_to_be_due_meanwhile_stays_due(
    world: World, read: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    submission = deposit(world, read["study"])
    later = leases.due(similarity.KIND.policy)
    sketches = SubmissionSketch.objects.filter(submission=submission)
    monkeypatch.setattr(similarity, "_likenesses", lambda *_: sketches.update(**later) and [])  # read anew: ``keep``
    compared(submission)
    assert (sketches.get().due_at, sketches.get().compared_at) == (later["due_at"], None)


def test_the_candidates_own_versions_and_other_sessions_are_left_out(world: World, read: dict[str, Any]) -> None:
    first = deposit(world, read["study"])
    again = deposit(world, read["copy"], first.work.enrolment)
    deposit(factories.world(), read["copy"])
    assert compared(again) == []
    assert SubmissionSketch.objects.get(submission=again).people == 0


def test_the_nearest_version_of_another_work_stands_for_it(world: World, read: dict[str, Any]) -> None:
    first = deposit(world, read["study"])
    deposit(world, read["other"], first.work.enrolment)
    twin = deposit(world, read["copy"])
    assert [each.other for each in compared(twin)] == [first]
    assert SubmissionSketch.objects.get(submission=twin).people == 1


def test_what_nobody_compared_is_rung_for_again(
    world: World, read: dict[str, Any], bell: list[tuple[str, int]]
) -> None:
    submission = deposit(world, read["study"])
    bell.clear()
    assert sweep(similarity.KIND) == 0
    SubmissionSketch.objects.update(ring_at=timezone.now() - timedelta(minutes=5))
    assert sweep(similarity.KIND) == 1
    assert bell == [(dispatch.COMPARE, submission.sketch.pk)]
    compared(submission)
    assert sweep(similarity.KIND) == 0


def test_an_old_comparison_is_made_again_once_other_works_came(
    world: World, read: dict[str, Any], bell: list[tuple[str, int]]
) -> None:
    submission = deposit(world, read["study"])
    compared(submission)
    yesterday = timezone.now() - timedelta(days=2)
    SubmissionSketch.objects.update(compared_at=yesterday, read_at=yesterday - timedelta(days=1))
    assert similarity.renew() == 0
    deposit(world, read["other"])
    bell.clear()
    assert similarity.renew() == 1
    assert bell == [(dispatch.COMPARE, submission.sketch.pk)]
    assert similarity.renew() == 0


def test_never_the_candidate_nor_another_one(world: World, read: dict[str, Any]) -> None:
    first = deposit(world, read["study"], world.enrolment)
    twin = deposit(world, read["copy"])
    compared(twin)
    compared(first)
    readers = {world.mentor: [first], world.candidate: [], world.administrator: [first, twin]}
    readers |= {twin.work.enrolment.candidate: [], factories.person(Role.MENTOR): []}
    for user, seen in readers.items():
        told = Likeness.objects.visible_to(user).order_by("submission").values_list("submission", flat=True)
        assert list(told) == [each.pk for each in seen], user
        assert [each for each in (first, twin) if policies.can_see_similarities(user, each)] == seen, user
        assert set(SubmissionSketch.objects.visible_to(user)) == {each.sketch for each in seen}, user
