"""Référentiels: the editions, and one edition to read or print."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from assessments.models import Role
from assessments.selectors.administration import referentials as reads
from assessments.web.access import Request, role_required
from assessments.web.administration.frame import language
from assessments.web.components import Crumb
from certification.referentials.models import Referential


@require_safe
@role_required(Role.ADMINISTRATOR)
def admin_referentials(request: Request) -> HttpResponse:
    context = {"page_title": _("Référentiels"), "rows": reads.edition_rows()}
    return render(request, "web/administration/referentials.html", context)


@require_safe
@role_required(Role.ADMINISTRATOR)
def admin_referential(request: Request, pk: int) -> HttpResponse:
    referential = get_object_or_404(Referential.objects.with_content(), pk=pk)
    edition = reads.edition_shown(referential, language())
    context = {
        "page_title": edition.title,
        "crumbs": [Crumb(_("Référentiels"), reverse("web:admin_referentials")), Crumb(edition.edition)],
        "edition": edition,
    }
    return render(request, "web/administration/referential.html", context)


urlpatterns = [
    path("administration/referentiels/", admin_referentials, name="admin_referentials"),
    path("administration/referentiels/<int:pk>/", admin_referential, name="admin_referential"),
]
