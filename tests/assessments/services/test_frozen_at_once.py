"""A grid is frozen at the moment that results come: either it holds them, or what differs is raised."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connection, transaction

from assessments.models import GridSnapshot, LineFlag
from assessments.models.grids import TakenFor
from assessments.models.reviews import ReviewOutcome
from assessments.selectors.grid import grid_of
from assessments.services import ballots, leases, reviews, runs
from assessments.services.bases import freeze
from tests import factories
from tests.assessments.services.test_at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_results_that_come_while_the_review_is_given_are_compared_with_what_it_froze() -> None:
    world = factories.world()
    submission = factories.evaluated(world)
    review = reviews.open_review(actor=world.mentor, submission=submission)
    run = leases.claim(runs.KIND, runs.enqueue(submission=submission, actor=world.administrator).pk)
    assert run is not None
    rows = [factories.result(run, item["check"], "not_met", check_version=9) for item in run.requested]
    given, coming = threading.Event(), threading.Event()

    def finish() -> None:
        given.wait(30)
        coming.set()
        runs.finish(run=run, results=rows, engine_version="2.0", runtime_digest="1" * 64)
        connection.close()

    worker = threading.Thread(target=finish)
    worker.start()
    with transaction.atomic():
        reviews.give(actor=world.mentor, review=review, outcome=ReviewOutcome.ADMITTED)
        given.set()
        coming.wait(30)
        time.sleep(0.3)  # the run is at our lock, or soon will be: what it finds is the same
    worker.join(60)
    assert [line.settled.value for line in grid_of(submission).lines] == ["machine", "nobody", "nobody"]
    assert LineFlag.objects.filter(outcome="not_met").count() == 2


def test_the_ballots_of_a_jury_opened_at_once_rest_on_one_grid() -> None:
    world = factories.world()
    slot = factories.scheduled(world)
    people = iter(world.jurors)
    assert at_once(lambda: ballots.open_ballot(actor=next(people), slot=slot), 3) == {"done": 3}
    other = factories.evaluated(factories.world())
    assert at_once(lambda: freeze(actor=None, submission=other, taken_for=TakenFor.BALLOTS), 4) == {"done": 4}
    assert GridSnapshot.objects.filter(submission=other).count() == 1
