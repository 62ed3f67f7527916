"""The addresses of the second factor, each named: what allauth would add one day is not served by itself."""

from __future__ import annotations

from typing import Any

from allauth.mfa.base import views as base
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path, reverse_lazy
from django.views.decorators.cache import never_cache

from assessments import policies
from certification.factors import FactorAdapter

HOME = reverse_lazy("mfa_index")


class Home(base.IndexView):  # type: ignore[misc]  # allauth ships no types
    """Says besides whether the reader's role demands a factor."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"factor_required": policies.needs_factor(self.request.user)}


class RemovePasskey(passkeys.RemoveWebAuthnView):  # type: ignore[misc]  # allauth ships no types
    """allauth asks the adapter before it removes an application, and not before it removes a passkey."""

    success_url = HOME

    def form_valid(self, form: object) -> HttpResponse:
        adapter = FactorAdapter()
        if not adapter.can_delete_authenticator(self.get_object()):
            messages.error(self.request, str(adapter.error_messages["cannot_delete_authenticator"]))
            return HttpResponseRedirect(str(HOME))
        response: HttpResponse = super().form_valid(form)
        return response


urlpatterns = [
    path("", Home.as_view(), name="mfa_index"),
    path("verifier/", base.authenticate, name="mfa_authenticate"),
    path("confirmer/", base.reauthenticate, name="mfa_reauthenticate"),
    path("application/", totp.activate_totp, name="mfa_activate_totp"),
    path("application/retirer/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("cles/nouvelle/", passkeys.add_webauthn, name="mfa_add_webauthn"),
    path("cles/confirmer/", passkeys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("cles/<int:pk>/retirer/", RemovePasskey.as_view(), name="mfa_remove_webauthn"),
    path("cles/<int:pk>/", passkeys.EditWebAuthnView.as_view(success_url=HOME), name="mfa_edit_webauthn"),
    # Seen once: not by the browser's memory either.
    path("codes/", never_cache(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("codes/nouveaux/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
]
