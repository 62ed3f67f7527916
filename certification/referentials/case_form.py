"""How the parts of an edition are named in CASE 1.1 (1EdTech); shared by the export and the import.

A part is a CFItem. Its statement and code stand in the fields that CASE has for them; whatever else the form knows
of it stands under `EXTENSION` in the item's `extensions`, so that nothing is lost on the way there and back.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from certification.referentials import spec

EXTENSION = "jalon"
ROOT = "/ims/case/v1p1"
FRAMEWORK_TYPE = "Référentiel de certification professionnelle"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of CFItem: its name, the form of its part, its title, the field of its statement.

    `words` are beginnings of words by which the item types of others are recognised.
    """

    name: str
    part: spec.Part
    title: str
    description: str
    words: tuple[str, ...] = ()

    @property
    def statement(self) -> str:
        """The field that holds the statement."""
        return "text" if "text" in self.part.fields else "title"


KINDS: MappingProxyType[str, Kind] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            Kind(
                "option_groups",
                spec.OPTION_GROUP,
                "Groupe d'options",
                "Blocs parmi lesquels choisir",
                ("groupe d'options",),
            ),
            Kind("blocs", spec.BLOC, "Bloc de compétences", "Unité de délivrance", ("bloc", "unit", "module")),
            Kind("activities", spec.ACTIVITY, "Activité", "Activité du métier", ("activit",)),
            Kind("tasks", spec.LINE, "Tâche", "Tâche d'une activité", ("task", "tâche")),
            Kind(
                "competencies",
                spec.COMPETENCY,
                "Compétence",
                "Compétence à acquérir",
                ("compét", "compet", "skill", "outcome", "standard", "capacit"),
            ),
            Kind(
                "criteria",
                spec.CRITERION,
                "Critère",
                "Critère d'évaluation",
                ("crit", "indicat", "assessment crit"),
            ),
            Kind("items", spec.LINE, "Sous-critère", "Élément d'un critère", ("sous-crit", "sub-crit")),
            Kind("assessments", spec.ASSESSMENT, "Épreuve", "Modalité d'évaluation", ("épreuve", "assess")),
            Kind(
                "parts",
                spec.ASSESSMENT_PART,
                "Partie d'épreuve",
                "Partie d'une épreuve",
                ("partie d'épreuve",),
            ),
            Kind("deliverables", spec.DELIVERABLE, "Livrable", "Ce que le candidat remet", ("livrable",)),
        )
    }
)
"""Every kind of item, by the name of the list that holds such parts in the form."""
