"""The second factor: everyone's own, and nothing of it without having proved again who one is."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator

from tests.web.permissions import Row, Scene


def passkey(scene: Scene) -> dict[str, Any]:
    """The candidate's."""
    return {"pk": Authenticator.objects.create(user=scene.world.candidate, type="webauthn", data={"name": "Clé"}).pk}


ROWS = [
    Row("mfa_index", {"anonymous": 302}, otherwise=200),
    # Only between the password and the inside.
    Row("mfa_authenticate", {}, otherwise=302),
    Row("mfa_reauthenticate", {}, otherwise=302),
    Row("mfa_reauthenticate_webauthn", {}, otherwise=302),
    *(
        Row(f"mfa_{name}", {}, method, otherwise=302)
        for name in ("activate_totp", "add_webauthn", "generate_recovery_codes")
        for method in ("get", "post")
    ),
    Row("mfa_edit_webauthn", {}, kwargs=passkey, otherwise=302),
    Row("mfa_remove_webauthn", {}, "post", kwargs=passkey, otherwise=302),
    Row("mfa_deactivate_totp", {"anonymous": 302}, "post"),
    Row("mfa_view_recovery_codes", {"anonymous": 302}),
]
