"""The journal: who did what, and whether the chain is whole."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from assessments.models import Role
from assessments.selectors.administration.journal import journal_page
from assessments.services.verification import Verification
from assessments.web.access import Request, role_required
from assessments.web.administration.frame import Asked, session_crumbs
from assessments.web.administration.journal_words import ACTS, OBJECTS, acts_named, details_of
from assessments.web.components import FilterField


@require_safe
@role_required(Role.ADMINISTRATOR)
def admin_journal(request: Request) -> HttpResponse:
    asked, about = Asked.of(request), request.GET.get("about", "")
    page = journal_page(query=asked.query, acts=acts_named(asked.query), about=about, page=asked.page)
    kinds = [("", _("Tous")), *((code, str(label)) for code, label in OBJECTS.items())]
    context = {
        "page_title": _("Journal"),
        "crumbs": session_crumbs(here=_("Journal")),
        "page": page,
        "rows": [(row, ACTS.get(row.verb, ""), OBJECTS.get(row.about, row.about), details_of(row)) for row in page],
        "filters": [
            FilterField("q", _("Rechercher une personne, un acte, une empreinte"), value=asked.query),
            FilterField("about", _("Objet"), kinds, about),
        ],
    }
    return render(request, "web/administration/journal.html", context)


@require_POST
@role_required(Role.ADMINISTRATOR)
def admin_journal_verify(request: Request) -> HttpResponse:
    broken = next(Verification().of_journal(), None)
    if broken is None:
        messages.success(request, _("La chaîne du journal est intacte, de la première à la dernière ligne."))
    else:
        messages.error(request, _("La chaîne est rompue à la ligne n° %s.") % broken.about.split()[-1])
    return redirect("web:admin_journal")


urlpatterns = [
    path("administration/journal/", admin_journal, name="admin_journal"),
    path("administration/journal/verifier/", admin_journal_verify, name="admin_journal_verify"),
]
