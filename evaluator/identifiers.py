"""Which names say that they identify a person or a row: of a route's parameter, a JSON key, a column. Pure."""

from __future__ import annotations

import re
import unicodedata

_IDENTIFIERS = {
    "id", "ids", "identifiant", "identifier", "ident", "uid", "uuid", "pk", "numero", "matricule", "siren", "siret",
}  # fmt: skip
_ALONE = {"client", "customer", "cust", "user", "loan", "pret", "index", "idx", "row", "position"}
_PLACES = {"row", "position"}
_BESIDE = {"num", "number", "no", "code", "key", "ref", "selected", "input", "of", "du", "de", "le", "la"}
_MEASURES = {"days", "count", "nb", "flag", "amt", "amount", "age", "date", "year", "time", "mean", "max", "min", "sum"}
_RUN_TOGETHER = re.compile(r"id(?:client|user|customer|loan|pret)|(?:client|customer|user|loan|pret|person|product)id")


def is_identifier(name: str) -> bool:
    """Whether a name says that it identifies a person or a row: ``client_id``, ``Numéro du client``, ``num_client``.

    ``DAYS_ID_PUBLISH`` measures and ``REGION_RATING_CLIENT`` describes: neither identifies.
    """
    words = set(re.split(r"[^a-z0-9]+", folded(name))) - {""}
    if words & _MEASURES:
        return False
    if words & _IDENTIFIERS or any(_RUN_TOGETHER.fullmatch(word) for word in words):
        return True
    if words & _PLACES:
        return len(words) == 1  # a number of rows is none of them
    return bool(words & _ALONE) and words <= _ALONE | _BESIDE


def folded(name: str) -> str:
    """Without accents, in small letters, the words of ``camelCase`` parted by an underscore."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"(?<=[a-z])(?=[A-Z])|-", "_", plain).lower()
