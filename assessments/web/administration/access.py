"""The log of accesses: who came in, who was refused, what was downloaded or verified."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from assessments.domain.access import AccessKind
from assessments.models import Role, User
from assessments.selectors.administration.access import AccessRow, access_page
from assessments.services import factors
from assessments.web.access import Request, role_required
from assessments.web.access_words import FACTORS, KINDS, device_of
from assessments.web.administration.frame import Asked
from assessments.web.components import Crumb, FilterField


@require_safe
@role_required(Role.ADMINISTRATOR)
def admin_accesses(request: Request) -> HttpResponse:
    asked, kind = Asked.of(request), request.GET.get("kind", "")
    page = access_page(query=asked.query, kind=kind, page=asked.page)
    kinds = [("", _("Tous")), *((code.value, str(label)) for code, label in KINDS.items())]
    context = {
        "page_title": _("Accès"),
        "crumbs": [Crumb(_("Personnes"), reverse("web:admin_people")), Crumb(_("Accès"))],
        "page": page,
        "rows": [(row, KINDS[AccessKind(row.kind)], device_of(row.agent), _about(row)) for row in page],
        "filters": [
            FilterField("q", _("Rechercher une personne, une adresse, un numéro de document"), value=asked.query),
            FilterField("kind", _("Accès"), kinds, kind),
        ],
    }
    return render(request, "web/administration/accesses.html", context)


def _about(row: AccessRow) -> str:
    """What the access was to, or with."""
    details = row.details
    factor = FACTORS.get(details.get("factor", ""), "")
    return str(details.get("number") or details.get("file") or factor)


@require_POST
@role_required(Role.ADMINISTRATOR)
def admin_factor_reset(request: Request, pk: int) -> HttpResponse:
    person = get_object_or_404(User, pk=pk)
    factors.reset(actor=request.user, person=person)
    messages.success(request, _("Le second facteur de %s est retiré ; un message l’en avertit.") % person.full_name)
    return redirect("web:admin_person_edit", pk=pk)


urlpatterns = [
    path("administration/acces/", admin_accesses, name="admin_accesses"),
    path("administration/personnes/<int:pk>/second-facteur/retirer/", admin_factor_reset, name="admin_factor_reset"),
]
