"""The evaluation report of a decision, as PDF (WeasyPrint), issued once."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path
from typing import Any

import segno
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString

from assessments.domain.codes import new_code, spelled
from assessments.models import Decision, Document
from assessments.models.decisions import DocumentKind
from assessments.models.printing import PrintState
from assessments.selectors.report import report_of
from assessments.selectors.report_content import Report, report_from
from assessments.services import documents, leases, printing
from certification.visible import visible_html

STYLESHEETS = ("report.css",)


def print_order(*, order_id: int) -> None:
    """Print a report that was ordered. Safe to deliver twice; what fails is tried again, and given up by name."""
    order = leases.claim(printing.KIND, order_id)
    if order is None:
        return
    with leases.hold(printing.KIND, order):
        issue(decision_id=order.decision_id)
        leases.settle(printing.KIND, order, state=PrintState.ISSUED)


def issue(*, decision_id: int) -> Document:
    """Render and store the report of a decision; a second delivery returns the one already issued."""
    decision = decision_to_print(decision_id)
    existing = decision.documents.filter(kind=DocumentKind.EVALUATION_REPORT).first()
    if existing is not None:
        return existing
    with translation.override("fr"):
        content = report_of(decision).content
        report, code = report_from(content), new_code()
        pdf = render_pdf(report, code)
    return documents.issue(
        kind=DocumentKind.EVALUATION_REPORT,
        decision=decision,
        number=report.number,
        code=code,
        content=content,
        pdf=pdf,
    )


def decision_to_print(decision_id: int) -> Decision:
    """The decision with what its report reads of it."""
    return (
        Decision.objects.select_related(
            "work__assessment__referential",
            "submission__review",
            "submission__snapshot",
            "names",
        )
        .prefetch_related("lines")
        .get(pk=decision_id)
    )


def render_pdf(report: Report, code: str) -> bytes:
    """The report as a tagged PDF, with its verification code.

    Nothing is fetched: styles are read from the project, the QR is drawn inline.
    """
    from weasyprint import CSS, HTML  # heavy to import, and only workers print

    html = visible_html(render_to_string("reports/evaluation_report.html", context(report, code)))
    sheets = [CSS(filename=str(Path(settings.BASE_DIR) / "static" / "css" / name)) for name in STYLESHEETS]
    pdf = HTML(string=html, url_fetcher=refuse).write_pdf(stylesheets=sheets, pdf_variant="pdf/ua-1")
    return bytes(pdf)


def context(report: Report, code: str) -> dict[str, Any]:
    base = settings.JALON_BASE_URL.rstrip("/")
    address = base + reverse("web:verify_code", args=[report.number, spelled(code)])
    return {
        "report": report,
        "code": spelled(code),
        "decided_on": datetime.fromisoformat(report.decided_on),
        "submitted_at": datetime.fromisoformat(report.submitted_at),
        "address": address,
        "verify_address": base + reverse("web:verify_form"),
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
