"""Passwords that are guessed first in France: common words, first names, clubs, walks over an AZERTY keyboard.

Django's own list is of English leaks, and nearly all of it shorter than our twelve signs. What people make twelve
signs of is a word or two, a year and an exclamation mark: recognised by rule here, from a list of words
(NIST SP 800-63B, 3.1.1.2: compare with values known to be expected, the service's name and the person's among them;
impose no composition).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from certification.passwords.guessing import is_guessable, plain

WORDS = Path(__file__).with_name("words.txt")
PERSONAL = ("full_name", "email")


@cache
def listed_words() -> frozenset[str]:
    lines = WORDS.read_text(encoding="utf-8").splitlines()
    return frozenset(plain(word) for line in lines if not line.startswith("#") for word in line.split())


class FrenchPasswordValidator:
    """Refuses what is made of listed words, the platform's name, or the person's, and of digits and signs around."""

    def validate(self, password: str, user: object | None = None) -> None:
        if is_guessable(password, listed_words(), _own(user)):
            raise ValidationError(
                _(
                    "Ce mot de passe est de ceux qu’on essaie d’abord : mots courants, prénoms, noms connus ou suites "
                    "du clavier, même suivis de chiffres. Assemblez plutôt quatre mots sans rapport."
                ),
                code="password_too_common_fr",
            )

    def get_help_text(self) -> str:
        return _(
            "Votre mot de passe ne peut pas se réduire à un ou deux mots courants, prénoms ou suites du clavier, même "
            "suivis de chiffres. Quatre mots sans rapport font un bon mot de passe."
        )


def _own(user: object | None) -> frozenset[str]:
    """The words of the platform's address and of the person's name and address."""
    texts = [urlsplit(settings.JALON_BASE_URL).hostname or "", *(str(getattr(user, name, "")) for name in PERSONAL)]
    return frozenset(_long_enough(re.split(r"[\W_]+", " ".join(texts))))


def _long_enough(words: Iterable[str]) -> Iterable[str]:
    return (word for word in map(plain, words) if len(word) >= 2 and not word.isdigit())
