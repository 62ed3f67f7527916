"""Préparation des données : du jeu livré avec scikit-learn aux deux fichiers CSV du projet."""

from pathlib import Path

import pandas as pd
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

RACINE = Path(__file__).resolve().parents[1]
TRAIN = RACINE / "data" / "dossiers_train.csv"
TEST = RACINE / "data" / "dossiers_test.csv"
IDENTIFIANT = "client_id"
CIBLE = "malin"
PREMIER_IDENTIFIANT = 1001


def nom_de_colonne(nom: str) -> str:
    """Remplace les espaces du nom d'origine : « mean radius » devient « mean_radius »."""
    return nom.replace(" ", "_")


def charger_origine() -> pd.DataFrame:
    """Renvoie les 569 dossiers d'origine, avec un identifiant de client et la cible (1 = malin).

    Dans le jeu d'origine 0 veut dire malin ; la cible est inversée pour que l'événement recherché vaille 1.
    """
    jeu = load_breast_cancer(as_frame=True)
    dossiers = jeu.data.rename(columns=nom_de_colonne)
    dossiers.insert(0, IDENTIFIANT, range(PREMIER_IDENTIFIANT, PREMIER_IDENTIFIANT + len(dossiers)))
    dossiers[CIBLE] = 1 - jeu.target
    return dossiers


def ecrire_fichiers() -> None:
    """Sépare les dossiers (80 % / 20 %, stratifié) et écrit les deux CSV."""
    train, test = train_test_split(
        charger_origine(), test_size=0.2, stratify=charger_origine()[CIBLE], random_state=42
    )
    TRAIN.parent.mkdir(exist_ok=True)
    train.sort_values(IDENTIFIANT).to_csv(TRAIN, index=False, lineterminator="\n")
    test.sort_values(IDENTIFIANT).to_csv(TEST, index=False, lineterminator="\n")


def lire(chemin: Path) -> tuple[pd.DataFrame, pd.Series]:
    """Lit un CSV du projet et sépare les 30 mesures de la cible ; l'identifiant devient l'index."""
    dossiers = pd.read_csv(chemin, index_col=IDENTIFIANT)
    return dossiers.drop(columns=CIBLE), dossiers[CIBLE]


if __name__ == "__main__":
    ecrire_fichiers()
