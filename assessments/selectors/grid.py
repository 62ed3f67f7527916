"""The grid of a submission: every line with its checks' answers, the mentor's opinion, and who settles it.

Once people rest on it, it is read from the rows that were frozen then: nothing that comes later moves a line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from assessments.domain.digests import digest
from assessments.domain.lines import LineKey, LineKind, common_kind
from assessments.domain.proposals import CheckAnswer, Proposal, Settled, propose, settled_by
from assessments.models import CheckResult, Line, LineCheck, LineState, ReviewRemark, Submission
from assessments.models.lines import key_of
from assessments.selectors.lines import assessed_lines, checks_of
from certification.referentials.models import CheckRole

LINE_PARENTS = (
    *("criterion__bloc", "criterion__activity", "criterion__competency"),
    *("competency__bloc", "competency__activity", "assessment__bloc"),
)


@dataclass(frozen=True, slots=True)
class GridCheck:
    """One check named by a criterion, with the result that the line comes from (None: not yet, or none then)."""

    code: str
    params_digest: str
    decides: bool
    result: CheckResult | None


@dataclass(frozen=True, slots=True)
class GridLine:
    """One line of the grid. No check is named by a competency: the machine proposes nothing for such a line.

    ``state`` is the row it was frozen in; None while it moves.
    """

    line: Line
    checks: Sequence[GridCheck]
    proposal: Proposal
    remark: ReviewRemark | None
    settled: Settled
    state: LineState | None = None

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
    frozen: bool = False

    @property
    def kind(self) -> LineKind | None:
        """What the lines are, to name them together; None where they are of both kinds."""
        return common_kind(line.key for line in self.lines)

    @property
    def jury_lines(self) -> frozenset[LineKey]:
        """The lines that the jury marks."""
        return frozenset(line.key for line in self.lines if line.settled is Settled.NOBODY)


def grid_of(submission: Submission) -> Grid:
    """The frozen rows once they exist; before, what it comes to now. As many queries whatever the number of lines."""
    states = frozen_lines(LineState.objects.filter(snapshot__submission=submission))
    return Grid(states, frozen=True) if states else computed_grid(submission)


def computed_grid(submission: Submission) -> Grid:
    """What the latest results and the mentor's remarks come to now, on the lines that the work is judged on."""
    results = latest_results(submission)
    remarks = {remark.line_key: remark for remark in ReviewRemark.objects.filter(review__submission=submission)}
    return Grid([_line(line, results, remarks.get(key_of(line))) for line in assessed_lines(submission.work)])


def frozen_lines(states: QuerySet[LineState]) -> list[GridLine]:
    """The lines as they were frozen, in their order then; three queries."""
    checks = Prefetch("checks", LineCheck.objects.select_related("result"))
    found = states.select_related("remark", *LINE_PARENTS).prefetch_related("criterion__items", checks)
    return [_frozen(state) for state in found.order_by("position")]


def jury_lines_of(submission: Submission) -> frozenset[LineKey]:
    """The lines of the frozen grid that the jury marks, without reading what they come from."""
    left = LineState.objects.filter(snapshot__submission=submission, settled=Settled.NOBODY.value)
    return frozenset(state.line_key for state in left)


def latest_results(submission: Submission) -> dict[tuple[str, str], CheckResult]:
    return latest(CheckResult.objects.filter(submission=submission))


def latest(rows: QuerySet[CheckResult]) -> dict[tuple[str, str], CheckResult]:
    """By (check, digest of parameters); a later version or a later runtime replaces an earlier one."""
    return {(row.check_code, row.params_digest): row for row in rows.order_by("check_version", "created_at", "pk")}


def _frozen(state: LineState) -> GridLine:
    checks = [GridCheck(row.check_code, row.params_digest, row.decides, row.answer) for row in state.checks.all()]
    return GridLine(state.line, checks, Proposal(state.proposal), state.remark, Settled(state.settled), state)


def _line(
    line: Line,
    results: Mapping[tuple[str, str], CheckResult],
    remark: ReviewRemark | None,
) -> GridLine:
    checks = []
    for asked in checks_of(line):
        named = (asked.check_code, digest(asked.params))
        checks.append(GridCheck(*named, asked.role == CheckRole.DECIDED, results.get(named)))
    proposal = propose([CheckAnswer(check.decides, check.result.outcome if check.result else None) for check in checks])
    settled = settled_by(proposal, remark.opinion if remark else "")
    return GridLine(line, checks, proposal, remark, settled)
