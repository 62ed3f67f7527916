"""What the page of a submission reads: its run, the grid, and one piece of evidence with its neighbours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from assessments import policies
from assessments.models import CheckResult, EvaluationRun, EvidenceFile, Review, Slot, Submission, User
from assessments.models.runs import ACTIVE
from assessments.selectors.grid import GridLine, grid_of

MET, NOT_MET, UNDECIDED, PLATFORM, PENDING = "met", "not_met", "undecided", "platform", "pending"


@dataclass(frozen=True, slots=True)
class ResultLine:
    """A line of the grid with its rank from 1 and the one word that sums up its checks.

    ``state`` is the gravest of its checks' outcomes; a line without checks is *undecided*: a person answers.
    """

    rank: int
    grid: GridLine
    state: str
    latest: int


@dataclass(frozen=True, slots=True)
class Actions:
    """What the reader may do from here; ``slot`` is the passage that a juror may mark.

    ``reason``: to evaluate again takes one, for a person rests on what was read.
    """

    review: bool
    slot: Slot | None
    rerun: bool
    reason: bool
    work: bool


@dataclass(frozen=True, slots=True)
class SubmissionPage:
    """``answered`` of the ``asked`` checks have a result; ``latest`` is the key of the newest one, 0 without any."""

    submission: Submission
    run: EvaluationRun | None
    lines: Sequence[ResultLine]
    review: Review | None
    asked: int
    answered: int

    @property
    def active(self) -> bool:
        return self.run is not None and self.run.status in ACTIVE

    @property
    def latest(self) -> int:
        return max((line.latest for line in self.lines), default=0)

    def count(self, state: str) -> int:
        return sum(line.state == state for line in self.lines)


def submissions_in_sight(user: User) -> QuerySet[Submission]:
    return Submission.objects.visible_to(user).select_related(
        "bundle",
        "snapshot",
        "submitted_by",
        "work__assessment__bloc",
        "work__enrolment__session__referential__certification",
        "work__enrolment__candidate",
        "work__enrolment__mentor",
    )


def submission_page(user: User, submission: Submission) -> SubmissionPage:
    """The grid as it stands now; about ten queries whatever the number of lines and results."""
    run = EvaluationRun.objects.filter(submission=submission).order_by("-pk").first()
    lines = [_line(rank, line) for rank, line in enumerate(grid_of(submission).lines, start=1)]
    review = (
        Review.objects.visible_to(user)
        .filter(submission=submission, given_at__isnull=False)
        .select_related("mentor")
        .first()
    )
    asked = {(item["check"], item["params_digest"]) for item in run.requested} if run else set()
    there = {
        (check.result.check_code, check.result.params_digest)
        for line in lines
        for check in line.grid.checks
        if check.result
    }
    return SubmissionPage(submission, run, lines, review, len(asked), len(asked & there))


def _line(rank: int, line: GridLine) -> ResultLine:
    outcomes = {_outcome(check.result) for check in line.checks}
    state = next((word for word in (NOT_MET, PLATFORM, PENDING, UNDECIDED, MET) if word in outcomes), UNDECIDED)
    latest = max((check.result.pk or 0 for check in line.checks if check.result), default=0)
    return ResultLine(rank, line, state, latest)


def _outcome(result: CheckResult | None) -> str:
    if result is None:
        return PENDING
    if result.outcome == "error":
        return PLATFORM if result.cause == "platform" else NOT_MET
    return result.outcome


def actions_of(user: User, submission: Submission) -> Actions:
    slot = Slot.objects.filter(submission=submission).select_related("work__enrolment", "sitting").first()
    return Actions(
        review=policies.can_review(user, submission),
        slot=slot if slot and policies.can_mark(user, slot) else None,
        rerun=policies.can_administer(user),
        reason=policies.can_administer(user) and policies.rests_on(submission),
        work=submission.work.enrolment.candidate_id == user.pk,
    )


@dataclass(frozen=True, slots=True)
class EvidencePlace:
    """One pointer of a result, counted from 0, and the first line that asked for the check."""

    result: CheckResult
    index: int
    evidence: Mapping[str, Any]
    line: ResultLine | None

    @property
    def total(self) -> int:
        return len(self.result.evidence)


def evidence_place(submission: Submission, result_id: int, index: int) -> EvidencePlace | None:
    """None when the submission has no such result, or the result no such evidence."""
    result = CheckResult.objects.filter(submission=submission, pk=result_id).first()
    if result is None or not 0 <= index < len(result.evidence):
        return None
    lines = [_line(rank, line) for rank, line in enumerate(grid_of(submission).lines, start=1)]
    named = (line for line in lines if any(check.result == result for check in line.grid.checks))
    return EvidencePlace(result, index, result.evidence[index], next(named, None))


def pictures_of(submission: Submission) -> frozenset[str]:
    """The digests of the pictures kept from a submission."""
    return frozenset(EvidenceFile.objects.filter(submission=submission).values_list("sha256", flat=True))


def picture(submission: Submission, sha256: str) -> EvidenceFile | None:
    return EvidenceFile.objects.filter(submission=submission, sha256=sha256).first()
