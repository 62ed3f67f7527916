"""One piece of evidence, gathered from the stored result and from the facts it points into."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from urllib.parse import urlencode

from django.urls import reverse

from assessments.models import Submission
from assessments.selectors import submission as reads
from assessments.services import facts
from assessments.web import components as views
from assessments.web import shown
from assessments.web.availability import AvailabilityChart, chart_of
from assessments.web.results import evidence_label, image_url
from assessments.web.wording import check_title, labelled, line_number, line_text, sentence

COMMITS: Final = 30


@dataclass(frozen=True, slots=True)
class CodeView:
    """``marks`` as the ``code_block`` tag takes them; ``start`` is the number of the first line."""

    source: str
    start: int = 1
    marks: str = ""
    language: str = "python"


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """Whatever of it there is to show; ``file_url`` leads to the whole file, at the same place."""

    title: str
    kind: str
    check: views.CheckResultView
    criterion: str
    cells: Sequence[views.CellView] = ()
    code: CodeView | None = None
    page: views.PdfPageView | None = None
    exchange: views.HttpExchangeView | None = None
    values: Sequence[tuple[str, str]] = ()
    commits: Sequence[shown.CommitView] = ()
    availability: AvailabilityChart | None = None
    picture_url: str = ""
    excerpt: str = ""
    file_url: str = ""


def evidence_view(submission: Submission, place: reads.EvidencePlace) -> EvidenceView:
    """Facts that are not stored (yet, or any more) are replaced by the excerpt that the result itself holds."""
    item = place.evidence
    parts: dict[str, Any] = _parts(submission, item)
    if not parts:
        parts = {"excerpt": str(item.get("excerpt") or "")}
    criterion = ""
    if place.line:
        asked = place.line.grid.line
        criterion = labelled(line_number(asked, place.line.rank), line_text(asked))
    return EvidenceView(
        title=evidence_label(item),
        kind=str(item["kind"]),
        check=_check(place),
        criterion=criterion,
        file_url=_file_url(submission, item),
        **parts,
    )


def picture_address(submission: Submission, kept: frozenset[str], sha256: str | None) -> str:
    """The address of a picture, empty for one that was not kept."""
    return image_url(submission, sha256) if sha256 and sha256 in kept else ""


def _check(place: reads.EvidencePlace) -> views.CheckResultView:
    result = place.result
    return views.CheckResultView(
        code=result.check_code,
        title=check_title(result.check_code),
        outcome=result.outcome,  # type: ignore[arg-type]  # the database holds the outcomes to these words
        summary=sentence(result.message_code, result.message_params),
        cause=result.cause,
    )


def _parts(submission: Submission, item: Mapping[str, Any]) -> dict[str, Any]:
    kind = item["kind"]
    detail = item.get("detail") or {}
    if kind == "http":
        return {"exchange": shown.exchange(detail), "values": shown.connection(detail)} if detail.get("request") else {}
    if detail.get("days"):
        return {"availability": chart_of(detail)}
    if kind == "commit":
        return _commits(submission, detail)
    if item.get("page") is not None:
        return _page(submission, item)
    if item.get("cell") is not None:
        return _cells(submission, item)
    if kind == "code":
        return _code(submission, item)
    return _file(submission, item, detail)


def _cells(submission: Submission, item: Mapping[str, Any]) -> dict[str, Any]:
    picture = partial(picture_address, submission, reads.pictures_of(submission))
    notebook = (facts.read(submission=submission, name="notebooks") or {}).get(item["path"])
    if notebook is None or notebook["error"]:
        return {"code": _excerpt(item), "picture_url": picture(item.get("attachment"))}
    lines = shown.marked_lines(item)
    cells = shown.cells(notebook, picture, marked=item["cell"], lines=lines, around=shown.CELLS_AROUND)
    return {"cells": cells}


def _code(submission: Submission, item: Mapping[str, Any]) -> dict[str, Any]:
    sources = (facts.read(submission=submission, name="code") or {}).get("sources") or {}
    source = sources.get(item["path"])
    if source is None:
        return {"code": _excerpt(item)}
    lines = shown.marked_lines(item)
    text, start = shown.excerpt_of(source, lines)
    return {"code": CodeView(text, start, shown.marks(lines))}


def _excerpt(item: Mapping[str, Any]) -> CodeView:
    return CodeView(str(item.get("excerpt") or ""), item.get("line") or 1)


def _page(submission: Submission, item: Mapping[str, Any]) -> dict[str, Any]:
    picture = partial(picture_address, submission, reads.pictures_of(submission))
    document = (facts.read(submission=submission, name="documents") or {}).get(item["path"])
    pages = shown.pages(item["path"], document, picture, only=item["page"]) if document else []
    if pages:
        return {"page": pages[0]}
    text, url = str(item.get("excerpt") or ""), picture(item.get("attachment"))
    return {"page": views.PdfPageView(item["path"], item["page"], item["page"], text, url, marked=True)}


def _commits(submission: Submission, detail: Mapping[str, Any]) -> dict[str, Any]:
    git = facts.read(submission=submission, name="git") or {}
    named = str(detail.get("commit") or "")
    commits = [shown.commit(row, named) for row in (git.get("commits") or [])[:COMMITS]]
    return {"commits": commits or [shown.commit(detail, named)]}


def _file(submission: Submission, item: Mapping[str, Any], detail: Mapping[str, Any]) -> dict[str, Any]:
    values = shown.values(detail)
    parts: dict[str, Any] = {"values": values} if values else {"excerpt": str(item.get("excerpt") or "")}
    picture = item.get("attachment")
    if picture:
        parts["picture_url"] = picture_address(submission, reads.pictures_of(submission), picture)
    return parts


def _file_url(submission: Submission, item: Mapping[str, Any]) -> str:
    if not item.get("path") or item["kind"] == "commit":
        return ""
    here = reverse("web:file_view", kwargs={"pk": submission.pk})
    anchor = ""
    if item.get("cell") is not None:
        anchor = f"#cell-{item['cell'] + 1}"
    elif item.get("page") is not None:
        anchor = f"#page-{item['page']}"
    query = {"path": item["path"]} | {key: item[key] for key in ("cell", "line") if item.get(key) is not None}
    return f"{here}?{urlencode(query)}{anchor}"
