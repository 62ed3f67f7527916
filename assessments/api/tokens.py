"""A password for a token, for tools that hold no browser."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from django.core.exceptions import ValidationError as RefusedByLimit
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from assessments.domain.access import AccessKind
from assessments.models import User
from assessments.services import tokens
from assessments.visitors import note
from certification.throttling import NetworkThrottle


class CredentialsSerializer(serializers.Serializer[Any]):
    username = serializers.EmailField(help_text="The e-mail of the account.", max_length=254)
    password = serializers.CharField(trim_whitespace=False, max_length=1000, style={"input_type": "password"})


class GivenSerializer(serializers.Serializer[Any]):
    token = serializers.CharField(help_text="Shown once. Send it as `Authorization: Token …`.")
    expires_at = serializers.DateTimeField()
    scopes = serializers.ListField(child=serializers.CharField())


class TokenView(APIView):
    """Exchange an e-mail (as ``username``) and a password for a token.

    Refused to accounts with a second factor, or that must have one: they create their tokens on their profile.
    """

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = (NetworkThrottle,)
    throttle_scope = "token"

    @extend_schema(request=CredentialsSerializer, responses={200: GivenSerializer})
    def post(self, request: Request) -> Response:
        form = CredentialsSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        person = _proven(request, **form.validated_data)
        given = tokens.exchange(actor=person)
        note(request._request, AccessKind.TOKEN_EXCHANGED, person, token=given.token.pk)
        token = given.token
        shown = {"token": given.key, "expires_at": token.expires_at, "scopes": token.scopes}
        return Response(GivenSerializer(shown).data)


def _proven(request: Request, username: str, password: str) -> User:
    """The person, by the same door as the screens and its limits. Raises Throttled, ValidationError."""
    try:
        person = get_adapter().authenticate(request._request, email=username, password=password)
    except RefusedByLimit as limit:
        raise exceptions.Throttled(detail=" ".join(limit.messages)) from limit
    if not isinstance(person, User) or not person.is_active:
        raise exceptions.ValidationError({"non_field_errors": [_("Adresse ou mot de passe inconnu.")]})
    return person
