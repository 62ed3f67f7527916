"""The steps of an evaluation, by the names that ``on_phase`` hears, in French and in English."""

from __future__ import annotations

from collections.abc import Mapping

_PHASES: Mapping[str, Mapping[str, str]] = {
    "unpack": {"fr": "ouverture de l’archive", "en": "opening the archive"},
    "facts": {
        "fr": "lecture des notebooks, du code et des documents",
        "en": "reading the notebooks, the code and the documents",
    },
    "runtime": {"fr": "installation des bibliothèques demandées", "en": "installing the libraries asked for"},
    "model_load": {"fr": "chargement du modèle", "en": "loading the model"},
    "model_metric": {"fr": "recalcul de la performance", "en": "computing the performance again"},
    "predictions_metric": {"fr": "calcul sur les prédictions", "en": "scoring the predictions"},
    "dashboard_start": {"fr": "démarrage du tableau de bord", "en": "starting the dashboard"},
    "api_exchange": {"fr": "démarrage et appel de l’API", "en": "starting and calling the API"},
    "notebook_runs": {"fr": "exécution des notebooks", "en": "running the notebooks"},
}


def phase_words(name: str, lang: str) -> str:
    """What is being done, in ``lang`` (``fr``, ``en``, or a variant such as ``en-gb``); empty for an unknown name."""
    return _PHASES.get(name, {}).get(lang.split("-")[0], "")
