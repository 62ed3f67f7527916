"""Checks whose version has risen, in shadow: what would change, from stored facts, before it counts."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from assessments.domain.digests import digest
from assessments.models import CheckResult, EvaluationRun, JournalEntry, Session, Submission
from assessments.models.reviews import ReviewOutcome
from assessments.services import leases, reviews, runs, shadow
from assessments.services.errors import Denied
from assessments.services.facts import StoredFacts
from assessments.services.rerunning import Counted
from evaluator import facts as static
from evaluator.checks import REGISTRY
from evaluator.store import fact_key
from tests import factories
from tests.factories import World
from tests.platform.test_outages import held, impatient
from tests.tampering import guards_off

RISEN = "model.serialized"
VERSION = REGISTRY[RISEN].version
LIMIT = "document.page_limit"
RUNTIME = "0" * 64


def store(submission: Submission, name: str, facts: Any, version: int | None = None) -> None:
    key = fact_key(submission.bundle_id, name, version or static.BY_NAME[name].version, RUNTIME)
    StoredFacts().put(key, {"facts": facts, "pictures": {}})


def answered(world: World, outcome: str, check: str = RISEN, **fields: Any) -> Submission:
    """A submission whose check answered under the version before."""
    submission = factories.evaluated(world)
    run = submission.runs.get()
    before = {"check_version": REGISTRY[check].version - 1}
    factories.result(run, check, outcome, **before | fields).save()
    return submission


def rows(check: str = RISEN) -> list[shadow.ShadowRow]:
    return list(shadow.rows_of(shadow.open_sessions(), check))


@pytest.fixture
def world(db: None) -> World:
    return factories.world()


def test_what_would_change_is_told_from_what_would_not_and_from_what_cannot_be_known(world: World) -> None:
    changed, same = answered(world, "met"), answered(factories.world(), "not_met")
    unread, older = answered(factories.world(), "met"), answered(factories.world(), "met")
    for submission in (changed, same):
        store(submission, "model_files", {})
    store(older, "model_files", {}, version=static.BY_NAME["model_files"].version - 1)
    told = {row.submission: row for row in rows()}
    assert {pk: row.kind for pk, row in told.items()} == {
        changed.pk: "changed",
        same.pk: "same",
        unread.pk: "missing",
        older.pk: "missing",
    }
    row = told[changed.pk]
    assert (row.old_version, row.old_outcome, row.new_version, row.new_outcome) == (
        VERSION - 1,
        "met",
        VERSION,
        "not_met",
    )
    assert (row.candidate, row.stands) == (world.candidate.full_name, False)
    assert (told[unread.pk].missing, told[unread.pk].new_outcome) == ("model_files", None)


def test_nothing_is_written_by_looking(world: World) -> None:
    store(answered(world, "met"), "model_files", {})
    before = CheckResult.objects.count(), EvaluationRun.objects.count(), JournalEntry.objects.count()
    assert [row.kind for row in rows()] == ["changed"]
    assert (CheckResult.objects.count(), EvaluationRun.objects.count(), JournalEntry.objects.count()) == before


def test_what_the_current_version_has_answered_is_no_longer_compared(world: World) -> None:
    submission = answered(world, "met")
    factories.result(submission.runs.get(), RISEN, "not_met", check_version=VERSION).save()
    assert rows() == []
    assert shadow.risen(shadow.open_sessions()) == []


def test_only_the_latest_of_the_earlier_results_is_compared(world: World) -> None:
    submission = answered(world, "met", check_version=0)
    factories.result(submission.runs.get(), RISEN, "not_met", check_version=VERSION - 1).save()
    store(submission, "model_files", {})
    assert [(row.old_version, row.kind) for row in rows()] == [(VERSION - 1, "same")]
    risen = shadow.RisenCheck(RISEN, 0, VERSION - 1, VERSION, submissions=1)
    assert shadow.risen(shadow.open_sessions()) == [risen]


def test_sessions_that_have_ended_are_compared_only_when_chosen(world: World) -> None:
    store(answered(world, "met"), "model_files", {})
    yesterday = timezone.localdate() - timedelta(days=1)
    Session.objects.filter(pk=world.session.pk).update(starts_on=yesterday, ends_on=yesterday)
    assert rows() == []
    assert [row.kind for row in shadow.rows_of(Session.objects.filter(pk=world.session.pk), RISEN)] == ["changed"]


def test_the_parameters_are_those_that_were_asked_not_the_defaults_of_then(world: World) -> None:
    asked = {"check": LIMIT, "params": {"max_pages": 3}, "params_digest": digest({"max_pages": 3})}
    stored = {"max_pages": 99, "section": "a default of then"}
    submission = answered(world, "met", LIMIT, params=stored, params_digest=asked["params_digest"])
    with guards_off():
        submission.runs.update(requested=[asked])
    store(submission, "documents", {})
    recorded: list[Any] = []
    judge = shadow.runner.judge
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shadow.runner, "judge", lambda request, facts: recorded.append(request) or judge(request, facts))
        assert len(rows(LIMIT)) == 1
    assert [request.params for request in recorded] == [{"max_pages": 3}]


def test_a_given_review_and_a_decision_stand(world: World) -> None:
    submission = answered(world, "met")
    store(submission, "model_files", {})
    review = reviews.open_review(actor=world.mentor, submission=submission)
    assert [row.stands for row in rows()] == [False]
    reviews.give(actor=world.mentor, review=review, outcome=ReviewOutcome.ADMITTED)
    assert [row.stands for row in rows()] == [True]


def test_one_query_however_many_submissions(world: World, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for each in (world, factories.world(), factories.world(), factories.world()):
        store(answered(each, "met"), "model_files", {})
    with django_assert_num_queries(1):
        assert len(rows()) == 4
    with django_assert_num_queries(1):
        assert len(shadow.risen(shadow.open_sessions())) == 1


def test_what_counts_is_queued_once_journaled_and_never_over_a_decision(world: World) -> None:
    free, decided, busy = answered(world, "met"), answered(factories.world(), "met"), answered(factories.world(), "met")
    other = factories.evaluated(factories.world())
    mentor = decided.work.enrolment.mentor
    review = reviews.open_review(actor=mentor, submission=decided)
    reviews.give(actor=mentor, review=review, outcome=ReviewOutcome.ADMITTED)
    runs.enqueue(submission=busy, actor=None)
    chosen = [free.pk, decided.pk, busy.pk, other.pk, 0]
    counted = shadow.make_count(actor=world.administrator, check=RISEN, submissions=chosen)
    assert counted == Counted(queued=1, stands=1, busy=1)
    queued = free.runs.get(status="queued")
    entry = JournalEntry.objects.get(verb="check.counts")
    assert (entry.actor, entry.object_id, entry.payload) == (
        world.administrator,
        queued.pk,
        {"check": RISEN, "version": VERSION},
    )
    assert CheckResult.objects.get(submission=free, check_code=RISEN).outcome == "met"
    assert not other.runs.filter(status="queued").exists()
    again = shadow.make_count(actor=world.administrator, check=RISEN, submissions=[free.pk])
    assert again == Counted(queued=0, stands=0, busy=1)


@pytest.mark.django_db(transaction=True)
def test_a_work_that_another_act_holds_costs_the_others_nothing(world: World) -> None:
    free, taken = answered(world, "met"), answered(factories.world(), "met")
    with (
        impatient(lock_timeout="200ms"),
        held("SELECT 1 FROM assessments_work WHERE id = %s FOR UPDATE", taken.work_id),
    ):
        counted = shadow.make_count(actor=world.administrator, check=RISEN, submissions=[taken.pk, free.pk])
    assert counted == Counted(queued=1, stands=0, busy=1)
    assert free.runs.filter(status="queued").exists()


def test_new_results_stand_beside_the_earlier_ones(world: World) -> None:
    submission = answered(world, "met")
    store(submission, "model_files", {})
    shadow.make_count(actor=world.administrator, check=RISEN, submissions=[submission.pk])
    run = leases.claim(runs.KIND, submission.runs.get(status="queued").pk)
    assert run is not None
    result = factories.result(run, RISEN, "not_met", check_version=VERSION)
    runs.finish(run=run, results=[result], engine_version="1.0", runtime_digest=RUNTIME)
    kept = CheckResult.objects.filter(submission=submission, check_code=RISEN).order_by("check_version")
    assert [row.outcome for row in kept] == ["met", "not_met"]
    assert rows() == []


def test_only_administrators_make_a_version_count(world: World) -> None:
    submission = answered(world, "met")
    with pytest.raises(Denied):
        shadow.make_count(actor=world.mentor, check=RISEN, submissions=[submission.pk])
    assert not submission.runs.filter(status="queued").exists()


def said(*arguments: str) -> str:
    out = io.StringIO()
    call_command("shadow", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_tells_the_rows_that_would_change_and_counts_the_others(world: World) -> None:
    assert "rien à comparer" in said()
    submission = answered(world, "met")
    store(submission, "model_files", {})
    answered(factories.world(), "met")
    text = said()
    assert f"dépôt {submission.pk} ({world.candidate.full_name}, version 1)" in text
    assert f"met (v{VERSION - 1}) → not_met (v{VERSION})" in text
    assert f"{RISEN} v{VERSION} : 1 changeraient, 0 identiques, 1 faits manquants (0 déjà décidés)" in text
    assert said(LIMIT) == said("--session", str(factories.world().session.pk))


def test_the_command_writes_json_and_refuses_names_that_do_not_exist(world: World) -> None:
    submission = answered(world, "met")
    store(submission, "model_files", {})
    (line,) = said(RISEN, "--json", "--session", str(world.session.pk)).splitlines()
    row = json.loads(line)
    assert (row["submission"], row["kind"], row["message"]) == (submission.pk, "changed", f"{RISEN}.not_met")
    assert row["summary"]
    for arguments in (["no.such"], ["--session", "0"]):
        with pytest.raises(CommandError, match="Aucun"):
            said(*arguments)
