"""The evaluation report of a decision, from frozen rows alone: names, lines, votes, evidence. Nothing is recomputed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import translation

from assessments.domain.lines import LineKey
from assessments.domain.scale import acquired_codes, scale_of
from assessments.models import CheckResult, Decision, LineState, Mark
from assessments.models.decisions import DecidedBy
from assessments.selectors.grid import Grid, frozen_lines
from assessments.selectors.lines import activity_of, competency_of, items_of, text_of
from assessments.selectors.report_content import EvidenceLine, Remark, Report, ReportGroup, ReportLine
from evaluator import messages
from evaluator.checks import REGISTRY
from evaluator.results import Message


def report_of(decision: Decision, lang: str = "fr") -> Report:
    """Gather the report of a decision in ``lang``, ``fr`` or ``en``, whatever the language of whoever asks."""
    with translation.override(lang):
        return _gathered(decision, lang)


def _gathered(decision: Decision, lang: str) -> Report:
    names = decision.names
    scale = scale_of(decision.work.assessment.referential.scale)
    grid = Grid(frozen_lines(LineState.objects.filter(decision_bases__line__decision=decision)), frozen=True)
    lines = {line.line_key: line for line in decision.lines.all()}
    labels = {level.code: level.labels.get(lang, level.code) for level in scale}
    acquired = acquired_codes(scale)
    groups = _groups(decision, grid, lines, labels, acquired, lang)
    review = getattr(decision.submission, "review", None)
    return Report(
        number=number_of(decision),
        candidate=names.candidate,
        certification=names.certification,
        rncp_code=names.rncp_code,
        edition=names.edition,
        session=names.session,
        bloc=names.bloc,
        assessment=names.assessment,
        acquired=decision.passed,
        motive=decision.motive,
        decided_on=decision.decided_at.isoformat(),
        president=names.president,
        jurors=list(names.jurors),
        mentor=names.mentor,
        mentor_comment=review.comment if review else "",
        submission_number=decision.submission.number,
        submitted_at=decision.submission.submitted_at.isoformat(),
        bundle_sha256=decision.submission.bundle_id,
        engine_version=decision.submission.snapshot.engine_version,
        groups=groups,
        kind=grid.kind,
        acquired_count=sum(line.level in acquired for line in lines.values()),
        lines_count=len(lines),
    )


def number_of(decision: Decision) -> str:
    """The number printed on the report: year of the decision and its key."""
    return f"RE-{decision.decided_at:%Y}-{decision.pk:06d}"


def _groups(
    decision: Decision,
    grid: Grid,
    lines: Mapping[LineKey, Any],
    labels: Mapping[str, str],
    acquired: frozenset[str],
    lang: str,
) -> list[ReportGroup]:
    groups: list[tuple[str, str, list[ReportLine]]] = []
    jury = _jury_comments(decision)
    for number, cell in enumerate(grid.lines, start=1):
        line = lines[cell.key]
        under = (str(activity_of(cell.line) or ""), str(competency_of(cell.line) or ""))
        if not groups or groups[-1][:2] != under:
            groups.append((*under, []))
        said = [(DecidedBy.MENTOR, cell.remark.comment if cell.remark else "")]
        said += [(DecidedBy.JURY, comment) for comment in jury.get(cell.key, [])]
        said.append((DecidedBy.PRESIDENT, line.comment))
        groups[-1][2].append(
            ReportLine(
                number=number,
                kind=cell.key.kind,
                text=str(cell.line) if cell.key.kind == "competency" else text_of(cell.line),
                items=items_of(cell.line),
                level=labels.get(line.level, line.level),
                acquired=line.level in acquired,
                decided_by=str(line.get_decided_by_display()),
                votes=", ".join(f"{labels.get(code, code)} : {count}" for code, count in line.votes.items()),
                comments=[Remark(_SPEAKERS[lang][by], text) for by, text in said if text],
                evidence=[_evidence(check.result, lang) for check in cell.checks if check.result],
            )
        )
    return [ReportGroup(activity, competency, rows) for activity, competency, rows in groups]


def _jury_comments(decision: Decision) -> dict[LineKey, list[str]]:
    """The jurors' words by line, without their names: the jury speaks with one voice."""
    comments: dict[LineKey, list[str]] = {}
    counted = Mark.objects.filter(decision_bases__line__decision=decision).exclude(comment="")
    for mark in counted.order_by("ballot", "pk"):
        comments.setdefault(mark.line_key, []).append(mark.comment)
    return comments


def _evidence(result: CheckResult, lang: str) -> EvidenceLine:
    check = REGISTRY.get(result.check_code)
    answer = _ANSWERS[lang]["platform" if result.cause == "platform" else result.outcome]
    return EvidenceLine(
        check=result.check_code,
        version=result.check_version,
        title=check.title[lang] if check else result.check_code,
        outcome=result.outcome,
        answer=answer,
        summary=messages.render(Message(result.message_code, result.message_params), lang),
        places=_places(result.evidence, lang),
    )


def _places(evidence: Sequence[Mapping[str, Any]], lang: str) -> list[str]:
    """The first three places, each told once: several proofs may stand in one file."""
    told = dict.fromkeys(place(item, lang) for item in evidence)
    return [text for text in told if text][:3]


_ANSWERS = {
    "fr": {
        "met": "satisfait",
        "not_met": "non satisfait",
        "undecided": "à apprécier",
        "error": "illisible",
        "platform": "incident de la plateforme",
    },
    "en": {
        "met": "met",
        "not_met": "not met",
        "undecided": "to be judged",
        "error": "unreadable",
        "platform": "fault of the platform",
    },
}
_SPEAKERS = {
    "fr": {DecidedBy.MENTOR: "Mentor", DecidedBy.JURY: "Jury", DecidedBy.PRESIDENT: "Présidence du jury"},
    "en": {DecidedBy.MENTOR: "Mentor", DecidedBy.JURY: "Jury", DecidedBy.PRESIDENT: "Presiding juror"},
}
_WORDS = {
    "fr": {"cell": "cellule", "line": "ligne", "page": "page"},
    "en": {"cell": "cell", "line": "line", "page": "page"},
}


def place(evidence: Mapping[str, Any], lang: str) -> str:
    """A pointer in words. Cells are counted from 1 for people, from 0 in the data; a version is named as git does."""
    words = _WORDS[lang]
    detail = evidence.get("detail") or {}
    if evidence.get("kind") == "commit" and detail.get("commit"):
        return f"commit {detail['commit'][:8]}"
    parts = [str(evidence.get("path") or detail.get("reference") or "")]
    if evidence.get("cell") is not None:
        parts.append(f"{words['cell']} {evidence['cell'] + 1}")
    for key in ("line", "page"):
        if evidence.get(key) is not None:
            parts.append(f"{words[key]} {evidence[key]}")
    return ", ".join(part for part in parts if part)
