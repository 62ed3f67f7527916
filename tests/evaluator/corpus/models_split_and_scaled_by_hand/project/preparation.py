"""Préparation des données de consommation."""

import numpy as np
import pandas as pd


def entre_zero_et_un(colonne):
    """Ramène une colonne entre zéro et un."""
    return (colonne - colonne.min()) / (colonne.max() - colonne.min())


def afficher(valeur):
    """Un tiret quand la valeur manque."""
    return "-" if pd.isna(valeur) else f"{valeur:.1f}"


def precision(erreurs):
    """Le nombre de décimales utiles, d'après la dispersion des erreurs."""
    return int(np.ceil(-np.log10(erreurs.var())))
