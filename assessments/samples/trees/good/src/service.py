"""Chargement du modèle et calcul de la prédiction d'un client."""

import json
from functools import cache
from pathlib import Path

import joblib
import pandas as pd

from src.donnees import CIBLE, IDENTIFIANT, TEST, TRAIN

RACINE = Path(__file__).resolve().parents[1]


@cache
def charger_modele():
    """Charge le pipeline une seule fois."""
    return joblib.load(RACINE / "model" / "pipeline.joblib")


@cache
def charger_seuil() -> float:
    """Seuil de décision retenu dans le notebook de modélisation."""
    return json.loads((RACINE / "model" / "seuil.json").read_text(encoding="utf-8"))["seuil"]


@cache
def charger_dossiers() -> pd.DataFrame:
    """Tous les dossiers connus, rangés par identifiant de client."""
    dossiers = pd.concat([pd.read_csv(TRAIN), pd.read_csv(TEST)])
    return dossiers.set_index(IDENTIFIANT).sort_index()


def predire(client_id: int) -> dict:
    """Probabilité et décision pour un client ; lève KeyError si le client est inconnu."""
    dossier = charger_dossiers().loc[[client_id]].drop(columns=CIBLE)
    probabilite = float(charger_modele().predict_proba(dossier)[0, 1])
    return {
        "client_id": client_id,
        "probabilite": round(probabilite, 4),
        "seuil": charger_seuil(),
        "decision": "examen à demander" if probabilite >= charger_seuil() else "suivi habituel",
    }
