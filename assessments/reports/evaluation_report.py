"""The evaluation report of a decision, as PDF (WeasyPrint), issued once."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path
from typing import Any

import segno
from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString

from assessments.dispatch import ISSUE_REPORT, ring
from assessments.models import Decision, Document
from assessments.models.decisions import DocumentKind
from assessments.selectors.report import Report, report_of
from assessments.services import documents
from certification.visible import visible_html

STYLESHEETS = ("report.css",)


def issue(*, decision_id: int) -> Document:
    """Render and store the report of a decision; a second delivery returns the one already issued."""
    decision = decision_to_print(decision_id)
    existing = decision.documents.filter(kind=DocumentKind.EVALUATION_REPORT).first()
    if existing is not None:
        return existing
    with translation.override("fr"):
        report = report_of(decision)
        pdf = render_pdf(report)
    return documents.issue(
        kind=DocumentKind.EVALUATION_REPORT,
        decision=decision,
        number=report.number,
        content_hash=report.content_hash,
        pdf=pdf,
    )


def decision_to_print(decision_id: int) -> Decision:
    """The decision with what its report reads of it."""
    return (
        Decision.objects.select_related(
            "work__enrolment__session__referential__certification",
            "work__enrolment__candidate",
            "work__assessment",
            "submission__bundle",
            "submission__review__mentor",
            "slot__sitting",
            "bloc",
            "decided_by",
        )
        .prefetch_related("lines")
        .get(pk=decision_id)
    )


def sweep() -> int:
    """Ring again for decisions whose report was never issued; return how many."""
    missing = Decision.objects.filter(documents__isnull=True).values_list("pk", flat=True)
    keys = list(missing[:100])
    for key in keys:
        with transaction.atomic():
            ring(ISSUE_REPORT, key)
    return len(keys)


def render_pdf(report: Report) -> bytes:
    """The report as a tagged PDF. Nothing is fetched: styles are read from the project, the QR is drawn inline."""
    from weasyprint import CSS, HTML  # heavy to import, and only workers print

    html = visible_html(render_to_string("reports/evaluation_report.html", context(report)))
    sheets = [CSS(filename=str(Path(settings.BASE_DIR) / "static" / "css" / name)) for name in STYLESHEETS]
    pdf = HTML(string=html, url_fetcher=refuse).write_pdf(stylesheets=sheets, pdf_variant="pdf/ua-1")
    return bytes(pdf)


def context(report: Report) -> dict[str, Any]:
    address = settings.JALON_BASE_URL.rstrip("/") + reverse("web:verify", args=[report.number])
    return {
        "report": report,
        "decided_on": datetime.fromisoformat(report.decided_on),
        "submitted_at": datetime.fromisoformat(report.submitted_at),
        "address": address,
        "qr": _qr(address),
    }


def _qr(address: str) -> SafeString:
    """A QR code as an SVG element; safe because the library draws it from an address of ours."""
    out = io.BytesIO()
    segno.make(address, error="m").save(out, kind="svg", xmldecl=False, svgns=True, border=0, omitsize=True)
    return SafeString(out.getvalue().decode())


def refuse(url: str, *args: Any, **kwargs: Any) -> dict[str, Any]:
    """What WeasyPrint calls to fetch an address: raises ValueError, whatever it is."""
    raise ValueError(f"a report fetches nothing: {url}")
