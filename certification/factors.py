"""The second factor, as this platform wants it of allauth: its words, its picture, its secrets at rest."""

from __future__ import annotations

import base64
import io
from typing import Any

import segno
from allauth.core import context
from allauth.mfa import app_settings
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import generate_totp_secret
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django import forms
from django.conf import settings
from django.core.cache import cache
from django.utils.crypto import salted_hmac
from django.utils.encoding import force_bytes
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments import policies

NAME = "Jalon"
PURPOSE = b"jalon second factor"


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": gettext_lazy(
            "Votre rôle demande un second facteur : ajoutez-en un autre avant de retirer celui-ci."
        ),
        "cannot_generate_recovery_codes": gettext_lazy(
            "Les codes de secours remplacent un second facteur : mettez-en d’abord un en place."
        ),
        "incorrect_code": gettext_lazy("Ce n’est pas le bon code, ou il a déjà servi."),
    }

    def build_totp_svg(self, url: str) -> str:
        picture = io.BytesIO()
        segno.make(url, error="m").save(picture, kind="svg", scale=4, border=2, light="#fff")
        return picture.getvalue().decode()

    def encrypt(self, text: str) -> str:
        """A copy of the database gives no code: the key is made of the platform's own, which is not in it."""
        return str(_cipher().encrypt(text.encode()), "ascii")

    def decrypt(self, encrypted_text: str) -> str:
        """What the platform's key of now does not open is answered by a secret that nobody knows: no code fits it."""
        try:
            return str(_cipher().decrypt(encrypted_text.encode()), "utf-8")
        except InvalidToken:
            return str(generate_totp_secret())

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Whoever must hold a factor keeps one."""
        others = Authenticator.objects.filter(user_id=authenticator.user_id).exclude(pk=authenticator.pk)
        kept = others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists()
        return kept or not policies.needs_factor(authenticator.user)

    def generate_authenticator_name(self, user: Any, type: str) -> str:
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return _("Clé d’accès") if number == 1 else _("Clé d’accès n° %d") % number

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": context.request.get_host().partition(":")[0], "name": NAME}


def _cipher() -> MultiFernet:
    keys = map(force_bytes, [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS])
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_derived(key))) for key in keys])


def _derived(key: bytes) -> bytes:
    return bytes(HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(key))


class OneTime(forms.CharField):
    """A code of an application, or a recovery code, typed with or without spaces."""

    def __init__(self, **options: Any) -> None:
        attributes = {"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
        super().__init__(max_length=40, widget=forms.TextInput(attrs=attributes), **options)


class UsedOnce:
    """A code counts once, for as long as it would be accepted.

    allauth remembers a code for one period only; with a tolerance it is accepted over several.
    """

    user: Any
    authenticator: Authenticator

    def clean_code(self) -> str:
        code = super().clean_code()  # type: ignore[misc]  # of the form this is mixed into
        if self.authenticator.type == Authenticator.Type.TOTP:
            digest = salted_hmac("jalon.totp.used", f"{self.user.pk} {''.join(code.split())}").hexdigest()
            accepted = app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1)
            if not cache.add(f"totp:{digest}", "", timeout=accepted):
                raise FactorAdapter().validation_error("incorrect_code")
        return str(code)


class CodeForm(UsedOnce, AuthenticateForm):  # type: ignore[misc]
    code = OneTime(
        label=gettext_lazy("Code"),
        help_text=gettext_lazy("Les six chiffres de votre application, ou l’un de vos codes de secours."),
    )


class CodeAgainForm(UsedOnce, ReauthenticateForm):  # type: ignore[misc]
    code = OneTime(
        label=gettext_lazy("Code"),
        help_text=gettext_lazy("Les six chiffres de votre application, ou l’un de vos codes de secours."),
    )


class ActivateForm(ActivateTOTPForm):  # type: ignore[misc]
    code = OneTime(
        label=gettext_lazy("Code affiché par l’application"),
        help_text=gettext_lazy("Six chiffres, qui changent toutes les trente secondes."),
    )


class PasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    name = forms.CharField(
        label=gettext_lazy("Nom de la clé"),
        help_text=gettext_lazy("Pour la reconnaître : « Téléphone », « Clé du bureau »…"),
        max_length=80,
        required=False,
    )


class PasskeyNameForm(EditWebAuthnForm):  # type: ignore[misc]
    name = forms.CharField(label=gettext_lazy("Nom de la clé"), max_length=80)
