"""Browsers in which a person has come in before.

Whoever knows an address can spend the attempts that its account allows. Were these counted together, a stranger could
close the log-in to its owner. A browser that was let in once therefore carries a signed cookie, and has attempts of
its own (OWASP, *Slow Down Online Guessing Attacks with Device Cookies*).
"""

from __future__ import annotations

import secrets

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import constant_time_compare, salted_hmac

SALT = "certification.known_browsers"
MAX_AGE = 365 * 24 * 60 * 60


def remember(response: HttpResponseBase, email: str) -> None:
    """Let the browser that gets this answer be known again for the account of this address."""
    response.set_signed_cookie(
        settings.KNOWN_BROWSER_COOKIE_NAME,
        f"{_account(email)}.{secrets.token_urlsafe(16)}",
        salt=SALT,
        max_age=MAX_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def name_of(request: HttpRequest, email: str) -> str:
    """The name under which this browser is known for the account of this address; empty for any other."""
    value = request.get_signed_cookie(settings.KNOWN_BROWSER_COOKIE_NAME, default="", salt=SALT, max_age=MAX_AGE)
    account, _dot, name = str(value).partition(".")
    return name if constant_time_compare(account, _account(email)) else ""


def _account(email: str) -> str:
    return salted_hmac(SALT, email.strip().lower(), algorithm="sha256").hexdigest()
