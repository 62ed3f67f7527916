"""What Django and allauth tell of people coming in: each signal calls one service."""

from __future__ import annotations

import time
from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as factors
from allauth.mfa.models import Authenticator
from django.contrib.auth import signals as auth
from django.http import HttpRequest

from assessments.domain.access import AccessKind
from assessments.models import User
from assessments.services import logins
from assessments.visitors import in_use, note

# What the session itself holds: who showed a second factor in it, since when it runs, when it was last used.
PASSED = "second_factor"
BEGUN = "begun"
SEEN = "seen"


def connect() -> None:
    """Once, when the application is ready."""
    auth.user_logged_in.connect(_logged_in, dispatch_uid="access")
    auth.user_login_failed.connect(_login_failed, dispatch_uid="access")
    auth.user_logged_out.connect(_logged_out, dispatch_uid="access")
    for signal in (account.password_changed, account.password_set, account.password_reset):
        signal.connect(_password_changed, dispatch_uid="access")
    factors.authenticator_used.connect(_factor_used, dispatch_uid="access")
    factors.authentication_failed.connect(_factor_failed, dispatch_uid="access")
    factors.authenticator_added.connect(_factor_added, dispatch_uid="access")
    factors.authenticator_removed.connect(_factor_removed, dispatch_uid="access")
    factors.authenticator_reset.connect(_codes_renewed, dispatch_uid="access")


def _logged_in(request: HttpRequest, user: User, **_: Any) -> None:
    request.session[BEGUN] = request.session[SEEN] = int(time.time())
    note(request, AccessKind.LOGIN, user)


def _login_failed(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    claimed = str(credentials.get("email") or credentials.get("username") or "")[:254]
    person = User.objects.filter(email=claimed.strip().lower()).first()
    note(request, AccessKind.LOGIN_FAILED, person, claimed="" if person else claimed)


def _logged_out(request: HttpRequest, user: User | None, **_: Any) -> None:
    if user is not None:
        logins.forget(session_key=request.session.session_key or "")
        note(request, AccessKind.LOGOUT, user)


def _password_changed(request: HttpRequest, user: User, **_: Any) -> None:
    logins.end_all(person=user, but=request.session.session_key if request.user == user else None)
    note(request, AccessKind.PASSWORD_CHANGED, user)


def _factor_used(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    request.session[PASSED] = user.pk
    note(request, AccessKind.FACTOR_USED, user, factor=authenticator.type)
    if request.user == user:  # a session from another door: listed at once, so that it can be ended
        in_use(request, user)


def _factor_failed(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    note(request, AccessKind.FACTOR_FAILED, user, factor=authenticator.type)


def _factor_added(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    """Whoever sets a factor up has just shown that it works; sessions begun without it end."""
    note(request, AccessKind.FACTOR_ADDED, user, factor=authenticator.type)
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        request.session[PASSED] = user.pk
        logins.end_all(person=user, but=request.session.session_key)


def _factor_removed(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    note(request, AccessKind.FACTOR_REMOVED, user, factor=authenticator.type)


def _codes_renewed(request: HttpRequest, user: User, **_: Any) -> None:
    note(request, AccessKind.CODES_RENEWED, user)
