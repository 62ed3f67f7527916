"""Référentiels: the editions, one edition to read, and the same to take away as a file or printed."""

from __future__ import annotations

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from assessments.models import Role
from assessments.reports import referential as printed
from assessments.selectors.administration import referentials as reads
from assessments.web.access import Request, role_required
from assessments.web.administration.frame import language, referential_crumbs
from certification.referentials import exporters
from certification.referentials.models import Referential

PDF = "application/pdf"


@require_safe
@role_required(Role.ADMINISTRATOR)
def admin_referentials(request: Request) -> HttpResponse:
    context = {"page_title": _("Référentiels"), "rows": reads.edition_rows()}
    return render(request, "web/administration/referentials.html", context)


@require_safe
@role_required(Role.ADMINISTRATOR)
def admin_referential(request: Request, pk: int) -> HttpResponse:
    referential = get_object_or_404(Referential.objects.select_related("certification"), pk=pk)
    edition = reads.edition_shown(referential, language())
    context = {
        "page_title": edition.title,
        "crumbs": referential_crumbs(str(referential)),
        "edition": edition,
    }
    return render(request, "web/administration/referential.html", context)


@require_safe
@role_required(Role.ADMINISTRATOR)
def admin_referential_export(request: Request, pk: int) -> HttpResponse | FileResponse:
    """A file of the edition: `format` is json (the default), yaml, xlsx, case or pdf; 404 for any other."""
    referential = get_object_or_404(Referential.objects.with_content(), pk=pk)
    name = request.GET.get("format", "json")
    if name == "pdf":
        return _printed(request, referential)
    if name not in exporters.FORMATS:
        raise Http404
    data = exporters.export(referential, name, settings.JALON_BASE_URL)
    return _attached(data, exporters.FORMATS[name].media_type, exporters.file_name(referential, name))


def _printed(request: Request, referential: Referential) -> HttpResponse | FileResponse:
    """The PDF, once a worker has printed it; until then a page that waits for it."""
    key = printed.asked(referential)
    waiting = bool(request.htmx) and request.GET.get("attente") == "1"
    if key is not None and not waiting:
        name = _stem(referential) + ".pdf"
        return FileResponse(default_storage.open(key), as_attachment=True, filename=name, content_type=PDF)
    context = {
        "page_title": _("PDF du référentiel"),
        "crumbs": referential_crumbs("PDF", referential),
        "referential": referential,
        "ready": key is not None,
    }
    return render(request, "web/administration/referential_print.html", context)


def _stem(referential: Referential) -> str:
    return exporters.file_name(referential, "json").removesuffix(exporters.FORMATS["json"].suffix)


def _attached(data: bytes, media_type: str, name: str) -> HttpResponse:
    return HttpResponse(
        data, content_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


urlpatterns = [
    path("administration/referentiels/", admin_referentials, name="admin_referentials"),
    path("administration/referentiels/<int:pk>/", admin_referential, name="admin_referential"),
    path("administration/referentiels/<int:pk>/export/", admin_referential_export, name="admin_referential_export"),
]
