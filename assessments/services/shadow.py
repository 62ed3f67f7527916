"""Checks in shadow: what their current version would answer over earlier submissions, before it counts.

Nothing here writes a result. ``make_count`` queues runs, whose results stand beside the earlier ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Case, Count, Exists, F, IntegerField, Max, Min, OuterRef, QuerySet, Value, When
from django.utils import timezone

from assessments import policies
from assessments.models import CheckResult, Session, Submission, User
from assessments.services import probes, references
from assessments.services.errors import Denied
from assessments.services.facts import StoredFacts
from assessments.services.rerunning import Counted, queue
from evaluator import runner
from evaluator.checks import REGISTRY
from evaluator.recall import NotStored, Recall
from evaluator.references import PARAMETER
from evaluator.results import Message, Result

_AT_ONCE = 200  # results held in memory together


@dataclass(frozen=True, slots=True)
class ShadowRow:
    """The latest result of a check on a submission beside what its current version says of the same facts.

    ``new_outcome`` is None when a fact that the current version reads is not stored: ``missing`` then names it.
    ``stands``: a given review or a decision rests on the earlier result.
    """

    submission: int
    version: int
    candidate: str
    session: str
    work: str
    check: str
    old_version: int
    old_outcome: str
    old_cause: str
    new_version: int
    new_outcome: str | None
    new_cause: str
    message: Message | None
    missing: str
    stands: bool

    @property
    def kind(self) -> str:
        """``changed``, ``same``, or ``missing`` where it cannot be told without evaluating again."""
        if self.new_outcome is None:
            return "missing"
        same = (self.old_outcome, self.old_cause) == (self.new_outcome, self.new_cause)
        return "same" if same else "changed"


@dataclass(frozen=True, slots=True)
class RisenCheck:
    """A check with results of earlier versions (``oldest`` to ``latest``) on submissions without one of ``current``."""

    code: str
    oldest: int
    latest: int
    current: int
    submissions: int


def open_sessions() -> QuerySet[Session]:
    """Those that have not ended."""
    return Session.objects.filter(ends_on__gte=timezone.localdate())


def risen(sessions: QuerySet[Session]) -> list[RisenCheck]:
    """The checks whose version has risen since results of these sessions, by code; one query."""
    rows = (
        _behind(sessions)
        .order_by("check_code")
        .values("check_code")
        .annotate(
            oldest=Min("check_version"),
            latest=Max("check_version"),
            submissions=Count("submission", distinct=True),
        )
    )
    return [
        RisenCheck(code, row["oldest"], row["latest"], REGISTRY[code].version, row["submissions"])
        for row in rows
        for code in [row["check_code"]]
    ]


def results_behind(sessions: QuerySet[Session], check: str = "") -> QuerySet[Any]:
    """The latest result of each submission, check and parameters that the current version has not answered.

    Of one check, or of all; the latest submissions first.
    """
    rows = _behind(sessions).filter(check_code=check) if check else _behind(sessions)
    by = ("-submission_id", "check_code", "params_digest")
    latest: QuerySet[Any] = (
        rows.annotate(stands=policies.judgement_stands("submission_id", "submission__work_id"))
        .select_related("run", "submission__work__assessment__bloc")
        .select_related("submission__work__enrolment__candidate", "submission__work__enrolment__session")
        .defer("evidence", "message_params")
        .order_by(*by, "-check_version", "-created_at", "-pk")
        .distinct("submission_id", "check_code", "params_digest")
    )
    return latest


def rows_of(sessions: QuerySet[Session], check: str = "") -> Iterator[ShadowRow]:
    """Every row of ``results_behind``, in one query and a memory that does not grow with them."""
    return compare(results_behind(sessions, check).iterator(chunk_size=_AT_ONCE))


def compare(results: Iterable[CheckResult]) -> Iterator[ShadowRow]:
    """What the current version of each check says, from stored facts alone.

    ``results`` as ``results_behind`` gives them. Where a check reads probes or a reference data set, those are queried.
    """
    recall, of = None, ("", "")
    for result in results:
        place = (result.submission.bundle_id, result.runtime_digest)
        if recall is None or of != place:
            recall, of = Recall(StoredFacts(), *place), place
        yield _row(result, recall)


@transaction.atomic
def make_count(*, actor: User, check: str, submissions: Sequence[int]) -> Counted:
    """Queue a run for each of ``submissions`` that the current version of ``check`` has not answered.

    A submission on which people have decided keeps the results that they read, and is left out. The run is a whole
    one: the other checks whose version has risen answer again with it.

    Raises Denied.
    """
    if not policies.can_administer(actor):
        raise Denied
    behind = _behind(Session.objects.all()).filter(check_code=check, submission__in=submissions)
    chosen: QuerySet[Any] = Submission.objects.filter(pk__in=behind.values("submission"))
    return queue(actor=actor, chosen=chosen, verb="check.counts", check=check, version=REGISTRY[check].version)


def _behind(sessions: QuerySet[Session]) -> QuerySet[Any]:
    """Results of an earlier version than the catalogue's, where the catalogue's has given none."""
    versions = {code: version for code, version in runner.check_versions().items() if version > 1}
    whens = [When(check_code=code, then=Value(version)) for code, version in versions.items()]
    answered = CheckResult.objects.filter(
        submission=OuterRef("submission"),
        check_code=OuterRef("check_code"),
        params_digest=OuterRef("params_digest"),
        check_version__gte=OuterRef("current"),
    )
    return (
        CheckResult.objects.filter(submission__work__enrolment__session__in=sessions, check_code__in=list(versions))
        .annotate(current=Case(*whens, default=Value(0), output_field=IntegerField()))
        .filter(~Exists(answered), check_version__lt=F("current"))
    )


def _row(result: Any, recall: Recall) -> ShadowRow:
    check = REGISTRY[result.check_code]
    work = result.submission.work
    new, missing = None, ""
    try:
        new = _judged(result, recall).finding
    except NotStored as absent:
        missing = str(absent)
    return ShadowRow(
        submission=result.submission_id,
        version=result.submission.number,
        candidate=work.enrolment.candidate.full_name,
        session=work.enrolment.session.name,
        work=str(work.assessment.bloc or work.assessment),
        check=check.code,
        old_version=result.check_version,
        old_outcome=result.outcome,
        old_cause=result.cause,
        new_version=check.version,
        new_outcome=new.outcome.value if new else None,
        new_cause=new.cause.value if new and new.cause else "",
        message=new.message if new else None,
        missing=missing,
        stands=result.stands,
    )


def _judged(result: CheckResult, recall: Recall) -> Result:
    """As an evaluation asked the same today would: from what was asked, not from the defaults of then."""
    asked = (result.check_code, result.params_digest)
    params = next(
        (item["params"] for item in result.run.requested if (item["check"], item["params_digest"]) == asked),
        result.params,
    )
    outside = {}
    if "probes" in REGISTRY[result.check_code].facts:
        outside["probes"] = probes.facts_of(result.submission)
    asked = params.get(PARAMETER)
    held = references.described(result.submission.work.enrolment.session_id, [asked]) if asked else {}
    facts = recall.facts_for(result.check_code, params, outside, held)
    return runner.judge(runner.CheckRequest(result.check_code, params), facts)
