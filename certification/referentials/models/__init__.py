"""Editions of référentiels and everything they are made of."""

from certification.referentials.models.assessments import (
    Assessment,
    AssessmentActivity,
    AssessmentCompetency,
    AssessmentKind,
    AssessmentPart,
    Deliverable,
    DeliverableKind,
    MappingOrigin,
    MarkingMode,
    ScenarioKind,
    WorkMode,
)
from certification.referentials.models.base import Node
from certification.referentials.models.criteria import (
    CheckRole,
    Criterion,
    CriterionCheck,
    CriterionCover,
    CriterionItem,
)
from certification.referentials.models.editions import Certification, EditionStatus, Referential
from certification.referentials.models.structure import Activity, Bloc, Competency, OptionGroup, Task

__all__ = [
    "Activity",
    "Assessment",
    "AssessmentActivity",
    "AssessmentCompetency",
    "AssessmentKind",
    "AssessmentPart",
    "Bloc",
    "Certification",
    "CheckRole",
    "Competency",
    "Criterion",
    "CriterionCheck",
    "CriterionCover",
    "CriterionItem",
    "Deliverable",
    "DeliverableKind",
    "EditionStatus",
    "MappingOrigin",
    "MarkingMode",
    "Node",
    "OptionGroup",
    "Referential",
    "ScenarioKind",
    "Task",
    "WorkMode",
]
