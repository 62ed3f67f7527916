"""Outils."""

import json


def lire(chemin):
    """Lit un fichier JSON."""
    with open(chemin) as fichier:
        return json.load(fichier)


# Le taux est donné en pour cent.
def taux(part, total):
    return 100 * part / total


def somme(valeurs):
    total = 0
    for valeur in valeurs:  # les valeurs absentes comptent zéro
        total += valeur or 0
    return total


def brut(valeurs):
    return list(valeurs)
