"""The wording of ``evaluator.checks.exchanges``."""

from __future__ import annotations

MESSAGES: dict[str, dict[str, str]] = {
    "api.responds.met": {
        "fr": "L’API démarre en {seconds} s et {url} répond {status} pour un identifiant connu ; un identifiant "
        "inconnu et une entrée mal formée sont refusés proprement.",
        "en": "The API starts in {seconds} s and {url} answers {status} for a known identifier; an unknown identifier "
        "and a malformed one are refused cleanly.",
    },
    "api.responds.not_met_known": {
        "fr": "L’API démarre, mais {url} répond {status} pour l’identifiant {identifier}.",
        "en": "The API starts, but {url} answers {status} for the identifier {identifier}.",
    },
    "api.responds.not_met_unknown": {
        "fr": "Pour un identifiant inconnu, {url} répond {status} : une erreur 4xx claire est attendue.",
        "en": "For an unknown identifier, {url} answers {status}: a clear 4xx error is expected.",
    },
    "api.responds.not_met_malformed": {
        "fr": "Pour une entrée mal formée, {url} répond {status} : une erreur 4xx claire est attendue.",
        "en": "For malformed input, {url} answers {status}: a clear 4xx error is expected.",
    },
    "api.responds.not_met_no_identifier": {
        "fr": "L’API démarre, mais aucune de ses routes ne reçoit d’identifiant pour rendre une prédiction ({routes}).",
        "en": "The API starts, but none of its routes takes an identifier to answer a prediction ({routes}).",
    },
    "api.responds.not_met_start": {
        "fr": "L’API {app} ne démarre pas : {reason}",
        "en": "The API {app} does not start: {reason}",
    },
    "api.responds.undecided_django": {
        "fr": "L’API démarre, mais aucune de ses routes ({routes}) ne montre d’identifiant dans son chemin, et une vue "
        "Django ne dit pas ce qu’elle lit ailleurs.",
        "en": "The API starts, but none of its routes ({routes}) shows an identifier in its path, and a Django view "
        "does not tell what it reads elsewhere.",
    },
    "api.responds.undecided_identifier": {
        "fr": "L’API démarre, mais aucun identifiant connu n’a été trouvé pour l’interroger sur {route}. "
        "Déclarez-en un dans jalon.toml (section [api]).",
        "en": "The API starts, but no known identifier was found to ask {route} for. Declare one in jalon.toml "
        "(section [api]).",
    },
    "api.responds.undecided_library": {
        "fr": "L’API {app} demande la bibliothèque {module}, absente de l’environnement d’évaluation.",
        "en": "The API {app} asks for the library {module}, which the evaluation environment does not have.",
    },
    "api.responds.undecided_runtime": {
        "fr": "L’API {app} ne démarre pas dans l’environnement d’évaluation ({reason}). {why}",
        "en": "The API {app} does not start in the evaluation environment ({reason}). {why}",
    },
    "api.responds.undecided_versions": {
        "fr": "L’API {app} ne démarre pas avec les versions de l’environnement d’évaluation, et le projet n’en déclare "
        "pas d’autres ({reason}).",
        "en": "The API {app} does not start with the versions of the evaluation environment, and the project declares "
        "no others ({reason}).",
    },
    "api.none": {
        "fr": "Aucune API FastAPI, Flask ou Django n’a été trouvée dans le dépôt.",
        "en": "No FastAPI, Flask or Django API was found in the submission.",
    },
    "api.start_timeout": {
        "fr": "L’API ne répond pas après {seconds} s.",
        "en": "The API does not answer after {seconds} s.",
    },
    "api.start_failed": {
        "fr": "L’API ne démarre pas : {reason}",
        "en": "The API does not start: {reason}",
    },
}
