"""Tokens of the API: one for each person, shown once, replaced or revoked at will."""

from __future__ import annotations

from django.db import transaction
from rest_framework.authtoken.models import Token

from assessments.models import User
from assessments.services import journal


@transaction.atomic
def create(*, actor: User) -> str:
    """Give the actor a new token; an earlier one stops working at once."""
    Token.objects.filter(user=actor).delete()
    token = Token.objects.create(user=actor)
    journal.record(actor, "token.created", actor)
    return str(token.key)


@transaction.atomic
def revoke(*, actor: User) -> None:
    """Take the actor's token back; nothing happens when there is none."""
    revoked, _by_model = Token.objects.filter(user=actor).delete()
    if revoked:
        journal.record(actor, "token.revoked", actor)
