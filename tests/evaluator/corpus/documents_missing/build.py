"""A note that leaves topics out, its words scattered, and no slides."""

from pathlib import Path

from tests.evaluator.builders import pdf, write

_NOTE = [
    ["# Note de travail", "Le coût de la collecte est faible, et tout ce que le service attend de ce métier est dit ici."],
    ["Les données de l'année sont là."],
]


def build(project: Path) -> None:
    write(project, {"note.pdf": pdf(_NOTE), "LISEZMOI.md": "# Coût métier\n\nSupport de présentation : à venir.\n"})
