"""The form of an edition: which parts exist, what each may hold, and where it stands in the database.

One description serves the validation, the loader, the export and the documentation of the YAML form.
A tree is made of dicts, lists, text, whole numbers, booleans and None. In a normalised tree every field is
present: a missing optional text is None, a missing list is empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

FORMAT = 1
PLACEHOLDER = "À rédiger"
"""The text of a part just added in the editor, until somebody writes it."""
ASSESSORS = ("jury", "mentor", "trainer", "peers")
ASSESSMENT_KINDS = (
    "situation",
    "case_study",
    "role_play",
    "peer",
    "project",
    "defence",
    "thesis",
    "other",
)
DELIVERABLE_KINDS = (
    "notebook",
    "code",
    "model",
    "api_url",
    "dashboard_url",
    "document",
    "slides",
    "data",
    "predictions",
    "other",
)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a part.

    `kind` is one of text, int, bool, choice, choices, mapping, free, or a reference: option_group, bloc,
    deliverable (one), competencies, activities (several).
    """

    kind: str
    required: bool = False
    default: Any = None
    choices: tuple[str, ...] = ()
    minimum: int = 1
    maximum: int = 32_000
    length: int | None = None

    def fresh_default(self) -> Any:
        """A default that the caller may keep and change."""
        return self.default.copy() if isinstance(self.default, (dict, list)) else self.default


@dataclass(frozen=True, slots=True)
class Part:
    """A kind of part: its fields and its lists of children.

    `plain`: written as a bare text instead of a mapping. `unique_code`: two of them in the same list may not
    bear the same code. `later`: fields and children that the form learnt once editions had been published; what
    says nothing under them has the hash that it had before.
    """

    fields: Mapping[str, Field]
    children: Mapping[str, Part] = field(default_factory=lambda: MappingProxyType({}))
    plain: bool = False
    unique_code: bool = False
    later: tuple[str, ...] = ()


TEXT = Field("text", required=True)
OPTIONAL = Field("text")
CODE = Field("text", length=60)
KEY = Field("text", length=80)
QUANTITY = Field("int")
MINUTES = Field("int", maximum=10_000)
WEIGHT = Field("int", default=1, minimum=0, maximum=1_000)
FLAG = Field("bool", default=False)

LINE = Part({"text": TEXT}, plain=True)
CHECK = Part(
    {
        "code": Field("text", required=True, length=80),
        "role": Field("choice", required=True, choices=("decided", "informed")),
        "params": Field("mapping", default={}),
    }
)
CRITERION = Part(
    {
        "code": CODE,
        "lead_in": OPTIONAL,
        "text": TEXT,
        "covers": Field("competencies", default=[]),
        "page_limit": QUANTITY,
        "minimum": QUANTITY,
        "weight": WEIGHT,
        "eliminatory": FLAG,
    },
    {"items": LINE, "checks": CHECK},
)
DELIVERABLE = Part(
    {
        "key": KEY,
        "kind": Field("choice", required=True, choices=DELIVERABLE_KINDS),
        "text": TEXT,
        "required": Field("bool", default=True),
        "implied": FLAG,
        "container": Field("deliverable"),
    }
)
COMPETENCY = Part(
    {"key": KEY, "code": CODE, "text": TEXT, "weight": WEIGHT, "eliminatory": FLAG},
    {"criteria": CRITERION, "deliverables": DELIVERABLE},
)
ACTIVITY = Part(
    {"key": KEY, "code": CODE, "title": TEXT},
    {"tasks": LINE, "competencies": COMPETENCY, "criteria": CRITERION},
)
BLOC = Part(
    {"key": KEY, "code": CODE, "title": TEXT, "option_group": Field("option_group")},
    {
        "activities": ACTIVITY,
        "competencies": COMPETENCY,
        "criteria": CRITERION,
        "deliverables": DELIVERABLE,
    },
    unique_code=True,
)
ASSESSMENT_PART = Part(
    {
        "code": CODE,
        "title": TEXT,
        "kind": Field("choice", required=True, choices=ASSESSMENT_KINDS),
        "brief": OPTIONAL,
    }
)
ASSESSMENT = Part(
    {
        "code": CODE,
        "title": TEXT,
        "kind": Field("choice", required=True, choices=ASSESSMENT_KINDS),
        "bloc": Field("bloc"),
        "activities": Field("activities", default=[]),
        "competencies": Field("competencies", default=[]),
        "mapping": Field("choice", default="text", choices=("text", "certifier")),
        "brief": OPTIONAL,
        "conditions": OPTIONAL,
        "talk_minutes": MINUTES,
        "questions_minutes": MINUTES,
        "questions_minutes_max": MINUTES,
        "duration_minutes": MINUTES,
        "work": Field("choice", default="unknown", choices=("solo", "group", "unknown")),
        "marking": Field("choice", default="unknown", choices=("individual", "collective", "unknown")),
        "assessors": Field("choices", default=[], choices=ASSESSORS),
        "audience": OPTIONAL,
        "scenario": Field("choice", default="unknown", choices=("real", "fictional", "either", "unknown")),
        "scenario_chosen_by_candidate": Field("bool"),
    },
    {"parts": ASSESSMENT_PART, "criteria": CRITERION, "deliverables": DELIVERABLE},
    later=("mapping", "criteria"),
)
OPTION_GROUP = Part(
    {
        "code": Field("text", required=True, length=60),
        "title": Field("text", required=True, length=300),
        "choose": Field("int", default=1, maximum=100),
    },
    unique_code=True,
)
EDITION = Part(
    {
        "format": Field("int", required=True, maximum=FORMAT),
        "code": Field("text", required=True, length=80),
        "edition": Field("text", required=True, length=60),
        "title": Field("text", required=True, length=300),
        "metadata": Field("mapping", default={}),
        "scale": Field("free", required=True),
        "award_rule": Field("mapping", default={}),
        "notes": Field("free", default=[]),
    },
    {
        "option_groups": OPTION_GROUP,
        "blocs": BLOC,
        "activities": ACTIVITY,
        "competencies": COMPETENCY,
        "criteria": CRITERION,
        "assessments": ASSESSMENT,
        "deliverables": DELIVERABLE,
    },
)
