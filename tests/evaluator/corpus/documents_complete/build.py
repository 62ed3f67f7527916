"""A note that speaks of every topic, and slides."""

from pathlib import Path

from tests.evaluator.builders import pdf, write
from tests.evaluator.office import slides, word

_NOTE = [
    ["# Note de travail", "## 1. Démarche", "Le modèle est entraîné sur les demandes de deux années."],
    ["## 2. Fonction coût", "Un faux négatif coûte dix fois plus qu'un faux positif."],
    ["## 3. Dérive des données", "La comparaison des deux années ne montre pas de dérive."],
]


def build(project: Path) -> None:
    oral = slides([f"Étape {number}" for number in range(1, 16)])
    write(project, {"note.pdf": pdf(_NOTE), "annexe.docx": word([["# Annexe", "Détail."]]), "oral.pptx": oral})
