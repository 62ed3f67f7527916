"""The sentences common to the checks that rest on code."""

from __future__ import annotations

from collections.abc import Mapping

Words = dict[str, dict[str, str]]

FAULTS: Words = {
    "notebook.broken": {
        "fr": "Le notebook {path} ne peut pas être lu : ce n’est pas un document JSON complet.",
        "en": "The notebook {path} cannot be read: it is not a complete JSON document.",
    },
    "code.too_much": {
        "fr": "{path} n’a pas été analysé : les scripts de l’archive dépassent {limit:size} au total.",
        "en": "{path} was not analysed: the scripts of the archive exceed {limit:size} in total.",
    },
}


def words(code: str, fr: Mapping[str, str], en: Mapping[str, str]) -> Words:
    """The sentences of a check decided by ``decide``: ``met`` and ``not_met`` are its own, the rest is common."""
    return {
        f"{code}.met": {"fr": fr["met"], "en": en["met"]},
        f"{code}.met_not_executed": {
            "fr": fr["met"] + " Le code n’a pas été exécuté dans la version remise.",
            "en": en["met"] + " The code was not executed in the version handed in.",
        },
        f"{code}.not_met": {"fr": fr["not_met"], "en": en["not_met"]},
        f"{code}.unreadable": {
            "fr": fr["not_met"]
            + " Le fichier {path} n’a pas pu être lu ({count:fichier illisible|fichiers illisibles} au total) : "
            "à vérifier par une personne.",
            "en": en["not_met"]
            + " The file {path} could not be read ({count:unreadable file|unreadable files} in all): "
            "a person should look.",
        },
        f"{code}.handed": {
            "fr": fr["not_met"] + " Un objet y est confié, dans {path}, à une fonction absente de l’archive.",
            "en": en["not_met"] + " An object is handed, in {path}, to a function that is not in the archive.",
        },
        f"{code}.too_long": {
            "fr": fr["not_met"] + " Le code de {path} est trop long pour avoir été analysé en entier.",
            "en": en["not_met"] + " The code of {path} is too long to have been analysed whole.",
        },
    }
