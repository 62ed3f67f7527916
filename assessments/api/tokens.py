"""A token against an address and a password: the same limits as the log-in page, since the same things are guessed."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.authtoken.serializers import AuthTokenSerializer
from rest_framework.exceptions import Throttled


class TokenRequestSerializer(AuthTokenSerializer):
    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Raises Throttled after too many attempts on an account; one answer for whatever does not open it."""
        request = self.context["request"]._request
        try:
            user = get_adapter(request).authenticate(request, email=attrs["username"], password=attrs["password"])
        except ValidationError as error:
            raise Throttled(detail=" ".join(error.messages)) from error
        if user is None or not user.is_active:
            raise serializers.ValidationError(_("Adresse ou mot de passe incorrect."), code="authorization")
        return attrs | {"user": user}
