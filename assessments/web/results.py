"""The grid of a submission as the components show it: lines, checks, and a link to each piece of evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.models import CheckResult, Line, Review, Submission
from assessments.selectors.grid import GridCheck, GridLine
from assessments.selectors.lines import activity_of, competency_of
from assessments.selectors.report import place
from assessments.selectors.submission import ResultLine
from assessments.web import components as views
from assessments.web.looks import OPINIONS
from assessments.web.wording import check_title, language, line_heading, line_number, line_text, sentence

SHOWN = 3


@dataclass(frozen=True, slots=True)
class LinesGroup:
    """The lines under one heading; ``activity`` is that of a competency, or empty."""

    key: str
    activity: str
    heading: str
    lines: Sequence[views.CriterionView]


def groups(submission: Submission, lines: Sequence[ResultLine], review: Review | None) -> list[LinesGroup]:
    """The lines by competency; the mentor's remarks only with ``review``, once given."""
    made = []
    for (activity, heading), rows in groupby(lines, key=lambda line: _headings(line.grid.line)):
        listed = list(rows)
        shown = [line_view(submission, line, review) for line in listed]
        made.append(LinesGroup(str(listed[0].grid.key), activity, heading, shown))
    return made


def _headings(line: Line) -> tuple[str, str]:
    activity = str(activity_of(line) or "") if competency_of(line) else ""
    return activity, line_heading(line)


def line_view(submission: Submission, line: ResultLine, review: Review | None) -> views.CriterionView:
    remark = line.grid.remark if review else None
    return views.CriterionView(
        id=str(line.grid.key),
        number=line_number(line.grid.line, line.rank),
        text=line_text(line.grid.line),
        results=check_views(submission, line.grid),
        level=_opinion(remark.opinion) if remark and remark.opinion else None,
        comment=remark.comment if remark else "",
        marked_by=str(review.mentor) if review and remark else "",
    )


def _opinion(opinion: str) -> views.Level:
    look = OPINIONS[opinion]
    return views.Level(opinion, str(look.label), look.tone)


def check_views(submission: Submission, line: GridLine) -> list[views.CheckResultView]:
    """The checks of a line, those without a result as pending."""
    return [check_view(submission, check) for check in line.checks]


def check_view(submission: Submission, check: GridCheck) -> views.CheckResultView:
    """The answer of one check, pending without a result."""
    result = check.result
    if result is None:
        return views.CheckResultView(check.code, check_title(check.code), "pending")
    return views.CheckResultView(
        code=check.code,
        title=check_title(check.code),
        outcome=result.outcome,  # type: ignore[arg-type]  # the database holds the outcomes to these words
        summary=sentence(result.message_code, result.message_params),
        cause=result.cause,
        evidence=evidence_links(submission, result),
        seconds=result.seconds,
    )


def evidence_links(submission: Submission, result: CheckResult, shown: int = SHOWN) -> list[views.EvidenceLink]:
    """A link to each of the first ``shown`` places, and one to the others, which follow one another."""
    links = [_link(submission, result, index, item) for index, item in enumerate(result.evidence[:shown])]
    more = len(result.evidence) - shown
    if more > 0:
        words = ngettext("et %(more)d autre preuve", "et %(more)d autres preuves", more) % {"more": more}
        kind = str(result.evidence[shown]["kind"])
        links.append(views.EvidenceLink(kind, words, _evidence_url(submission, result, shown)))
    return links


def _evidence_url(submission: Submission, result: CheckResult, index: int) -> str:
    return reverse("web:evidence", kwargs={"pk": submission.pk, "result": result.pk, "index": index})


def _link(submission: Submission, result: CheckResult, index: int, item: Mapping[str, Any]) -> views.EvidenceLink:
    attachment = item.get("attachment")
    return views.EvidenceLink(
        kind=str(item["kind"]),
        label=evidence_label(item),
        url=_evidence_url(submission, result, index),
        excerpt=_first_line(str(item.get("excerpt") or "")),
        thumbnail_url=image_url(submission, attachment) if attachment else "",
    )


def evidence_label(item: Mapping[str, Any]) -> str:
    """Where it is, in words: ``notebooks/eda.ipynb, cellule 12``, a commit's short name, a request."""
    detail = item.get("detail") or {}
    if item["kind"] == "commit" and detail.get("commit"):
        return _("Version %(name)s") % {"name": str(detail["commit"])[:8]}
    if detail.get("days"):
        return _("Le relevé des appels")
    if detail.get("reference"):
        return _("Jeu de données « %(name)s »") % {"name": detail["reference"]}
    if item["kind"] == "http" and detail.get("request"):
        return f"{detail['request'].get('method', '')} {detail['request'].get('url', '')}".strip()
    return place(item, language()) or _("Archive entière")


def image_url(submission: Submission, sha256: str) -> str:
    return reverse("web:evidence_image", kwargs={"pk": submission.pk, "sha256": sha256})


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "")[:160]
