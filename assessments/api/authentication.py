"""Who a tool speaks for, and what its token lets it do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from rest_framework import authentication, exceptions, permissions
from rest_framework.request import Request

from assessments import policies
from assessments.domain.access import Scope
from assessments.models import ApiToken, User
from assessments.selectors.factors import has_factor
from assessments.services import tokens

if TYPE_CHECKING:
    from rest_framework.views import APIView


class ApiTokenAuthentication(authentication.TokenAuthentication):
    """``Authorization: Token jalon_…``."""

    def authenticate_credentials(self, key: str) -> tuple[User, Any]:
        """Raises AuthenticationFailed; PermissionDenied for who must hold a second factor and does not yet."""
        token = tokens.find(key)
        if token is None:
            raise exceptions.AuthenticationFailed(_("Jeton inconnu, expiré ou révoqué."))
        if policies.needs_factor(token.user) and not has_factor(token.user):
            raise exceptions.PermissionDenied(
                _("Ce compte demande un second facteur : connectez-vous pour le mettre en place."), "second_factor"
            )
        return token.user, token


class InScope(permissions.BasePermission):
    """A token reads with the scope of reading, and changes something with the ``write_scope`` of the view.

    A view that names none is closed to tokens for changes. Somebody logged in on the screens has every scope.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        token = request.auth
        if not isinstance(token, ApiToken):
            return True
        wanted = Scope.READ if request.method in permissions.SAFE_METHODS else getattr(view, "write_scope", None)
        self.message = _("Ce jeton n’a pas ce droit.")
        return wanted is not None and wanted.value in token.scopes
