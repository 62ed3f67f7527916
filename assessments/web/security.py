"""One's own security: second factor, sessions and who closes them, the latest accesses."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from assessments import policies
from assessments.selectors.security import security_of
from assessments.services import logins
from assessments.web.access import Request, member
from assessments.web.access_words import FACTORS, KINDS, device_of
from assessments.web.components import Crumb


@require_safe
@member
def security(request: Request) -> HttpResponse:
    shown = security_of(request.user, request.session.session_key or "")
    context = {
        "page_title": _("Sécurité du compte"),
        "crumbs": [Crumb(_("Profil"), reverse("web:profile")), Crumb(_("Sécurité"))],
        "factors": [FACTORS[kind] for kind in shown.factors],
        "required": policies.needs_factor(request.user),
        "visits": [(visit, device_of(visit.agent)) for visit in shown.visits],
        "others": any(not visit.here for visit in shown.visits),
        "comings": [(coming, KINDS[coming.kind], device_of(coming.agent)) for coming in shown.comings],
    }
    return render(request, "web/security.html", context)


@require_POST
@member
def session_end(request: Request, pk: int) -> HttpResponse:
    if not logins.end(actor=request.user, key=pk):
        raise Http404
    messages.success(request, _("Cette session est fermée."))
    return redirect("web:security")


@require_POST
@member
def sessions_end(request: Request) -> HttpResponse:
    """All but this one."""
    ended = logins.end_all(person=request.user, but=request.session.session_key)
    told = ngettext("%d autre session est fermée.", "%d autres sessions sont fermées.", ended)
    messages.success(request, told % ended)
    return redirect("web:security")


urlpatterns = [
    path("profil/securite/", security, name="security"),
    path("profil/securite/sessions/fermer/", sessions_end, name="sessions_end"),
    path("profil/securite/sessions/<int:pk>/fermer/", session_end, name="session_end"),
]
