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
    "api.responds.met_by_values": {
        "fr": "L’API démarre en {seconds} s et {url} répond {status} à des valeurs prises dans le dépôt ou "
        "dans sa propre description.",
        "en": "The API starts in {seconds} s and {url} answers {status} to values taken from the submission or from "
        "its own description.",
    },
    "api.responds.not_met_by_values": {
        "fr": "L’API démarre et {url} répond {status} à des valeurs, mais aucune de ses routes ne reçoit d’identifiant "
        "pour rendre une prédiction ({routes}).",
        "en": "The API starts and {url} answers {status} to values, but none of its routes takes an identifier to "
        "answer a prediction ({routes}).",
    },
    "api.responds.not_met_values": {
        "fr": "L’API démarre, mais {url} répond {status} à des valeurs prises dans le dépôt ou dans sa propre "
        "description.",
        "en": "The API starts, but {url} answers {status} to values taken from the submission or from its own "
        "description.",
    },
    "api.responds.undecided_values": {
        "fr": "L’API démarre, mais rien dans le dépôt ni dans sa description ne dit quelles valeurs lui donner "
        "({routes}).",
        "en": "The API starts, but nothing in the submission or in its description tells which values to give it "
        "({routes}).",
    },
    "api.responds.undecided_values_refused": {
        "fr": "L’API démarre, mais {url} répond {status} : les valeurs essayées ne lui conviennent peut-être pas.",
        "en": "The API starts, but {url} answers {status}: the values that were tried may not suit it.",
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
    "api.responds.undecided_library_runtime": {
        "fr": "L’API {app} demande la bibliothèque {module}, absente de l’environnement d’évaluation. {why}",
        "en": "The API {app} asks for the library {module}, which the evaluation environment does not have. {why}",
    },
    "api.responds.undecided_undeclared": {
        "fr": "L’API {app} importe {module}, que ses dépendances ne déclarent pas et que l’environnement le plus "
        "proche n’a pas. {why}",
        "en": "The API {app} imports {module}, which its dependencies do not declare and the nearest environment does "
        "not have. {why}",
    },
    "api.responds.undecided_network": {
        "fr": "L’API {app} appelle le réseau ou un autre service pour démarrer, ce qui est fermé ici ({reason}).",
        "en": "The API {app} calls the network or another service to start, which is closed here ({reason}).",
    },
    "api.responds.undecided_data": {
        "fr": "L’API {app} lit pour démarrer un fichier qui n’est pas dans le dépôt ({reason}).",
        "en": "The API {app} reads, to start, a file that is not in the submission ({reason}).",
    },
    "api.responds.undecided_setting": {
        "fr": "L’API {app} demande un réglage ou un secret qui n’est pas livré, à juste titre peut-être ({reason}).",
        "en": "The API {app} asks for a setting or a secret that is not delivered, perhaps rightly so ({reason}).",
    },
    "api.responds.undecided_writing": {
        "fr": "L’API {app} écrit, pour démarrer, dans un fichier trop volumineux pour être copié ici ({reason}).",
        "en": "The API {app} writes, to start, into a file that is too large to be copied here ({reason}).",
    },
    "api.responds.undecided_python": {
        "fr": "L’API {app} est écrite pour une version de Python plus récente que celle de l’évaluation ({reason}).",
        "en": "The API {app} is written for a later version of Python than that of the evaluation ({reason}).",
    },
    "api.responds.undecided_start_slow": {
        "fr": "L’API {app} n’écoute pas après {seconds:.0f} s, le temps accordé ici.",
        "en": "The API {app} does not listen after {seconds:.0f} s, the time allowed here.",
    },
    "api.responds.undecided_slow": {
        "fr": "L’API démarre, mais {url} n’a pas répondu dans le temps accordé ici.",
        "en": "The API starts, but {url} did not answer within the time allowed here.",
    },
    "api.responds.undecided_call_network": {
        "fr": "Pour répondre à {url}, l’API appelle le réseau ou un autre service, fermés ici ({reason}).",
        "en": "To answer {url}, the API calls the network or another service, which are closed here ({reason}).",
    },
    "api.responds.undecided_call_data": {
        "fr": "Pour répondre à {url}, l’API lit un fichier qui n’est pas dans le dépôt ({reason}).",
        "en": "To answer {url}, the API reads a file that is not in the submission ({reason}).",
    },
    "api.responds.undecided_call_setting": {
        "fr": "Pour répondre à {url}, l’API demande un réglage ou un secret qui n’est pas livré ({reason}).",
        "en": "To answer {url}, the API asks for a setting or a secret that is not delivered ({reason}).",
    },
    "api.responds.undecided_call_writing": {
        "fr": "Pour répondre à {url}, l’API écrit dans un fichier trop volumineux pour être copié ici ({reason}).",
        "en": "To answer {url}, the API writes into a file that is too large to be copied here ({reason}).",
    },
    "api.responds.undecided_call_python": {
        "fr": "Pour répondre à {url}, l’API lit du code écrit pour une version de Python plus récente ({reason}).",
        "en": "To answer {url}, the API reads code written for a later version of Python ({reason}).",
    },
    "api.responds.undecided_csrf": {
        "fr": "{url} n’accepte que les envois de ses propres pages (protection CSRF, réponse {status}) : un client "
        "extérieur ne peut pas l’interroger.",
        "en": "{url} only accepts what its own pages send (CSRF protection, answer {status}): a client from outside "
        "cannot ask it.",
    },
    "api.responds.undecided_credentials": {
        "fr": "{url} demande une identification (réponse {status}), que la machine n’a pas.",
        "en": "{url} asks who is calling (answer {status}), which the machine cannot tell.",
    },
    "api.responds.undecided_manner": {
        "fr": "L’API démarre, mais {url} répond {status} : la route ne déclare pas comment elle reçoit l’identifiant, "
        "et rien de ce qui a été essayé ne lui convient.",
        "en": "The API starts, but {url} answers {status}: the route does not declare how it takes the identifier, and "
        "nothing that was tried suits it.",
    },
    "api.responds.undecided_fields": {
        "fr": "L’API démarre, mais {url} répond {status} : la route demande aussi {fields}, qu’aucune table du dépôt "
        "ne donne.",
        "en": "The API starts, but {url} answers {status}: the route also asks for {fields}, which no table of the "
        "submission gives.",
    },
    "api.responds.undecided_guess": {
        "fr": "L’API démarre, mais {url} répond {status} : l’identifiant {identifier}, pris dans une table du dépôt, "
        "ne lui est peut-être pas connu. Déclarez-en un dans jalon.toml (section [api]).",
        "en": "The API starts, but {url} answers {status}: the identifier {identifier}, taken from a table of the "
        "submission, may not be known to it. Declare one in jalon.toml (section [api]).",
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
    "app.start_timeout": {
        "fr": "L’application ne répond pas après {seconds:.0f} s.",
        "en": "The application does not answer after {seconds:.0f} s.",
    },
    "app.start_failed": {
        "fr": "L’application ne démarre pas : {reason}",
        "en": "The application does not start: {reason}",
    },
}
