"""What people rest on stays as it was: the grid, what a decision comes from, the report. Later answers raise flags."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.models import (
    CheckResult,
    Decision,
    DecisionBasis,
    Enrolment,
    EvaluationRun,
    GridSnapshot,
    JournalEntry,
    LineFlag,
    Opinion,
    ReferenceDataset,
    ReferenceVersion,
    Role,
    Session,
    Slot,
    Submission,
    User,
)
from assessments.models.lines import key_of
from assessments.models.reviews import ReviewOutcome
from assessments.reports import evaluation_report
from assessments.selectors.grid import Grid, computed_grid, grid_of
from assessments.selectors.report import report_of
from assessments.selectors.submission import submission_page
from assessments.selectors.works import results_of
from assessments.services import ballots, decisions, flags, leases, reviews, runs, shadow
from assessments.services.errors import Denied, Refused
from assessments.services.reconstruction import reconstruct
from certification.referentials.models import Certification, Competency, Referential
from tests import factories
from tests.factories import World
from tests.tampering import codes, guards_off

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return factories.world()


def told(grid: Grid) -> list[Any]:
    """Everything that a grid says, and the very results that it says it from."""
    return [
        (
            line.key,
            line.proposal,
            line.opinion,
            line.settled,
            [check.result.pk for check in line.checks if check.result],
        )
        for line in grid.lines
    ]


# The grid


def test_a_later_run_moves_no_line_of_an_admitted_work(world: World) -> None:
    submission = factories.admitted(world)
    before = told(grid_of(submission))
    factories.evaluated_again(world, submission, chart__pie="not_met", data__missing_values="not_met")
    assert told(grid_of(submission)) == before
    assert told(computed_grid(submission)) != before
    read = {check.result for line in submission_page(world.mentor, submission).lines for check in line.grid.checks}
    assert {result.outcome for result in read if result} == {"met"}
    assert {result.outcome for result in results_of(submission)} == {"met"}


def test_what_is_left_to_the_jury_does_not_change_between_a_mark_and_the_seal(world: World) -> None:
    slot = factories.scheduled(world)
    ballot = ballots.open_ballot(actor=world.president, slot=slot)
    for criterion in world.edition.criteria[1:]:
        ballots.save_mark(actor=world.president, ballot=ballot, line=criterion, level="acquired", comment="")
    factories.evaluated_again(world, slot.submission, chart__boxplot="not_met")
    assert ballots.seal(actor=world.president, ballot=ballot).sealed_at is not None


def test_where_nobody_reviewed_the_first_ballot_freezes_the_grid(world: World) -> None:
    submission = factories.evaluated(world)
    world.work.state = "scheduled"
    world.work.save(update_fields=["state"])
    with transaction.atomic():
        sitting = factories.sitting(world)
    slot = Slot.objects.create(sitting=sitting, work=world.work, submission=submission, starts_at=sitting.starts_at)
    assert not GridSnapshot.objects.exists()
    for juror in world.jurors:
        ballots.open_ballot(actor=juror, slot=slot)
    snapshot = GridSnapshot.objects.get()
    assert (snapshot.taken_for, snapshot.submission, snapshot.engine_version) == ("ballots", submission, "1.0")
    factories.evaluated_again(world, submission, chart__pie="not_met")
    assert [line.settled.value for line in grid_of(submission).lines] == ["machine", "nobody", "nobody"]


def test_a_fault_of_ours_is_kept_in_words_and_hinders_no_answer(world: World) -> None:
    submission = factories.submitted(world)
    run = leases.claim(runs.KIND, submission.runs.get().pk)
    assert run is not None
    fault = {"outcome": "error", "cause": "platform", "message_code": "engine.crashed"}
    rows = [factories.result(run, item["check"], **fault) for item in run.requested]
    runs.finish(run=run, results=rows, engine_version="1.0", runtime_digest="0" * 64)
    review = reviews.open_review(actor=world.mentor, submission=submission)
    reviews.give(actor=world.mentor, review=review, outcome=ReviewOutcome.ADMITTED)
    again = runs.enqueue(submission=submission, actor=world.administrator, reason="Le moteur est réparé.")
    claimed = leases.claim(runs.KIND, again.pk)
    assert claimed is not None
    rows = [factories.result(claimed, item["check"]) for item in claimed.requested]
    runs.finish(run=claimed, results=rows, engine_version="1.0", runtime_digest="0" * 64)
    assert set(CheckResult.objects.values_list("outcome", flat=True)) == {"met"}
    first = grid_of(submission).lines[0]
    assert [(check.result.outcome, check.result.cause) for check in first.checks if check.result] == [
        ("error", "platform")
    ] * 2
    assert [(flag.proposal, flag.outcome) for flag in LineFlag.objects.all()] == [("acquired", "met")] * 2


@pytest.mark.parametrize("table", ["gridsnapshot", "linestate", "linecheck", "decisionbasis", "decisionnames"])
def test_the_database_refuses_to_change_or_empty_what_is_frozen(world: World, table: str) -> None:
    decisions.decide(actor=world.president, slot=factories.marked(world), rulings={})
    key = "decision_id" if table == "decisionnames" else "id"
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for statement in ("UPDATE {0} SET {1} = {1}", "DELETE FROM {0}", "TRUNCATE {0} CASCADE"):
            with pytest.raises(DatabaseError, match="is frozen"), transaction.atomic():
                cursor.execute(statement.format(f"assessments_{table}", key))


# What differs since


def test_a_difference_is_raised_once_for_people_and_changes_nothing(world: World) -> None:
    submission = factories.admitted(world)
    for version in (1, 2):
        factories.evaluated_again(world, submission, version, chart__pie="not_met", data__missing_values="not_met")
    flag = LineFlag.objects.get()
    assert (flag.before.check_code, flag.before.state.line_key) == ("chart.pie", key_of(world.edition.criteria[0]))
    assert flag.before.result is not None
    assert (flag.before.result.outcome, flag.after.outcome, flag.proposal) == ("met", "not_met", "not_acquired")
    factories.evaluated_again(world, submission, 3, chart__pie="undecided")
    assert sorted(LineFlag.objects.values_list("outcome", flat=True)) == ["not_met", "undecided"]
    assert JournalEntry.objects.filter(verb="line.flagged").count() == 2
    assert grid_of(submission).lines[0].settled == "machine"
    assert codes() == set()


def test_the_answers_of_a_run_that_was_abandoned_are_compared_too(world: World) -> None:
    submission = factories.admitted(world)
    queued = runs.enqueue(submission=submission, actor=world.administrator, reason="Essai")
    EvaluationRun.objects.filter(pk=queued.pk).update(attempts=runs.KIND.policy.attempts - 1)
    run = leases.claim(runs.KIND, queued.pk)
    assert run is not None
    runs.record(run=run, results=[factories.result(run, "chart.pie", "not_met", check_version=9)])
    leases.fail(runs.KIND, run, "engine.crashed", {})
    assert EvaluationRun.objects.get(pk=run.pk).status == "dead"
    assert LineFlag.objects.get().outcome == "not_met"


def test_nothing_is_raised_before_a_person_rests_on_the_grid_nor_by_a_fault_of_ours(world: World) -> None:
    submission = factories.evaluated(world)
    factories.evaluated_again(world, submission, chart__pie="not_met")
    review = reviews.open_review(actor=world.mentor, submission=submission)
    reviews.give(actor=world.mentor, review=review, outcome=ReviewOutcome.ADMITTED)
    run = leases.claim(runs.KIND, runs.enqueue(submission=submission, actor=world.administrator, reason="Essai").pk)
    assert run is not None
    fault = {"outcome": "error", "cause": "platform", "check_version": 9}
    runs.finish(
        run=run, results=[factories.result(run, "chart.pie", **fault)], engine_version="1.0", runtime_digest="0" * 64
    )
    assert not LineFlag.objects.exists()


def test_who_sees_a_difference_and_who_closes_it(world: World) -> None:
    slot = factories.scheduled(world)
    factories.evaluated_again(world, slot.submission, chart__pie="not_met")
    flag = LineFlag.objects.get()
    seeing = [world.administrator, world.mentor, *world.jurors]
    for person in (*seeing, world.candidate, factories.world().mentor):
        assert LineFlag.objects.visible_to(person).exists() == (person in seeing)
    for person in (world.candidate, world.jurors[1], factories.world().president):
        with pytest.raises(Denied):
            flags.close(actor=person, flag=flag, word="Vu.")
    with pytest.raises(Refused) as refused:
        flags.close(actor=world.president, flag=flag, word="  ")
    assert refused.value.code == "flag.word"
    closed = flags.close(actor=world.president, flag=flag, word="Le graphique est bien un camembert.")
    assert (closed.closed_by, closed.word) == (world.president, "Le graphique est bien un camembert.")
    with pytest.raises(Refused) as refused:
        flags.close(actor=world.administrator, flag=flag, word="Encore.")
    assert refused.value.code == "flag.closed"
    with pytest.raises(DatabaseError, match="is frozen"), transaction.atomic():
        LineFlag.objects.update(word="Autre chose.")
    world.work.state = "defended"
    world.work.save(update_fields=["state"])
    assert not LineFlag.objects.visible_to(world.mentor).exists()
    assert codes() == {"work.state"}


# Evaluating again


def asked_again(submission: Submission, actor: User | None, reason: str = "") -> str:
    """What the one guard says: done, denied, or the code of the refusal."""
    try:
        runs.enqueue(submission=submission, actor=actor, reason=reason)
    except Denied:
        return "denied"
    except Refused as refused:
        return refused.code
    return "done"


def test_a_submission_is_evaluated_again_freely_until_a_person_rests_on_it(world: World) -> None:
    submission = factories.evaluated(world)
    assert asked_again(submission, world.administrator) == "done"
    assert "reason" not in JournalEntry.objects.filter(verb="run.queued").latest("number").payload


@pytest.mark.parametrize("outcome", ReviewOutcome.values)
def test_then_it_takes_an_administrators_reason_which_the_journal_keeps(world: World, outcome: str) -> None:
    submission = factories.evaluated(world)
    review = reviews.open_review(actor=world.mentor, submission=submission)
    reviews.save_comment(actor=world.mentor, review=review, comment="À revoir.")
    reviews.give(actor=world.mentor, review=review, outcome=ReviewOutcome(outcome))
    for person in (None, world.mentor, world.candidate, world.president):
        assert asked_again(submission, person, "Parce que.") == "denied"
    assert asked_again(submission, world.administrator, " \n ") == "run.reason"
    assert asked_again(submission, world.administrator, "Le contrôle avait un défaut.") == "done"
    entry = JournalEntry.objects.filter(verb="run.queued").latest("number")
    assert (entry.actor, entry.payload["reason"]) == (world.administrator, "Le contrôle avait un défaut.")


@pytest.mark.parametrize("state", ["admitted", "scheduled", "defended", "decided", "appealed"])
def test_a_work_admitted_without_a_review_takes_it_too(world: World, state: str) -> None:
    submission = factories.evaluated(world)
    world.work.state = state
    world.work.save(update_fields=["state"])
    assert asked_again(submission, world.administrator) == "run.reason"


def test_a_risen_check_counts_for_no_submission_that_a_person_rests_on(world: World) -> None:
    submission = factories.admitted(world)
    row = factories.result(submission.runs.get(), "model.serialized", "met")
    row.check_version -= 1
    row.save()
    counted = shadow.make_count(actor=world.administrator, check="model.serialized", submissions=[submission.pk])
    assert (counted.queued, counted.stands) == (0, 1)


# The decision and its report


def test_a_line_of_a_decision_points_at_what_it_rests_on(world: World) -> None:
    slot = factories.marked(world)
    decision = decisions.decide(actor=world.president, slot=slot, rulings={})
    for line in decision.lines.all():
        state = DecisionBasis.objects.get(line=line, state__isnull=False).state
        assert state is not None
        assert state.line_key == line.line_key
        marks = {basis.mark for basis in line.bases.filter(mark__isnull=False).select_related("mark")}
        assert {mark.line_key for mark in marks if mark} <= {line.line_key}
        assert len(marks) == (3 if state.settled == "nobody" else 0)
    assert codes() == set()


def rerun(world: World, decision: Decision) -> None:
    latest = decision.submission.runs.count()
    factories.evaluated_again(world, decision.submission, latest, chart__pie="not_met", chart__boxplot="undecided")


def replace_table(world: World, decision: Decision) -> None:
    """Another reference data set comes in force, and a check answers again by it."""
    number = ReferenceVersion.objects.count() + 1
    dataset, _new = ReferenceDataset.objects.get_or_create(session=world.session, name="clients", title="Clients")
    version = ReferenceVersion.objects.create(
        dataset=dataset, number=number, state="in_force", file_name="t.csv", form="csv", size=1, sha256="f" * 64,
        target="y", in_force_at=timezone.now(), received_by=world.administrator,
    )  # fmt: skip
    queued = runs.enqueue(submission=decision.submission, actor=world.administrator, reason="Un autre jeu de données.")
    run = leases.claim(runs.KIND, queued.pk)
    assert run is not None
    row = factories.result(run, "chart.pie", "undecided", reference=version)
    runs.finish(run=run, results=[row], engine_version="1.0", runtime_digest="0" * 64)


def rename(world: World, decision: Decision) -> None:
    User.objects.update(full_name=f"Autre nom {uuid.uuid4()}")


def retitle(world: World, decision: Decision) -> None:
    certification = world.edition.referential.certification
    Certification.objects.filter(pk=certification.pk).update(title="Autre titre", rncp_code="RNCP1")
    Session.objects.update(name="Autre session")


def replace_edition(world: World, decision: Decision) -> None:
    """Archived, and another in its place: of what nothing of this decision is."""
    archived = {"status": "archived", "published_at": timezone.now(), "content_hash": "f" * 64}
    Referential.objects.filter(pk=world.edition.referential.pk, status="draft").update(**archived)
    factories.edition()


def change_mentor(world: World, decision: Decision) -> None:
    Enrolment.objects.filter(pk=world.enrolment.pk).update(mentor=factories.person(Role.MENTOR))


def widen(world: World, decision: Decision) -> None:
    """The work would be judged on one line more."""
    number = Competency.objects.count() + 1
    place = {"referential": world.edition.referential, "bloc": world.edition.bloc, "uid": uuid.uuid4()}
    with guards_off():  # an edition in use is frozen
        Competency.objects.create(text=f"Compétence {number}", position=number + 10, **place)


EVENTS = [rerun, replace_table, rename, retitle, replace_edition, change_mentor, widen]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=st.lists(st.sampled_from(EVENTS), min_size=1, max_size=6))
def test_whatever_happens_later_the_report_is_the_same_byte_for_byte(
    events: list[Callable[[World, Decision], None]], world: World
) -> None:
    """Another result, version or runtime, another name, mentor, edition or line: nothing of it is in the report."""
    with transaction.atomic():
        decision = decisions.decide(actor=world.president, slot=factories.marked(world), rulings={})
        before = report_of(evaluation_report.decision_to_print(decision.pk)).content
        for event in events:
            event(world, decision)
            assert report_of(evaluation_report.decision_to_print(decision.pk)).content == before
        transaction.set_rollback(True)


# What was there before


def thaw() -> None:
    """The tables as an upgrade finds them: nothing is frozen, and seals do not know of it."""
    with guards_off() as cursor:
        for table in ("lineflag", "decisionbasis", "decisionnames", "linecheck", "linestate", "gridsnapshot"):
            cursor.execute(f"DELETE FROM assessments_{table}")  # noqa: S608 - a constant of this file


def test_what_was_judged_before_is_frozen_by_the_upgrade_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as before:
        before.setattr("assessments.services.seals.VERSION", 2)
        decision = decisions.decide(actor=world.president, slot=factories.marked(world), rulings={})
        returned = factories.admitted(factories.world())
    content = report_of(evaluation_report.decision_to_print(decision.pk)).content
    thaw()
    with guards_off() as cursor:
        cursor.execute("UPDATE assessments_journalentry SET payload = payload - 'seal' WHERE verb = 'grid.frozen'")
    assert reconstruct() == {"grids": 2, "decisions": 1}
    assert set(GridSnapshot.objects.values_list("taken_for", "reconstructed")) == {("review", True)}
    assert GridSnapshot.objects.filter(submission=returned).exists()
    assert report_of(evaluation_report.decision_to_print(decision.pk)).content == content
    assert codes() == {"journal.row"}
    assert reconstruct() == {}


def test_the_upgrade_gives_no_new_seal_to_what_was_changed_before(world: World) -> None:
    decision = decisions.decide(actor=world.president, slot=factories.marked(world), rulings={})
    thaw()
    with guards_off():
        Decision.objects.filter(pk=decision.pk).update(motive="Autre motif")
    reconstruct()
    assert "content.changed" in codes()
    assert not JournalEntry.objects.filter(verb="decision.bases_kept").exists()


def test_a_remark_is_part_of_what_is_frozen(world: World) -> None:
    submission = factories.evaluated(world)
    review = reviews.open_review(actor=world.mentor, submission=submission)
    first = world.edition.criteria[0]
    reviews.save_remark(
        actor=world.mentor, review=review, line=first, opinion=Opinion.LEFT_TO_JURY, comment="À discuter"
    )
    reviews.give(actor=world.mentor, review=review, outcome=ReviewOutcome.ADMITTED)
    line = grid_of(submission).lines[0]
    assert (line.opinion, line.settled.value, line.state is not None) == ("left_to_jury", "nobody", True)
