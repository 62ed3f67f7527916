"""Issued documents for those concerned: the PDF, and the data it was printed from."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from assessments.domain.access import AccessKind
from assessments.models import Document
from assessments.selectors.documents import content_of
from assessments.services import storage
from assessments.visitors import note
from assessments.web.access import Request, get_visible, member


@require_safe
@member
def document(request: Request, pk: int) -> HttpResponse:
    """The PDF, whose name is its number; only for those who may see the decision."""
    found = get_visible(Document.objects.visible_to(request.user), pk=pk)
    note(request, AccessKind.DOCUMENT_DOWNLOADED, request.user, number=found.number)
    return _handed_over(storage.read_bytes(found.storage_key), "application/pdf", f"{found.number}.pdf")


@require_safe
@member
def document_content(request: Request, pk: int) -> HttpResponse:
    """The data in the very bytes whose sha256 is printed on the document; 404 where they were not stored."""
    found = get_visible(Document.objects.visible_to(request.user), pk=pk)
    content = content_of(found)
    if content is None:
        raise Http404
    note(request, AccessKind.DOCUMENT_DOWNLOADED, request.user, number=found.number)
    return _handed_over(content, "application/json", f"{found.number}.json")


def _handed_over(content: bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


urlpatterns = [
    path("documents/<int:pk>/", document, name="document"),
    path("documents/<int:pk>/contenu/", document_content, name="document_content"),
]
