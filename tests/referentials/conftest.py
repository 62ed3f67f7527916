"""A small catalogue of checks and small trees, so that these tests do not depend on the engine."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from functools import cache
from typing import Any

import pytest

from certification.referentials.apps import ReferentialsConfig
from certification.referentials.errors import Problem
from certification.referentials.shipped import shipped_codes, shipped_tree
from certification.referentials.structure import walk

PARAMS = {
    "type": "object",
    "properties": {"minimum": {"type": "integer", "minimum": 1}},
    "additionalProperties": False,
}
CATALOGUE = {"code.counts": PARAMS, "code.exists": {"type": "object", "additionalProperties": False}}


JUDGING = ("unmapped", "mapping_empty", "unjudged", "award_unasked")
"""What assessments judge and do not is told by warnings, whatever the form is worth; `test_lines` looks at them."""


def of_the_form(problems: Iterable[Problem]) -> list[Problem]:
    """What is wrong with the form, apart from what assessments judge."""
    return [problem for problem in problems if problem.code not in JUDGING]


def catalogue() -> dict[str, Any]:
    """The small catalogue, and whatever the shipped référentiels name."""
    return {code: {"type": "object"} for code in _named_by_the_shipped()} | CATALOGUE


@cache
def _named_by_the_shipped() -> frozenset[str]:
    trees = (shipped_tree(code) for code in shipped_codes())
    return frozenset(node["code"] for tree in trees for _, part, node in walk(tree) if "role" in part.fields)


@pytest.fixture
def known_checks(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Replace the engine's catalogue by the small one."""
    monkeypatch.setattr(ReferentialsConfig, "check_catalogue", f"{__name__}.catalogue")
    return catalogue()


TREE: dict[str, Any] = {
    "format": 1,
    "code": "soudure-des-donnees",
    "edition": "2026",
    "title": "Soudure des données",
    "metadata": {"level": 6, "nsf": ["326"]},
    "scale": [
        {"code": "acquired", "label": {"fr": "acquis", "en": "acquired"}, "acquired": True},
        {"code": "not_acquired", "label": {"fr": "non acquis", "en": "not acquired"}, "acquired": False},
    ],
    "award_rule": {"bloc": {"rule": "share", "threshold": 0.5}, "certification": {"rule": "all_blocs"}},
    "option_groups": [{"code": "5", "title": "Spécialité", "choose": 1}],
    "blocs": [
        {
            "code": "1",
            "title": "Tronc commun",
            "activities": [
                {
                    "code": "A1",
                    "title": "Collecter",
                    "tasks": ["Choisir les sources", "Interroger les sources"],
                    "competencies": [
                        {
                            "code": "A1-C1",
                            "text": "Choisir",
                            "criteria": [
                                {
                                    "code": "E1",
                                    "lead_in": "Capacité à :",
                                    "text": "Le choix est juste :",
                                    "items": ["il est argumenté", "il est daté"],
                                    "covers": ["A1-C1", "A1-C2", "5A/A1-C1"],
                                    "checks": [{"code": "code.counts", "role": "decided", "params": {"minimum": 2}}],
                                }
                            ],
                            "deliverables": [{"kind": "data", "text": "Un relevé", "container": "dossier"}],
                        },
                        {"code": "A1-C2", "text": "Interroger"},
                    ],
                    "criteria": [{"text": "Le tout se tient", "page_limit": 3, "eliminatory": True}],
                }
            ],
        },
        {
            "code": "5A",
            "title": "Ingénierie",
            "option_group": "5",
            "competencies": [{"code": "A1-C1", "text": "Bâtir"}, {"key": "sans-code", "text": "Tenir"}],
        },
        {"code": "5B", "title": "Science", "option_group": "5"},
    ],
    "competencies": [{"text": "Parler clairement", "criteria": [{"text": "On comprend"}]}],
    "assessments": [
        {
            "code": "E1",
            "bloc": "1",
            "title": "Dossier",
            "kind": "case_study",
            "activities": ["A1"],
            "competencies": ["A1-C2"],
            "work": "group",
            "marking": "individual",
            "assessors": ["jury"],
            "questions_minutes": 5,
            "questions_minutes_max": 10,
            "scenario": "either",
            "scenario_chosen_by_candidate": True,
            "parts": [{"title": "Étude", "kind": "case_study"}, {"title": "Oral", "kind": "defence"}],
            "deliverables": [{"key": "dossier", "kind": "document", "text": "Dossier écrit"}],
        },
        {"title": "Thèse", "kind": "thesis", "competencies": ["sans-code", "5A/A1-C1"]},
    ],
    "deliverables": [{"kind": "other", "text": "Attestation d'emploi", "required": False}],
    "notes": ["Exemple."],
}


@pytest.fixture
def tree() -> dict[str, Any]:
    """A small edition that uses most of the form, free to be changed."""
    return copy.deepcopy(TREE)
