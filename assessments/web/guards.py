"""What every request of somebody logged in passes before its page: the life of the session, the second factor."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from assessments import policies
from assessments.domain.access import AccessKind
from assessments.models import User
from assessments.selectors.factors import has_factor
from assessments.services import logins
from assessments.signals import BEGUN, PASSED, SEEN
from assessments.visitors import in_use, note
from certification.clients import wants_json

SEEN_EVERY: Final = 60  # seconds

PROVING: Final = frozenset(
    {
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
        "account_logout",
        "set_language",
        "healthz",
        "readyz",
    }
)
"""Open to whoever has a factor and has not shown it in this session."""

SETTING_UP: Final = PROVING | {
    "account_reauthenticate",
    "account_change_password",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "web:security",
    "web:session_end",
    "web:sessions_end",
}
"""Open to whoever must have a factor and has none."""


class SessionLife:
    """Ends a session that was left idle, or has lasted its day; once a minute, notes that it is in use."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and isinstance(request.user, User):
            self._look(request, request.user, int(time.time()))
        return self.get_response(request)

    def _look(self, request: HttpRequest, person: User, now: int) -> None:
        session = request.session
        begun, seen = session.get(BEGUN, now), session.get(SEEN, 0)
        idle = now - seen > settings.SESSION_IDLE_MINUTES * 60 if seen else False
        if idle or now - begun > settings.SESSION_HOURS * 3600:
            logins.forget(session_key=session.session_key or "")
            note(request, AccessKind.SESSION_EXPIRED, person, idle=idle)
            session.flush()
            request.user = AnonymousUser()
            messages.info(request, _("Votre session est terminée : connectez-vous de nouveau."))
        elif now - seen >= SEEN_EVERY:
            session[BEGUN], session[SEEN] = begun, now
            in_use(request, person)


class SecondFactor:
    """Leads whoever must show a second factor to where it is shown, or set up; everything else waits."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        person = request.user
        if not isinstance(person, User) or not policies.needs_factor(person):
            return None
        if request.session.get(PASSED) == person.pk:
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        if has_factor(person):
            return None if name in PROVING else _led(request, _back_to(request, "mfa_reauthenticate"))
        return None if name in SETTING_UP else _led(request, reverse("mfa_index"))


def _back_to(request: HttpRequest, name: str) -> str:
    here = request.get_full_path() if request.method == "GET" else "/"
    return f"{reverse(name)}?{urlencode({'next': here})}"


def _led(request: HttpRequest, url: str) -> HttpResponse:
    """A person goes there; a script is told why it is refused."""
    if request.headers.get("hx-request"):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    if wants_json(request):
        sentence = _("Votre rôle demande un second facteur : ouvrez la page de sécurité de votre compte.")
        return JsonResponse({"code": "second_factor", "detail": sentence}, status=403)
    return redirect(url)
