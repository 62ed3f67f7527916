"""Fonction coût du projet et choix du seuil de décision."""

import numpy as np
from sklearn.metrics import confusion_matrix

COUT_FAUX_NEGATIF = 10
COUT_FAUX_POSITIF = 1


def cout_moyen(verite: np.ndarray, decision: np.ndarray) -> float:
    """Coût moyen par dossier : un cas malin manqué coûte dix examens demandés pour rien."""
    _, faux_positifs, faux_negatifs, _ = confusion_matrix(verite, decision, labels=[0, 1]).ravel()
    return (COUT_FAUX_NEGATIF * faux_negatifs + COUT_FAUX_POSITIF * faux_positifs) / len(verite)


def courbe_de_cout(verite: np.ndarray, probabilite: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Renvoie les 99 seuils de 0,01 à 0,99 et le coût moyen obtenu avec chacun."""
    seuils = np.linspace(0.01, 0.99, 99)
    couts = np.array([cout_moyen(verite, probabilite >= seuil) for seuil in seuils])
    return seuils, couts


def meilleur_seuil(verite: np.ndarray, probabilite: np.ndarray) -> float:
    """Seuil de coût minimal ; au milieu du plateau quand plusieurs seuils donnent le même coût."""
    seuils, couts = courbe_de_cout(verite, probabilite)
    return round(float(np.median(seuils[couts == couts.min()])), 2)
