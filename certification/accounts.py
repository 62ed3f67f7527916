"""How people come in: by an account an administrator opened, unless sign-up was opened on purpose."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest

from certification.reauthentication import FactorFirst


class AccountAdapter(FactorFirst, DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return bool(settings.ACCOUNT_SIGNUP_OPEN)
