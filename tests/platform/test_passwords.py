"""What French people choose is refused by rule, and what nobody guesses is let through without conditions."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from assessments.models import User
from certification.passwords import FrenchPasswordValidator, listed_words
from certification.passwords.guessing import is_guessable

CAMILLE = User(email="camille.exemple@ecole-du-nord.fr", full_name="Camille Exemple-Durand")


@pytest.mark.parametrize(
    "password",
    [
        "motdepasse123", "Motdepasse2026!", "M0td3p@sse2026", "mot de passe 2026", "MOT-DE-PASSE-1",
        "azertyuiop123", "azertyazerty", "AzertyUiop1234", "azertyuiopqsdfghjklm", "wxcvbn123456", "mlkjhgfdsq12",
        "aqwzsxedc123",
        "marseille13000", "OlympiqueDeMarseille", "PSG-icicestparis", "allezlesbleus98",
        "jetaimemonamour", "jessica12051990", "Hélène&Frédéric", "nicolas.sophie", "soleilsoleil", "doudouloulou!!",
        "123456789azerty", "chocolat-chocolat", "juillet14071789", "Bienvenue2026!", "datascience2026",
        "Jalon2026!!!!", "jalon-jalon-jalon", "certification2026", "abcabcabcabc", "aaaaaaaaaaaaaa", "xkqpxkqpxkqp",
        "&é\"'(-è_çà12345",
    ],
)  # fmt: skip
def test_what_is_guessed_first_is_refused(password: str) -> None:
    with pytest.raises(ValidationError) as refused:
        FrenchPasswordValidator().validate(password)
    assert refused.value.code == "password_too_common_fr"


@pytest.mark.parametrize(
    "password",
    [
        "cheval pile agrafe exact", "nouvelles-clefs-du-rivage", "correct horse battery staple", "vTq7#mKp2xLw",
        "le phare gratte sept nuages", "hautbois trempé rieur clou", "un-mot-de-passe-long", "trois soleils et demi",
    ],
)  # fmt: skip
def test_what_nobody_guesses_passes(password: str) -> None:
    validate_password(password, CAMILLE)


@pytest.mark.parametrize(
    "password",
    [
        "camilleexemple",
        "Durand-Camille-1990",
        "ecole-du-nord-59",
        "c4m1ll3.3x3mpl3",
        "exemple12345678",
        "Camille Durand Ecole",
    ],
)
def test_ones_own_name_is_no_secret(password: str) -> None:
    with pytest.raises(ValidationError):
        FrenchPasswordValidator().validate(password, CAMILLE)


def test_the_platforms_own_name_is_no_secret(settings: Settings) -> None:
    settings.JALON_BASE_URL = "https://titres.academie-du-chiffre.example"
    with pytest.raises(ValidationError):
        FrenchPasswordValidator().validate("Academie-Chiffre-2026")


def test_no_composition_is_asked_for() -> None:
    for password in ("hautboistrempeclou", "HAUTBOISTREMPECLOU", "hautbois trempé clou"):
        validate_password(password)


def test_it_is_said_in_both_languages() -> None:
    for language, said in (("fr", "quatre mots"), ("en", "four")):
        with translation.override(language), pytest.raises(ValidationError) as refused:
            FrenchPasswordValidator().validate("motdepasse2026")
        assert said in str(refused.value)
        assert FrenchPasswordValidator().get_help_text()


def test_the_list_is_plain_and_worth_having() -> None:
    assert {"motdepasse", "francois", "marseille", "jalon"} <= listed_words()
    assert all(word.isascii() and word.isalpha() for word in listed_words())
    assert len(listed_words()) > 600


@given(st.text(max_size=200))
def test_any_text_gets_an_answer(password: str) -> None:
    assert is_guessable(password, listed_words()) in (True, False)


def test_a_long_text_made_to_be_searched_gets_one_too() -> None:
    assert is_guessable("1aa@0o" * 600, listed_words()) in (True, False)
