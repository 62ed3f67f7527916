"""How people come in: what allauth is told about addresses, limits, links and letters.

``User.email`` is the only place where an address stands: allauth's own table of addresses stays empty.
"""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal.ratelimit import RateLimitUsage, consume
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from assessments.domain.access import NOWHERE
from assessments.models import User
from assessments.services import people
from certification import known_browsers
from certification.clients import client_address, client_network
from certification.reauthentication import FactorFirst


class AccountAdapter(FactorFirst, DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    _account_usage: RateLimitUsage | None = None

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never by allauth, which lets people in before their address is proved (see ``account_signup``)."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request) or NOWHERE

    def set_password(self, user: User, password: str) -> None:
        people.set_password(person=user, password=password)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """From the address that the operator set, whatever host the request named."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return str(settings.JALON_BASE_URL + path.replace("UID-KEY", key))

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count an attempt by browser or network, then, from browsers not known, by account wherever they are.

        Raises ValidationError when there were too many.
        """
        super().pre_authenticate(request, **credentials)
        login = _login(credentials)
        if known_browsers.name_of(request, login):
            return
        self._account_usage = consume(request, app="allauth.account", action="login_failed_account", key=login)
        if self._account_usage is None:
            raise self.validation_error("too_many_login_attempts")

    def _rollback_login_failed_rl_usage(self) -> None:
        """Whoever gets in has failed nothing: their attempt counts neither by network nor by account."""
        super()._rollback_login_failed_rl_usage()
        if self._account_usage is not None:
            self._account_usage.rollback()

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **how: Any) -> HttpResponseBase:
        response: HttpResponseBase = super().post_login(request, user, **how)
        known_browsers.remember(response, str(getattr(user, "email", "")))
        return response

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """An account's attempts are counted apart for each known browser and each network: see ``known_browsers``."""
        login = _login(credentials)
        return f"{login}:{known_browsers.name_of(request, login) or client_network(request)}"


def _login(credentials: dict[str, Any]) -> str:
    return str(credentials.get("email") or credentials.get("username") or "").strip().lower()
