"""The components that show what a candidate handed in; ``jalon`` hands them out with its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import template

from assessments.web import components as views
from assessments.web.highlight import code_lines, parse_marks
from assessments.web.looks import TONE_ICONS
from assessments.web.radar import build_radar

register = template.Library()


@register.inclusion_tag("components/code_block.html")
def code_block(
    source: str, language: str = "python", marks: str = "", start: int = 1, caption: str = ""
) -> dict[str, Any]:
    """``marks`` as ``"3,7-9"``; ``start`` is the number of the first line."""
    return {
        "lines": code_lines(source, language, start=start, marked=parse_marks(marks)),
        "language": language,
        "caption": caption,
    }


@register.inclusion_tag("components/notebook_cell.html")
def notebook_cell(cell: views.CellView) -> dict[str, Any]:
    lines = code_lines(cell.source, cell.language, marked=cell.marked_lines) if cell.kind == "code" else []
    return {"cell": cell, "lines": lines}


@register.inclusion_tag("components/pdf_page.html")
def pdf_page(page: views.PdfPageView) -> dict[str, Any]:
    return {"page": page}


@register.inclusion_tag("components/http_exchange.html")
def http_exchange(exchange: views.HttpExchangeView) -> dict[str, Any]:
    status = exchange.status
    tone: views.Tone = "undecided" if status is None else "met" if status < 400 else "not-met"
    return {"exchange": exchange, "tone": tone, "status_icon": TONE_ICONS[tone]}


@register.inclusion_tag("components/competency_radar.html")
def competency_radar(axes: Sequence[views.RadarAxis], title: str) -> dict[str, Any]:
    """A drawing from three axes on, and always the same values as a table."""
    return {"axes": axes, "title": title, "radar": build_radar(axes) if len(axes) >= 3 else None}
