"""Pieces of a tree that no file says: the usual scale, an assessment from its description; what looks empty."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from certification.referentials.importers.base import Remark
from certification.referentials.wording import NOTHING, say

_KINDS = (
    ("mise en situation", "situation"),
    ("etude de cas", "case_study"),
    ("case study", "case_study"),
    ("jeu de role", "role_play"),
    ("role play", "role_play"),
    ("memoire", "thesis"),
    ("these professionnelle", "thesis"),
    ("projet", "project"),
    ("project", "project"),
    ("soutenance", "defence"),
    ("oral", "defence"),
)
DEFAULT_SCALE: list[dict[str, Any]] = [
    {"code": "acquired", "label": {"fr": "acquis", "en": "achieved"}, "acquired": True},
    {"code": "in_progress", "label": {"fr": "en cours d'acquisition", "en": "in progress"}, "acquired": False},
    {"code": "not_acquired", "label": {"fr": "non acquis", "en": "not achieved"}, "acquired": False},
    {"code": "not_assessed", "label": {"fr": "non évalué", "en": "not assessed"}, "acquired": False, "assessed": False},
]


def plain(text: str) -> str:
    """Lower case, without accents, on one line: to compare words."""
    bare = unicodedata.normalize("NFKD", text.replace("’", "'")).encode("ascii", "ignore").decode()
    return " ".join(bare.lower().split())


def new_tree() -> dict[str, Any]:
    """A tree with the usual scale and nothing else: whoever imports gives code, edition and title."""
    return {
        "format": 1,
        "code": "",
        "edition": "",
        "title": "",
        "metadata": {},
        "scale": [dict(level) for level in DEFAULT_SCALE],
        "award_rule": {},
        "notes": [],
        "blocs": [],
        "activities": [],
        "competencies": [],
        "assessments": [],
    }


def kind_of(text: str) -> str:
    """The kind of assessment that its words tell, `other` when they tell none."""
    words = plain(text)
    return next((kind for word, kind in _KINDS if word in words), "other")


def assessment_of(text: str, bloc: str | None) -> dict[str, Any]:
    """An assessment whose whole description is `text`: its first line is the title."""
    first = text.split("\n")[0]
    node: dict[str, Any] = {"title": first[:200].strip(), "kind": kind_of(text)}
    if bloc is not None:
        node["bloc"] = bloc
    if node["title"] != text:
        node["brief"] = text
    return node


def competencies_in(tree: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    """Every competency of a tree, in its order."""
    for scope in (tree, *tree.get("blocs", ())):
        yield from scope.get("competencies", ())
        for activity in scope.get("activities", ()):
            yield from activity.get("competencies", ())


def empty_nodes(tree: Mapping[str, Any]) -> Iterable[Remark]:
    """Blocs and activities without a competency; competencies without criterion, when others have some."""
    for rank, bloc in enumerate(tree.get("blocs", ())):
        if not any(bloc.get(name) for name in ("activities", "competencies", "criteria")):
            yield Remark(f"blocs[{rank}]", NOTHING, "empty", say("look.bloc_empty"))
    yield from _empty_below(tree, "")
    for rank, bloc in enumerate(tree.get("blocs", ())):
        yield from _empty_below(bloc, f"blocs[{rank}].")


def _empty_below(scope: Mapping[str, Any], prefix: str) -> Iterable[Remark]:
    for place, activity in enumerate(scope.get("activities", ())):
        if not activity.get("competencies"):
            yield Remark(f"{prefix}activities[{place}]", NOTHING, "empty", say("look.activity_empty"))
        yield from _without_criteria(activity, f"{prefix}activities[{place}].")
    yield from _without_criteria(scope, prefix)


def _without_criteria(scope: Mapping[str, Any], prefix: str) -> Iterable[Remark]:
    for rank, competency in enumerate(scope.get("competencies", ())):
        if not competency.get("criteria"):
            yield Remark(f"{prefix}competencies[{rank}]", NOTHING, "empty", say("look.no_criterion"), "info")
