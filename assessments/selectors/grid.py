"""The grid of a submission: every criterion with its checks' answers, the mentor's opinion, and who settles it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Exists, Q, QuerySet

from assessments.domain.digests import digest
from assessments.domain.proposals import CheckAnswer, Proposal, Settled, propose, settled_by
from assessments.models import CheckResult, ReviewRemark, Submission
from certification.referentials import queries
from certification.referentials.models import Assessment, CheckRole, Criterion


@dataclass(frozen=True, slots=True)
class GridCheck:
    """One check named by a criterion, with its latest result (None: not yet)."""

    code: str
    decides: bool
    result: CheckResult | None


@dataclass(frozen=True, slots=True)
class GridLine:
    criterion: Criterion
    checks: Sequence[GridCheck]
    proposal: Proposal
    remark: ReviewRemark | None
    settled: Settled

    @property
    def opinion(self) -> str:
        return self.remark.opinion if self.remark else ""


@dataclass(frozen=True, slots=True)
class Grid:
    lines: Sequence[GridLine]
    by_criterion: Mapping[int, GridLine] = field(default_factory=dict)

    @property
    def jury_criteria(self) -> frozenset[int]:
        """Keys of the criteria that the jury marks."""
        return frozenset(line.criterion.pk for line in self.lines if line.settled is Settled.NOBODY)


def assessed_criteria(assessment: Assessment) -> QuerySet[Criterion]:
    """The criteria an assessment is judged on.

    Those of the competencies it covers; where it names none, its bloc's; where it has no bloc, the edition's.
    """
    covered = assessment.competencies.values("pk")
    own = Q(bloc=assessment.bloc_id) if assessment.bloc_id else Q(referential=assessment.referential_id)
    return queries.criteria_under(Criterion.objects.filter(Q(competency__in=covered) | ~Exists(covered) & own))


def grid_of(submission: Submission) -> Grid:
    """Read the whole grid in a number of queries that does not depend on the number of criteria."""
    results = _latest_results(submission)
    remarks = {remark.criterion_id: remark for remark in ReviewRemark.objects.filter(review__submission=submission)}
    lines = [
        _line(criterion, results, remarks.get(criterion.pk))
        for criterion in assessed_criteria(submission.work.assessment)
    ]
    return Grid(lines, {line.criterion.pk: line for line in lines})


def _latest_results(submission: Submission) -> dict[tuple[str, str], CheckResult]:
    """By (check, digest of parameters); a later version or a later runtime replaces an earlier one."""
    rows = CheckResult.objects.filter(submission=submission).order_by("check_version", "created_at", "pk")
    return {(row.check_code, row.params_digest): row for row in rows}


def _line(
    criterion: Criterion,
    results: Mapping[tuple[str, str], CheckResult],
    remark: ReviewRemark | None,
) -> GridLine:
    checks = [
        GridCheck(
            asked.check_code, asked.role == CheckRole.DECIDED, results.get((asked.check_code, digest(asked.params)))
        )
        for asked in criterion.checks.all()
    ]
    proposal = propose([CheckAnswer(check.decides, check.result.outcome if check.result else None) for check in checks])
    settled = settled_by(proposal, remark.opinion if remark else "")
    return GridLine(criterion, checks, proposal, remark, settled)
