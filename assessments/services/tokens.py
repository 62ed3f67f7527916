"""Tokens of the API: several for each person, named, scoped, ending; shown once, kept as digests, revoked at will."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments import policies
from assessments.domain import texts
from assessments.domain.access import EXCHANGED_DAYS, LIFETIMES, MOST_EXCHANGED, MOST_TOKENS, Scope
from assessments.models import ApiToken, User
from assessments.selectors.factors import has_factor
from assessments.services import journal
from assessments.services.errors import Refused
from assessments.services.journal import Act
from assessments.services.texts import kept

PREFIX = "jalon_"
HINT = len(PREFIX) + 4
USE_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Given:
    """A new token, and the only sight of its key."""

    key: str
    token: ApiToken


@transaction.atomic
def create(
    *, actor: User, name: str, scopes: Collection[Scope] = (Scope.READ, Scope.DEPOSIT), days: int = LIFETIMES[0]
) -> Given:
    """Give the actor one more token.

    Raises Refused("token.name"), ("text.too_long"), ("token.scopes"), ("token.days"); ("token.too_many") beyond
    ``MOST_TOKENS``.
    """
    name = " ".join(kept(name, texts.LABEL).split())
    if not name:
        raise Refused("token.name", _("Donnez un nom à ce jeton : celui de l’outil qui s’en servira."))
    if not scopes:
        raise Refused("token.scopes", _("Choisissez au moins un droit."))
    if days not in LIFETIMES:
        raise Refused("token.days", _("Choisissez une durée de la liste."))
    User.objects.select_for_update(no_key=True).get(pk=actor.pk)
    _forget_ended(actor)
    if actor.api_tokens.count() >= MOST_TOKENS:
        sentence = _("Vous avez déjà %(most)d jetons : révoquez-en un qui ne sert plus.")
        raise Refused("token.too_many", sentence, most=MOST_TOKENS)
    given = _make(actor, name, scopes, days, exchanged=False)
    journal.record(actor, "token.created", actor, token=given.token.pk, scopes=given.token.scopes, days=days)
    return given


@transaction.atomic
def exchange(*, actor: User) -> Given:
    """Give a token to somebody who has just proven their password; beyond a few, it takes the place of the oldest.

    Raises Refused("token.second_factor") for who holds a second factor, or must: a password alone is not enough.
    """
    if policies.needs_factor(actor) or has_factor(actor):
        sentence = _(
            "Ce compte demande un second facteur : créez un jeton dans votre profil, après vous être connecté."
        )
        raise Refused("token.second_factor", sentence)
    User.objects.select_for_update(no_key=True).get(pk=actor.pk)
    _forget_ended(actor)
    latest = actor.api_tokens.filter(exchanged=True).values_list("pk", flat=True)[: MOST_EXCHANGED - 1]
    actor.api_tokens.filter(exchanged=True).exclude(pk__in=list(latest)).delete()
    given = _make(actor, str(_("Échangé contre le mot de passe")), list(Scope), EXCHANGED_DAYS, exchanged=True)
    journal.record(actor, "token.created", actor, token=given.token.pk, scopes=given.token.scopes, days=EXCHANGED_DAYS)
    return given


@transaction.atomic
def revoke(*, actor: User, token: ApiToken) -> None:
    """Take back one of the actor's tokens; nothing happens when it is another's, or gone."""
    deleted, _by_model = actor.api_tokens.filter(pk=token.pk).delete()
    if deleted:
        journal.record(actor, "token.revoked", actor, token=token.pk)


@transaction.atomic
def revoke_all(*, person: User) -> None:
    """With a new password, whatever the old one gave ends. Called with the person's row locked."""
    keys = list(person.api_tokens.values_list("pk", flat=True))
    person.api_tokens.filter(pk__in=keys).delete()
    journal.record_all([Act(person, "token.revoked", person, {"token": key}) for key in keys])


def find(key: str) -> ApiToken | None:
    """The token of that key with its person, unless it has ended or the account is closed."""
    now = timezone.now()
    token = ApiToken.objects.select_related("user").filter(digest=digest_of(key), expires_at__gt=now).first()
    if token is None or not token.user.is_active:
        return None
    _note_use(token, now)
    return token


def digest_of(key: str) -> str:
    """The key has 256 random bits: a fast digest tells nothing of it."""
    return hashlib.sha256(key.encode()).hexdigest()


def _make(actor: User, name: str, scopes: Collection[Scope], days: int, *, exchanged: bool) -> Given:
    key = PREFIX + secrets.token_urlsafe(32)
    now = timezone.now()
    token = ApiToken.objects.create(
        user=actor,
        name=name,
        digest=digest_of(key),
        hint=key[:HINT],
        scopes=[scope.value for scope in Scope if scope in scopes],
        exchanged=exchanged,
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    return Given(key, token)


def _note_use(token: ApiToken, now: datetime) -> None:
    """A tool that asks all the time does not write all the time."""
    stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - USE_NOTED_EVERY)
    if token.last_used_at is None or token.last_used_at < now - USE_NOTED_EVERY:
        ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)


def _forget_ended(person: User) -> None:
    person.api_tokens.filter(expires_at__lte=timezone.now()).delete()
