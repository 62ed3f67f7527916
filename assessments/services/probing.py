"""One call of one declared address, from claim to results: reaches the network, then writes everything at once."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from assessments.domain import probing as rules
from assessments.models import CheckResult, EvaluationRun, LineCheck, Probe, ProbedAddress, Submission
from assessments.models.probes import AddressKind
from assessments.services import journal, leases, locking, probes
from assessments.services.results import row_of
from assessments.services.seals import seal_of
from certification.referentials.models import Deliverable, DeliverableKind
from evaluator import runner
from evaluator.checks import REGISTRY
from evaluator.probes.policy import ProbePolicy
from evaluator.probes.prober import Prober
from evaluator.results import Cause, Result

_DELIVERED = {
    DeliverableKind.API_URL.value: AddressKind.API.value,
    DeliverableKind.DASHBOARD_URL.value: AddressKind.DASHBOARD.value,
}


def call(*, address_id: int) -> None:
    """Call an address that is due. Safe to deliver twice: the second delivery finds it called, or being called."""
    address = leases.claim(probes.KIND, address_id)
    if address is None:
        return
    with leases.hold(probes.KIND, address):
        exchange = prober().probe(address.url)
        with transaction.atomic():
            probe = probes.record(address=address, exchange=exchange)
            judge(probe=probe, submission=address.submission)


@cache
def prober() -> Prober:
    """The prober of this process, as the settings want it; it remembers for a minute what its witnesses said."""
    policy = ProbePolicy(ports=settings.PROBE_PORTS, intranet=settings.PROBE_INTRANET)
    return Prober(policy, witnesses=settings.PROBE_WITNESSES, contact=settings.JALON_BASE_URL)


def reads_probes(check_code: str) -> bool:
    return check_code in REGISTRY and "probes" in REGISTRY[check_code].facts


def kinds_wanted(run: EvaluationRun) -> set[str]:
    """The kinds of addresses that the run's checks judge, and those that the assessment expects as deliverables."""
    judged = {_kind(item["check"]) for item in run.requested if reads_probes(item["check"])}
    assessment = run.submission.work.assessment
    own = Q(assessment=assessment)
    if assessment.bloc_id:
        own |= Q(bloc=assessment.bloc_id, assessment__isnull=True)
    delivered = Deliverable.objects.filter(own, kind__in=_DELIVERED).values_list("kind", flat=True)
    return judged | {_DELIVERED[kind] for kind in delivered}


def _kind(check_code: str) -> str:
    """``api`` of ``api.reachable``: the checks of an address bear its kind."""
    return check_code.partition(".")[0]


@transaction.atomic
def judge(*, probe: Probe, submission: Submission) -> None:
    """Give again the results that rest on probes, where they say something else than before or have grown old.

    A fault of ours is no result once there is one: what was known stands until the next probe. Nor does a check that
    decides say anything else once the grid is frozen, which rests on what it said then: the record on the page goes
    on, and tells the difference.
    """
    locking.hold_work(submission.work_id)
    run = EvaluationRun.objects.filter(submission=submission).order_by("-pk").first()
    if run is None:
        return
    facts = {"declaration": _declaration(submission), "probes": probes.facts_of(submission)}
    relied_on = _relied_on(submission)
    answered = False
    for item in run.requested:
        code = item["check"]
        if reads_probes(code) and _kind(code) == probe.address.kind and code not in relied_on:
            result = runner.judge(runner.CheckRequest(item["check"], item["params"]), facts)
            answered |= _keep(run, probe, item["params_digest"], result)
    if answered:
        journal.record(None, "probe.judged", probe, submission=submission.pk, seal=seal_of(probe))


def _relied_on(submission: Submission) -> set[str]:
    """The codes of the checks that decide a frozen line; none before."""
    frozen = LineCheck.objects.filter(state__snapshot__submission=submission, decides=True)
    return set(frozen.values_list("check_code", flat=True))


def _declaration(submission: Submission) -> dict[str, Any]:
    addresses = list(ProbedAddress.objects.filter(submission=submission))
    path = addresses[0].declared_in if addresses else None
    return {"path": path, "urls": {address.kind: address.url for address in addresses}}


def _keep(run: EvaluationRun, probe: Probe, params_digest: str, result: Result) -> bool:
    """Whether the result was kept, and is an answer."""
    earlier = CheckResult.objects.filter(
        submission=run.submission_id, check_code=result.check, params_digest=params_digest
    ).order_by("check_version", "created_at", "pk")
    last = earlier.last()
    if last is not None and _says_the_same(last, result):
        return False
    earlier.filter(cause=Cause.PLATFORM.value).delete()
    row_of(run, result, probe=probe, params_digest=params_digest, runtime_digest=run.runtime_digest).save()
    return result.finding.cause is not Cause.PLATFORM


def _says_the_same(last: CheckResult, result: Result) -> bool:
    if result.finding.cause is Cause.PLATFORM and last.probe_id is not None and not last.cause:
        return True
    same = (last.outcome, last.message_code) == (result.finding.outcome.value, result.finding.message.code)
    young = timezone.now() - last.created_at < rules.RESULT_KEPT
    return same and young and last.check_version == result.version
