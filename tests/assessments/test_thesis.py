"""An épreuve of the whole certification is judged on one line, itself: from the deposit to the report."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from assessments.domain.lines import LineKey
from assessments.models import DecisionLine, JournalEntry, Mark, Slot, User
from assessments.models.reviews import ReviewOutcome
from assessments.reports.evaluation_report import context
from assessments.selectors.report import report_of
from assessments.services import ballots, decisions, reviews, works
from assessments.services.errors import Refused
from assessments.services.seals import BY_NAME, covered_by, seal_of
from certification.referentials.models import Assessment
from tests import factories
from tests.factories import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    """A candidate whose work answers the thesis of an edition that has a bloc beside it."""
    made = factories.world()
    place = {"referential": made.edition.referential, "position": 2, "uid": uuid.uuid4()}
    thesis = Assessment.objects.create(title="Thèse professionnelle", kind="thesis", **place)
    made.work = works.open_for(enrolment=made.enrolment, assessment=thesis)
    return made


def read(person: User, name: str, *args: Any) -> str:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    response = client.get(reverse(name, args=args))
    assert response.status_code == 200, name
    return response.content.decode()


def sealed(world: World, *levels: str) -> Slot:
    """The thesis, defended: each juror has marked it, and sealed."""
    slot = factories.scheduled(world)
    for juror, level in zip(world.jurors, levels, strict=True):
        ballot = ballots.open_ballot(actor=juror, slot=slot)
        ballots.save_mark(actor=juror, ballot=ballot, line=world.work.assessment, level=level, comment="Vu.")
        ballots.seal(actor=juror, ballot=ballot)
    return slot


@pytest.mark.parametrize(("level", "outcome"), [("acquired", "acquired"), ("in_progress", "not_acquired")])
def test_the_jury_decides_on_the_thesis_as_a_whole(world: World, level: str, outcome: str) -> None:
    slot = sealed(world, "acquired", level, level)
    decision = decisions.decide(actor=world.president, slot=slot, rulings={})
    line = DecisionLine.objects.get(decision=decision)
    assert (line.line, line.level, decision.outcome, decision.bloc) == (world.work.assessment, level, outcome, None)
    report = report_of(decision)
    (group,) = report.groups
    assert (report.kind, report.lines_count, group.title) == ("assessment", 1, "")
    assert [(row.kind, row.text, row.items) for row in group.lines] == [("assessment", "Thèse professionnelle", [])]
    assert "Thèse professionnelle" in read(world.candidate, "web:work", world.work.pk)


def test_nothing_but_the_thesis_is_marked(world: World) -> None:
    slot = factories.scheduled(world)
    ballot = ballots.open_ballot(actor=world.president, slot=slot)
    with pytest.raises(Refused):
        ballots.save_mark(
            actor=world.president, ballot=ballot, line=world.edition.criteria[0], level="acquired", comment=""
        )


def test_every_screen_says_that_it_is_judged_as_a_whole(world: World) -> None:
    assert "L’épreuve dans son ensemble" in read(world.candidate, "web:work", world.work.pk)
    submission = factories.evaluated(world)
    review = reviews.open_review(actor=world.mentor, submission=submission)
    reviews.save_remark(actor=world.mentor, review=review, line=world.work.assessment, opinion="", comment="Mûre.")
    key = f"assessment-{world.work.assessment_id}"
    assert key in read(world.mentor, "web:review", submission.pk)
    page = read(world.candidate, "web:submission", submission.pk)
    assert "L’épreuve dans son ensemble" in page
    assert f'id="{key}"' in page
    reviews.give(actor=world.mentor, review=review, outcome=ReviewOutcome.ADMITTED)
    world.work.refresh_from_db()
    assert "Mûre." in read(world.candidate, "web:work", world.work.pk)


def test_the_ballot_and_the_deliberation_show_it(world: World) -> None:
    slot = sealed(world, "acquired", "acquired", "not_acquired")
    assert "Thèse professionnelle" in read(world.president, "web:ballot", slot.pk)
    page = read(world.president, "web:deliberation", slot.pk)
    assert f"level-assessment-{world.work.assessment_id}" in page


def test_the_api_lists_it(world: World) -> None:
    client = Client()
    client.force_login(world.candidate, backend="django.contrib.auth.backends.ModelBackend")
    (line,) = client.get(f"/api/v1/works/{world.work.pk}/lines/").json()
    expected = {"key": str(LineKey("assessment", world.work.assessment_id)), "kind": "assessment", "code": ""}
    assert line == expected | {"text": "Thèse professionnelle", "items": [], "competency": "", "activity": ""}


def test_the_seal_covers_the_line(world: World) -> None:
    slot = sealed(world, "acquired", "acquired", "acquired")
    ballot = slot.ballots.first()
    assert ballot is not None
    entry = JournalEntry.objects.get(verb="ballot.sealed", object_id=str(ballot.pk))
    assert entry.payload["seal"] == seal_of(ballot)
    (rows,) = BY_NAME["ballot"].rows
    assert "assessment_id" in covered_by(rows)
    assert "assessment_id" not in covered_by(rows, 1)
    assert Mark.objects.filter(ballot=ballot).get().line_key == LineKey("assessment", world.work.assessment_id)


def test_the_report_says_that_it_is_judged_as_a_whole(world: World) -> None:
    slot = sealed(world, "acquired", "acquired", "acquired")
    decision = decisions.decide(actor=world.president, slot=slot, rulings={})
    printed = render_to_string("reports/evaluation_report.html", context(report_of(decision), "ABCD-EFGH"))
    assert "L’épreuve est évaluée dans son ensemble." in printed
    assert "Synthèse" not in printed
