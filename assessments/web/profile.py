"""One's own account: who one is, language and theme, and the ways to password, security and tokens."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from assessments.selectors.profile import profile_of
from assessments.web.access import Request, member


@require_safe
@member
def profile(request: Request) -> HttpResponse:
    return render(request, "web/profile.html", {"page_title": _("Profil"), "profile": profile_of(request.user)})


urlpatterns = [path("profil/", profile, name="profile")]
