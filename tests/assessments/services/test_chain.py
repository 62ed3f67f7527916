"""The use cases in their order: review, jury, deliberation; who may, what is refused, what is frozen."""

import pytest
from django.db import InternalError, connection, transaction
from django.db.utils import IntegrityError

from assessments.domain.workflow import WorkEvent
from assessments.models import Ballot, Decision, Opinion
from assessments.models.lines import key_of
from assessments.models.reviews import ReviewOutcome
from assessments.selectors.deliberation import deliberation_of
from assessments.selectors.grid import grid_of
from assessments.services import ballots, decisions, reviews, slots, works
from assessments.services.decisions import Ruling
from assessments.services.errors import Denied, Refused
from tests import factories
from tests.factories import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return factories.world()


def test_the_grid_says_what_is_left_to_the_jury(world: World) -> None:
    grid = grid_of(factories.evaluated(world))
    assert [line.settled.value for line in grid.lines] == ["machine", "nobody", "nobody"]
    assert grid.jury_lines == {key_of(criterion) for criterion in world.edition.criteria[1:]}


def test_a_check_not_met_leaves_the_criterion_to_the_jury(world: World) -> None:
    grid = grid_of(factories.evaluated(world, chart__pie="not_met"))
    assert grid.lines[0].proposal.value == "not_acquired"
    assert key_of(world.edition.criteria[0]) in grid.jury_lines


def test_the_mentors_word_goes_before_the_machines(world: World) -> None:
    submission = factories.evaluated(world)
    review = reviews.open_review(actor=world.mentor, submission=submission)
    first = world.edition.criteria[0]
    reviews.save_remark(
        actor=world.mentor, review=review, line=first, opinion=Opinion.LEFT_TO_JURY, comment="À discuter"
    )
    assert key_of(first) in grid_of(submission).jury_lines


def test_only_the_enrolments_mentor_reviews(world: World) -> None:
    submission = factories.evaluated(world)
    for other in (world.candidate, world.jurors[0], world.administrator, factories.world().mentor):
        with pytest.raises(Denied):
            reviews.open_review(actor=other, submission=submission)


def test_a_work_is_not_returned_without_a_word(world: World) -> None:
    submission = factories.evaluated(world)
    review = reviews.open_review(actor=world.mentor, submission=submission)
    with pytest.raises(Refused) as refused:
        reviews.give(actor=world.mentor, review=review, outcome=ReviewOutcome.RETURNED)
    assert refused.value.code == "review.reason"
    reviews.save_comment(actor=world.mentor, review=review, comment="Ajoutez un camembert.")
    reviews.give(actor=world.mentor, review=review, outcome=ReviewOutcome.RETURNED)
    world.work.refresh_from_db()
    assert world.work.state == "returned"


def test_a_review_given_is_written_no_more(world: World) -> None:
    submission = factories.admitted(world)
    with pytest.raises(Denied):
        reviews.save_comment(actor=world.mentor, review=submission.review, comment="trop tard")


def test_a_mentor_does_not_judge_their_own_candidate(world: World) -> None:
    factories.admitted(world)
    world.mentor.roles = ["mentor", "juror"]
    world.mentor.save()
    world.jurors[2] = world.mentor
    with pytest.raises(Refused) as refused:
        slots.schedule(
            actor=world.administrator,
            sitting=factories.sitting(world),
            work=world.work,
            starts_at=world.session.deposit_deadline,
        )
    assert refused.value.code == "jury.conflict"


def test_ballots_are_blind_until_all_are_sealed(world: World) -> None:
    slot = factories.scheduled(world)
    opened = [ballots.open_ballot(actor=juror, slot=slot) for juror in world.jurors]
    for juror, ballot in zip(world.jurors, opened, strict=True):
        assert list(Ballot.objects.visible_to(juror)) == [ballot]
        assert not Ballot.objects.visible_to(world.administrator).exists()
        for criterion in world.edition.criteria[1:]:
            ballots.save_mark(actor=juror, ballot=ballot, line=criterion, level="acquired", comment="")
        ballots.seal(actor=juror, ballot=ballot)
    for juror in world.jurors:
        assert Ballot.objects.visible_to(juror).count() == 3
    assert not Ballot.objects.visible_to(world.candidate).exists()
    assert not Ballot.objects.visible_to(factories.world().jurors[0]).exists()


def test_an_incomplete_ballot_is_not_sealed(world: World) -> None:
    slot = factories.scheduled(world)
    ballot = ballots.open_ballot(actor=world.president, slot=slot)
    with pytest.raises(Refused) as refused:
        ballots.seal(actor=world.president, ballot=ballot)
    assert refused.value.params == {"missing": 2}


def test_a_juror_marks_only_what_is_left_to_the_jury_and_on_the_scale(world: World) -> None:
    slot = factories.scheduled(world)
    ballot = ballots.open_ballot(actor=world.president, slot=slot)
    settled, open_ = world.edition.criteria[0], world.edition.criteria[1]
    for criterion, level, code in [(settled, "acquired", "mark.line"), (open_, "superb", "mark.level")]:
        with pytest.raises(Refused) as refused:
            ballots.save_mark(actor=world.president, ballot=ballot, line=criterion, level=level, comment="")
        assert refused.value.code == code


