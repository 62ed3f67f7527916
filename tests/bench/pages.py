"""Server time and queries of the jury's pages: a session of 3,000 candidates, a juror's day of 60 passages.

Rows are written in bulk in a database of the bench's own, which is destroyed afterwards; pages are asked for through
the whole stack of middleware, without a network. The time is the median of many answers, after the first ones.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

import django
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, get_runner, setup_test_environment, teardown_test_environment
from django.urls import reverse
from django.utils import timezone

from tests.bench.frame import Bench, Measure, timed

CANDIDATES, DECIDED, PASSAGES = 3_000, 300, 60
ROUNDS = 15


def run(folder: Path) -> Iterator[Measure]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "certification.settings.test")
    django.setup()
    from django.conf import settings

    setup_test_environment()
    runner = get_runner(settings)(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    try:
        for code in ("oc-data-scientist", "ingenieur-ia-ms"):
            yield from _certification(code)
        yield from _day()
    finally:
        runner.teardown_databases(databases)
        teardown_test_environment()


def _asked(name: str, client: Client, url: str) -> Iterator[Measure]:
    for _warm in range(3):
        answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    seconds = median(timed(lambda: client.get(url)) for _round in range(ROUNDS))
    with CaptureQueriesContext(connection) as queries:
        client.get(url)
    yield Measure(f"{name}: server time", seconds * 1000, "ms", at_most=150, detail=f"{len(answer.content)} bytes")
    yield Measure(f"{name}: queries", len(queries), "", at_most=15)


def _certification(code: str) -> Iterator[Measure]:
    """The certification jury's page, its first candidates with every épreuve decided."""
    from tests.stories import Story, published

    story = Story(published(code))
    _enrolled(story)
    plenary = story.jury("certification")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    client = Client()
    client.force_login(story.president, backend="django.contrib.auth.backends.ModelBackend")
    yield from _asked(f"certification, {CANDIDATES} candidates of {code}", client, _page("awarding", plenary.pk))


def _page(name: str, *keys: int) -> str:
    return reverse(f"web:{name}", args=keys)


def _enrolled(story: Any) -> None:
    from assessments.domain.award_trial import assessments_of
    from assessments.models import Bundle, Decision, DecisionLine, Enrolment, Slot, Submission, User, Work
    from assessments.models.juries import SlotState
    from assessments.selectors.award import edition_of
    from certification.referentials.models import Assessment

    people = User.objects.bulk_create(
        User(
            email=f"b{story.session.pk}-{rank}@demo.jalon.test",
            full_name=f"Candidat {rank:05}",
            roles=["candidate"],
        )
        for rank in range(CANDIDATES)
    )
    enrolments = Enrolment.objects.bulk_create(Enrolment(session=story.session, candidate=person) for person in people)
    found = {each.number: each for each in assessments_of(edition_of(story.referential))}
    rows = Assessment.objects.filter(referential=story.referential).select_related("bloc")
    by_number = {row.position: row for row in rows}
    works = Work.objects.bulk_create(
        Work(enrolment=enrolment, assessment=by_number[number], state="decided")
        for enrolment in enrolments[:DECIDED]
        for number in found
    )
    bundle = Bundle.objects.create(sha256=f"{story.session.pk:064x}", size=1, files=1)
    submissions = Submission.objects.bulk_create(
        Submission(work=work, number=1, bundle=bundle, file_name="projet.zip", submitted_by=work.enrolment.candidate)
        for work in works
    )
    now = timezone.now()
    slots = Slot.objects.bulk_create(
        Slot(
            sitting=story.panel, work=work, submission=submission, state=SlotState.DUE,
            starts_at=now + timedelta(minutes=rank),
        )
        for rank, (work, submission) in enumerate(zip(works, submissions, strict=True))
    )  # fmt: skip
    decisions = Decision.objects.bulk_create(
        Decision(
            work=slot.work, bloc=slot.work.assessment.bloc, submission=slot.submission, slot=slot,
            outcome="acquired", decided_by=story.president,
        )
        for slot in slots
    )  # fmt: skip
    DecisionLine.objects.bulk_create(
        (
            DecisionLine(decision=decision, level="acquired", decided_by="jury", **{f"{line.key.kind}_id": line.key.pk})
            for decision in decisions
            for line in found[decision.work.assessment.position].lines
        ),
        batch_size=5_000,
    )


def _day() -> Iterator[Measure]:
    """A juror's home on a day of so many passages."""
    from tests.stories import Story, published

    story = Story(published("jedha-rncp35288"))
    for _rank in range(PASSAGES // 6):
        enrolment = story.enrol()
        for number in range(1, 7):
            submission = story.admitted(story.handed_in(enrolment, number))
            submission.work.refresh_from_db()
            story.heard += 1
            _scheduled(story, submission)
    client = Client()
    client.force_login(story.jurors[1], backend="django.contrib.auth.backends.ModelBackend")
    yield from _asked(f"a juror's day of {PASSAGES} passages", client, _page("juror_home"))


def _scheduled(story: Any, submission: Any) -> None:
    from assessments.services import slots

    starts = timezone.now() + timedelta(minutes=15 * story.heard)
    slots.schedule(actor=story.administrator, sitting=story.panel, work=submission.work, starts_at=starts, minutes=15)


BENCH = Bench("pages", run)
