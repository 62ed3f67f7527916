"""Editions of référentiels and everything they are made of."""

from certification.referentials.models.assessments import (
    Assessment,
    AssessmentActivity,
    AssessmentCompetency,
    AssessmentPart,
    Deliverable,
)
from certification.referentials.models.base import Node
from certification.referentials.models.criteria import (
    Criterion,
    CriterionCheck,
    CriterionCover,
    CriterionItem,
)
from certification.referentials.models.editions import Certification, Referential
from certification.referentials.models.structure import Activity, Bloc, Competency, OptionGroup, Task

__all__ = [
    "Activity",
    "Assessment",
    "AssessmentActivity",
    "AssessmentCompetency",
    "AssessmentPart",
    "Bloc",
    "Certification",
    "Competency",
    "Criterion",
    "CriterionCheck",
    "CriterionCover",
    "CriterionItem",
    "Deliverable",
    "Node",
    "OptionGroup",
    "Referential",
    "Task",
]
