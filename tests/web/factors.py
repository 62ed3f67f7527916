"""People at their second factor, without a telephone."""

from __future__ import annotations

import time

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client
from django.urls import reverse

from assessments.models import User
from tests.factories import PASSWORD


def with_application(person: User) -> str:
    """Give a person an application; return its secret."""
    secret = str(generate_totp_secret())
    TOTP.activate(person, secret)
    return secret


def with_codes(person: User) -> list[str]:
    return list(RecoveryCodes.activate(person).generate_codes())


def code_of(secret: str, step: int = 0) -> str:
    """What the application shows, ``step`` half minutes from now."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + step)))


def knock(person: User, password: str = PASSWORD) -> Client:
    """Somebody who has shown a password at the door."""
    client = Client()
    client.post(reverse("account_login"), {"login": person.email, "password": password})
    return client


def shown(client: Client, code: str, name: str = "mfa_authenticate") -> int:
    return int(client.post(reverse(name), {"code": code}).status_code)


def is_in(client: Client) -> bool:
    return client.get(reverse("web:profile")).status_code == 200
