"""The grid of a submission: every line with its checks' answers, the mentor's opinion, and who settles it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assessments.domain.digests import digest
from assessments.domain.lines import LineKey, LineKind, common_kind
from assessments.domain.proposals import CheckAnswer, Proposal, Settled, propose, settled_by
from assessments.models import CheckResult, Line, ReviewRemark, Submission
from assessments.models.lines import key_of
from assessments.selectors.lines import assessed_lines, checks_of
from certification.referentials.models import CheckRole


@dataclass(frozen=True, slots=True)
class GridCheck:
    """One check named by a criterion, with its latest result (None: not yet)."""

    code: str
    decides: bool
    result: CheckResult | None


@dataclass(frozen=True, slots=True)
class GridLine:
    """One line of the grid. No check is named by a competency: the machine proposes nothing for such a line."""

    line: Line
    checks: Sequence[GridCheck]
    proposal: Proposal
    remark: ReviewRemark | None
    settled: Settled

    @property
    def key(self) -> LineKey:
        return key_of(self.line)

    @property
    def opinion(self) -> str:
        return self.remark.opinion if self.remark else ""


@dataclass(frozen=True, slots=True)
class Grid:
    """The lines stand in the order of the référentiel."""

    lines: Sequence[GridLine]

    @property
    def kind(self) -> LineKind | None:
        """What the lines are, to name them together; None where they are of both kinds."""
        return common_kind(line.key for line in self.lines)

    @property
    def jury_lines(self) -> frozenset[LineKey]:
        """The lines that the jury marks."""
        return frozenset(line.key for line in self.lines if line.settled is Settled.NOBODY)


def grid_of(submission: Submission) -> Grid:
    """Read the whole grid in a number of queries that does not depend on the number of lines."""
    results = _latest_results(submission)
    remarks = {remark.line_key: remark for remark in ReviewRemark.objects.filter(review__submission=submission)}
    return Grid([_line(line, results, remarks.get(key_of(line))) for line in assessed_lines(submission.work)])


def _latest_results(submission: Submission) -> dict[tuple[str, str], CheckResult]:
    """By (check, digest of parameters); a later version or a later runtime replaces an earlier one."""
    rows = CheckResult.objects.filter(submission=submission).order_by("check_version", "created_at", "pk")
    return {(row.check_code, row.params_digest): row for row in rows}


def _line(
    line: Line,
    results: Mapping[tuple[str, str], CheckResult],
    remark: ReviewRemark | None,
) -> GridLine:
    checks = [
        GridCheck(
            asked.check_code, asked.role == CheckRole.DECIDED, results.get((asked.check_code, digest(asked.params)))
        )
        for asked in checks_of(line)
    ]
    proposal = propose([CheckAnswer(check.decides, check.result.outcome if check.result else None) for check in checks])
    settled = settled_by(proposal, remark.opinion if remark else "")
    return GridLine(line, checks, proposal, remark, settled)