def test_another_juror_does_not_write_my_ballot(world: World) -> None:
    slot = factories.scheduled(world)
    ballot = ballots.open_ballot(actor=world.president, slot=slot)
    with pytest.raises(Denied):
        ballots.save_mark(
            actor=world.jurors[1], ballot=ballot, line=world.edition.criteria[1], level="acquired", comment=""
        )


def test_the_jury_decides_by_majority(world: World) -> None:
    slot = factories.marked(world, "acquired", "acquired", "not_acquired")
    decision = decisions.decide(actor=world.president, slot=slot, rulings={})
    assert decision.outcome == "acquired"
    assert {line.criterion_id: (line.decided_by, line.votes) for line in decision.lines.all()} == {
        world.edition.criteria[0].pk: ("machine", {}),
        world.edition.criteria[1].pk: ("jury", {"acquired": 2, "not_acquired": 1}),
        world.edition.criteria[2].pk: ("jury", {"acquired": 2, "not_acquired": 1}),
    }
    world.work.refresh_from_db()
    assert world.work.state == "decided"


def test_without_a_majority_the_president_must_rule_and_say_why(world: World) -> None:
    slot = factories.marked(world, "acquired", "in_progress", "not_acquired")
    assert [line.proposed for line in deliberation_of(slot)] == ["acquired", "", ""]
    second, third = (key_of(criterion) for criterion in world.edition.criteria[1:])
    for rulings, code in [
        ({}, "decision.undecided"),
        ({second: Ruling("acquired")}, "decision.reason"),
        ({second: Ruling("unknown", "x")}, "decision.level"),
    ]:
        with pytest.raises(Refused) as refused:
            decisions.decide(actor=world.president, slot=slot, rulings=rulings)
        assert refused.value.code == code
    rulings = {second: Ruling("acquired", "Vu à l'oral."), third: Ruling("in_progress", "Reste à préciser.")}
    decision = decisions.decide(actor=world.president, slot=slot, rulings=rulings)
    assert decision.outcome == "not_acquired"
    assert decision.lines.get(criterion=second.pk).decided_by == "president"


def test_only_the_president_decides_and_only_with_all_ballots(world: World) -> None:
    slot = factories.scheduled(world)
    with pytest.raises(Denied):
        decisions.decide(actor=world.president, slot=slot, rulings={})
    for juror in world.jurors[:2]:
        ballot = ballots.open_ballot(actor=juror, slot=slot)
        for criterion in world.edition.criteria[1:]:
            ballots.save_mark(actor=juror, ballot=ballot, line=criterion, level="acquired", comment="")
        ballots.seal(actor=juror, ballot=ballot)
    with pytest.raises(Denied):
        decisions.decide(actor=world.jurors[1], slot=slot, rulings={})
    with pytest.raises(Refused) as refused:
        decisions.decide(actor=world.president, slot=slot, rulings={})
    assert refused.value.code == "decision.unsealed"


def test_a_decision_is_made_once(world: World) -> None:
    slot = factories.marked(world)
    decisions.decide(actor=world.president, slot=slot, rulings={})
    with pytest.raises(Refused) as refused:
        decisions.decide(actor=world.president, slot=slot, rulings={})
    assert refused.value.code == "decision.made"
    first = Decision.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.create(
            work=first.work,
            submission=first.submission,
            slot=slot,
            outcome="acquired",
            decided_by=world.president,
        )


def test_two_people_moving_a_work_at_once_move_it_once(world: World) -> None:
    submission = factories.evaluated(world)
    stale = type(world.work).objects.get(pk=world.work.pk)
    reviews.open_review(actor=world.mentor, submission=submission)
    with pytest.raises(Refused) as refused:
        works.move(work=stale, event=WorkEvent.OPEN_REVIEW, actor=world.mentor)
    assert refused.value.code == "work.moved"


FROZEN = [
    "assessments_journalentry",
    "assessments_submission",
    "assessments_bundle",
    "assessments_decision",
    "assessments_decisionline",
    "assessments_review",
    "assessments_ballot",
    "assessments_mark",
]


@pytest.mark.parametrize("table", FROZEN)
def test_nothing_decided_is_edited_even_in_sql(world: World, table: str) -> None:
    decisions.decide(actor=world.president, slot=factories.marked(world), rulings={})
    key = "sha256" if table == "assessments_bundle" else "id"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - a constant of this file
        assert cursor.fetchone()[0] > 0
        for statement in (f"UPDATE {table} SET {key} = {key}", f"DELETE FROM {table}"):  # noqa: S608 - idem
            with pytest.raises((InternalError, IntegrityError)) as refused, transaction.atomic():
                cursor.execute(statement)
            assert "is frozen" in str(refused.value)
