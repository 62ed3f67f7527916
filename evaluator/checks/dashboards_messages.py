"""The wording of ``evaluator.checks.dashboards``."""

from __future__ import annotations

MESSAGES: dict[str, dict[str, str]] = {
    "dashboard.starts.met": {
        "fr": "Le tableau de bord {library} {path} démarre et construit sa page en {seconds:.0f} s : "
        "{count:élément|éléments} ({kinds}).",
        "en": "The {library} dashboard {path} starts and builds its page in {seconds:.0f} s: {count:element|elements} "
        "({kinds}).",
    },
    "dashboard.starts.not_met": {
        "fr": "Le tableau de bord {library} {path} s’arrête sur une erreur : {reason}",
        "en": "The {library} dashboard {path} stops on an error: {reason}",
    },
    "dashboard.starts.not_met_page": {
        "fr": "Le serveur {library} de {path} démarre, mais sa page répond {status}.",
        "en": "The {library} server of {path} starts, but its page answers {status}.",
    },
    "dashboard.starts.not_met_empty": {
        "fr": "Le tableau de bord {library} {path} démarre, mais sa page ne montre rien.",
        "en": "The {library} dashboard {path} starts, but its page shows nothing.",
    },
    "dashboard.starts.undecided_told": {
        "fr": "Le tableau de bord {library} {path} démarre, mais sa page annonce une erreur ({reason}).",
        "en": "The {library} dashboard {path} starts, but its page tells of an error ({reason}).",
    },
    "dashboard.starts.undecided_library": {
        "fr": "{path} demande la bibliothèque {module}, absente de l’environnement d’évaluation.",
        "en": "{path} asks for the library {module}, which the evaluation environment does not have.",
    },
    "dashboard.starts.undecided_library_runtime": {
        "fr": "{path} demande la bibliothèque {module}, absente de l’environnement d’évaluation. {why}",
        "en": "{path} asks for the library {module}, which the evaluation environment does not have. {why}",
    },
    "dashboard.starts.undecided_network": {
        "fr": "{path} appelle le réseau ou un autre service, fermés ici ({reason}).",
        "en": "{path} calls the network or another service, which are closed here ({reason}).",
    },
    "dashboard.starts.undecided_data": {
        "fr": "{path} lit un fichier qui n’est pas dans le dépôt ({reason}).",
        "en": "{path} reads a file that is not in the submission ({reason}).",
    },
    "dashboard.starts.undecided_setting": {
        "fr": "{path} demande un réglage ou un secret qui n’est pas livré, à juste titre peut-être ({reason}).",
        "en": "{path} asks for a setting or a secret that is not delivered, perhaps rightly so ({reason}).",
    },
    "dashboard.starts.undecided_writing": {
        "fr": "{path} écrit dans un fichier trop volumineux pour être copié ici ({reason}).",
        "en": "{path} writes into a file that is too large to be copied here ({reason}).",
    },
    "dashboard.starts.undecided_python": {
        "fr": "{path} est écrit pour une version de Python plus récente que celle de l’évaluation ({reason}).",
        "en": "{path} is written for a later version of Python than that of the evaluation ({reason}).",
    },
    "dashboard.starts.undecided_runtime": {
        "fr": "{path} ne fonctionne pas dans l’environnement d’évaluation, qui n’est pas le sien ({reason}). {why}",
        "en": "{path} does not work in the evaluation environment, which is not its own ({reason}). {why}",
    },
    "dashboard.starts.undecided_versions": {
        "fr": "{path} ne fonctionne pas avec les versions de l’environnement d’évaluation, et le projet n’en déclare "
        "pas d’autres ({reason}).",
        "en": "{path} does not work with the versions of the evaluation environment, and the project declares no "
        "others ({reason}).",
    },
    "dashboard.starts.undecided_slow": {
        "fr": "La page de {path} n’est pas construite après {seconds:.0f} s, le temps accordé ici.",
        "en": "The page of {path} is not built after {seconds:.0f} s, the time allowed here.",
    },
    "dashboard.starts.undecided_unheard": {
        "fr": "La page de {path} n’a pas pu être lue ici ({reason}).",
        "en": "The page of {path} could not be read here ({reason}).",
    },
    "dashboard.none": {
        "fr": "Aucun tableau de bord Streamlit, Dash, Gradio ou Panel n’a été trouvé dans le code du dépôt.",
        "en": "No Streamlit, Dash, Gradio or Panel dashboard was found in the code of the submission.",
    },
}
