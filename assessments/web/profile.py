"""One's own account: who one is, language and theme, password, token of the API."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from assessments.selectors.profile import profile_of
from assessments.services import tokens
from assessments.web.access import Request, member


@require_safe
@member
def profile(request: Request) -> HttpResponse:
    return render(request, "web/profile.html", {"page_title": _("Profil"), "profile": profile_of(request.user)})


@never_cache
@require_POST
@member
def token_create(request: Request) -> HttpResponse:
    """The token stands in this answer and nowhere else: not in the session, not in a message, not in a log."""
    key = tokens.create(actor=request.user)
    context = {"page_title": _("Votre jeton d’accès"), "profile": profile_of(request.user), "token": key}
    return render(request, "web/profile.html", context)


@require_POST
@member
def token_revoke(request: Request) -> HttpResponse:
    tokens.revoke(actor=request.user)
    messages.success(request, _("Le jeton est révoqué : il n’ouvre plus rien."))
    return redirect("web:profile")


urlpatterns = [
    path("profil/", profile, name="profile"),
    path("profil/jeton/", token_create, name="token_create"),
    path("profil/jeton/revoquer/", token_revoke, name="token_revoke"),
]
