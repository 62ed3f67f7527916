"""Proving again who one is: with the second factor, for whoever has one, since the password is what gets stolen."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

WORDS = {
    "reauthenticate": lambda: _("Avec votre mot de passe"),
    "mfa_reauthenticate": lambda: _("Avec votre application ou un code de secours"),
    "mfa_reauthenticate:webauthn": lambda: _("Avec votre clé d’accès"),
}


class FactorFirst:
    """Mixed into the account adapter."""

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        methods = super().get_reauthentication_methods(user)  # type: ignore[misc]  # of allauth's adapter
        by_factor = [method for method in methods if method["id"] != "reauthenticate"]
        # A passkey is one gesture, a code is six figures to copy: what is easier is asked for first.
        by_factor.sort(key=lambda method: method["id"] != "mfa_reauthenticate:webauthn")
        return [method | {"description": WORDS[method["id"]]()} for method in by_factor or methods]
