"""The ledger: leases, retries, no doubled result, nothing lost."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from assessments.domain.leases import AWAITED
from assessments.models import CheckResult, EvaluationRun
from assessments.services import leases, runs
from assessments.services.errors import Refused
from assessments.services.leases import LeaseLost
from assessments.services.sweeping import sweep
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def run() -> EvaluationRun:
    return factories.submitted(factories.world()).runs.get()


def expire(run: EvaluationRun) -> None:
    EvaluationRun.objects.filter(pk=run.pk).update(lease_expires_at=timezone.now() - timedelta(seconds=1))


def wait_over(run: EvaluationRun) -> None:
    """As if the next attempt, or the next ring, had come to be due."""
    past = timezone.now() - timedelta(seconds=1)
    EvaluationRun.objects.filter(pk=run.pk, due_at__isnull=False).update(due_at=past, ring_at=past)


def test_a_queued_run_asks_for_each_check_once(run: EvaluationRun) -> None:
    assert [item["check"] for item in run.requested] == ["chart.boxplot", "chart.pie", "data.missing_values"]


def test_only_one_run_is_active(run: EvaluationRun) -> None:
    with pytest.raises(Refused) as refused:
        runs.enqueue(submission=run.submission, actor=None)
    assert refused.value.code == "run.active"
    with pytest.raises(IntegrityError), transaction.atomic():
        EvaluationRun.objects.create(submission=run.submission)


def test_a_second_delivery_finds_the_run_taken(run: EvaluationRun) -> None:
    assert leases.claim(runs.KIND, run.pk) is not None
    assert leases.claim(runs.KIND, run.pk) is None


def test_an_expired_lease_is_taken_over_and_the_first_holder_writes_no_more(run: EvaluationRun) -> None:
    first = leases.claim(runs.KIND, run.pk)
    expire(run)
    second = leases.claim(runs.KIND, run.pk)
    assert first
    assert second
    assert second.attempts == 2
    assert not leases.renew(runs.KIND, first)
    with pytest.raises(LeaseLost):
        runs.record(run=first, results=[factories.result(first, "chart.pie")])
    with pytest.raises(LeaseLost):
        runs.finish(run=first, results=[])
    runs.finish(run=second, results=[])


def test_results_are_not_doubled_by_a_second_attempt(run: EvaluationRun) -> None:
    first = leases.claim(runs.KIND, run.pk)
    assert first
    runs.record(run=first, results=[factories.result(first, "chart.pie")])
    expire(run)
    second = leases.claim(runs.KIND, run.pk)
    assert second
    runs.finish(run=second, results=[factories.result(second, "chart.pie"), factories.result(second, "chart.boxplot")])
    assert sorted(CheckResult.objects.values_list("check_code", flat=True)) == ["chart.boxplot", "chart.pie"]


def test_a_platform_error_is_replaced_by_a_later_answer_but_an_answer_stays(run: EvaluationRun) -> None:
    held = leases.claim(runs.KIND, run.pk)
    assert held
    runs.record(run=held, results=[factories.result(held, "chart.pie", "error", cause="platform")])
    runs.record(run=held, results=[factories.result(held, "chart.pie", "met")])
    runs.record(run=held, results=[factories.result(held, "chart.pie", "not_met")])
    assert CheckResult.objects.get().outcome == "met"


def test_our_fault_is_tried_again_then_declared_dead(run: EvaluationRun) -> None:
    for attempt in range(1, AWAITED.attempts + 1):
        held = leases.claim(runs.KIND, run.pk)
        assert held
        assert held.attempts == attempt
        leases.fail(runs.KIND, held, "sandbox.unavailable", {})
        run.refresh_from_db()
        assert run.status == ("dead" if attempt == AWAITED.attempts else "queued")
        assert leases.claim(runs.KIND, run.pk) is None
        wait_over(run)
    assert leases.claim(runs.KIND, run.pk) is None
    assert run.fault_code == "sandbox.unavailable"


def test_the_candidates_fault_ends_the_run_at_once(run: EvaluationRun) -> None:
    held = leases.claim(runs.KIND, run.pk)
    assert held
    runs.refuse(run=held, code="bundle.ratio", params={})
    run.refresh_from_db()
    assert (run.status, run.fault_code, run.attempts) == ("failed", "bundle.ratio", 1)


def test_the_sweeper_rings_for_what_expired_and_buries_what_is_out_of_attempts(run: EvaluationRun) -> None:
    assert sweep(runs.KIND) == 0
    for _ in range(AWAITED.attempts):
        assert leases.claim(runs.KIND, run.pk)
        expire(run)
    assert sweep(runs.KIND) == 0
    run.refresh_from_db()
    assert (run.status, run.fault_code) == ("dead", "engine.worker_lost")


def test_the_sweeper_rings_once_a_period_for_a_queued_run(run: EvaluationRun) -> None:
    wait_over(run)
    assert sweep(runs.KIND) == 1
    assert sweep(runs.KIND) == 0


def test_results_come_with_the_status_or_not_at_all(run: EvaluationRun) -> None:
    held = leases.claim(runs.KIND, run.pk)
    assert held
    broken = factories.result(held, "chart.pie", "error")  # an error without a cause breaks a constraint
    with pytest.raises(IntegrityError), transaction.atomic():
        runs.finish(run=held, results=[factories.result(held, "chart.boxplot"), broken])
    run.refresh_from_db()
    assert run.status == "running"
    assert not CheckResult.objects.exists()
