"""Who holds a second factor. Recovery codes are no factor by themselves: they replace one that is lost."""

from __future__ import annotations

from allauth.mfa.models import Authenticator

from assessments.models import User

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def has_factor(user: User) -> bool:
    return bool(Authenticator.objects.filter(user_id=user.pk, type__in=FACTORS).exists())
