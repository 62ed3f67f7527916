"""The same person written otherwise, and another person."""

import pytest

from assessments.domain.names import same_name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Camille Exemple", "camille EXEMPLE"),
        ("Exemple Camille", "Camille Exemple"),
        ("EXEMPLE, Camille", "Camille Exemple"),
        ("Hélène Lefèvre", "Helene Lefevre"),
        ("He\u0301le\u0300ne", "Hélène"),
        ("Marie-Anne Petit", "Marie Anne Petit"),
        ("Marie-Anne Petit", "Marieanne Petit"),
        ("Jean\u2011Pierre Roy", "jean-pierre roy"),
        ("Cœur de Lion", "COEUR DE LION"),
        ("Aïcha N’Diaye", "aicha n'diaye"),
        ("  Zoé   Martin ", "Zoé Martin"),
        ("Straße", "STRASSE"),
        ("", " "),
    ],
)
def test_the_same_person(one: str, other: str) -> None:
    assert same_name(one, other)
    assert same_name(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Camille Exemple", "Camille Exempel"),
        ("Camille Exemple", "Camille"),
        ("Jean Martin", "Jeanne Martin"),
        ("Martin Martin", "Martin"),
        ("Anne Petit", "Anna Petit"),
        ("Camille Exemple", ""),
    ],
)
def test_another_person(one: str, other: str) -> None:
    assert not same_name(one, other)
    assert not same_name(other, one)
