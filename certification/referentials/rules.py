"""The scale of an edition, its award rule, its metadata: their shape. Pure functions.

scale: [{code, label: {fr, en}, acquired: bool, assessed: bool (true unless said)}], the best level first.
award_rule: {} when nothing is known of it, else
  bloc: {rule: jury | all | share | points, threshold: only and always with share (0 < x <= 1) and points (x > 0),
    repeated: best | last | all, which level counts for a line judged in several épreuves (all unless said)}
  certification: {rule: jury | all_blocs, assessments: [kinds of épreuves of the whole certification that are to be
    passed too], exempt: [voies d'accès to which the rule does not apply]}
  text: the rule as printed; stated: what it states, in its words; implied: what was supposed beside it
`all` asks every line acquired; `share` asks the acquired share of the weights to reach the threshold, `points` the sum
of the weights acquired; `jury` proposes as `all` does, and the jury says why when it departs from it. An eliminatory
line not acquired refuses the bloc whatever the rule. An edition without blocs is one unit, to which `bloc` applies.
What a rule asks that its edition cannot give is told by `contradictions`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from certification.referentials import carry_over_form
from certification.referentials.errors import Problem
from certification.referentials.schemas import schema_reasons
from certification.referentials.spec import ASSESSMENT_KINDS
from certification.referentials.wording import say

ACCESS_PATHS = ("FI", "CA", "FC", "CQ", "CL", "VAE")
"""Voies d'accès to a title registered at the RNCP (Code du travail, art. R6113-9)."""


def _several(codes: Sequence[str]) -> dict[str, Any]:
    return {"type": "array", "minItems": 1, "uniqueItems": True, "items": {"enum": list(codes)}}


_WORDS = {"type": "string", "minLength": 1}
SCALE_SCHEMA = {
    "type": "array",
    "minItems": 2,
    "maxItems": 20,
    "items": {
        "type": "object",
        "required": ["code", "label", "acquired"],
        "additionalProperties": False,
        "properties": {
            "code": {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,39}$"},
            "label": {
                "type": "object",
                "required": ["fr", "en"],
                "additionalProperties": False,
                "properties": {
                    "fr": {"type": "string", "minLength": 1},
                    "en": {"type": "string", "minLength": 1},
                },
            },
            "acquired": {"type": "boolean"},
            "assessed": {"type": "boolean"},
        },
    },
}
AWARD_RULE_SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "bloc": {
            "type": "object",
            "required": ["rule"],
            "additionalProperties": False,
            "properties": {
                "rule": {"enum": ["jury", "all", "share", "points"]},
                "threshold": {"type": "number", "exclusiveMinimum": 0},
                "repeated": {"enum": ["all", "best", "last"]},
            },
            "if": {"properties": {"rule": {"enum": ["share", "points"]}}},
            "then": {"required": ["threshold"]},
            "else": {"not": {"required": ["threshold"]}},
            "allOf": [
                {
                    "if": {"properties": {"rule": {"const": "share"}}},
                    "then": {"properties": {"threshold": {"maximum": 1}}},
                }
            ],
        },
        "certification": {
            "type": "object",
            "required": ["rule"],
            "additionalProperties": False,
            "properties": {
                "rule": {"enum": ["jury", "all_blocs"]},
                "assessments": _several(ASSESSMENT_KINDS),
                "exempt": _several(ACCESS_PATHS),
            },
        },
        "text": _WORDS,
        "stated": {"type": "array", "items": _WORDS},
        "implied": {"type": "array", "items": _WORDS},
    },
}
METADATA_SCHEMA = {
    "type": "object",
    "properties": {
        "certifier": {"type": "string", "minLength": 1, "maxLength": 300},
        "rncp_code": {"type": "string", "minLength": 1, "maxLength": 30},
        "level": {"type": "integer", "minimum": 1, "maximum": 8},
        "license": {
            "type": "object",
            "required": ["title", "text"],
            "additionalProperties": False,
            "properties": {
                "title": {"type": "string", "minLength": 1, "maxLength": 300},
                "text": {"type": "string", "minLength": 1},
            },
        },
        "predecessor": {"type": "string", "minLength": 1, "maxLength": 60},
        "carry_over": carry_over_form.SCHEMA,
    },
}


def metadata_problems(metadata: Any) -> Iterator[Problem]:
    """What is wrong with the metadata that have a meaning of their own; others are free."""
    return _schema_problems("metadata", metadata, METADATA_SCHEMA)


def scale_problems(scale: Any) -> Iterator[Problem]:
    """What is wrong with a scale."""
    found = list(_schema_problems("scale", scale, SCALE_SCHEMA))
    yield from found
    if found:
        return
    codes = [level["code"] for level in scale]
    for rank, code in enumerate(codes):
        if code in codes[:rank]:
            yield Problem(f"scale[{rank}].code", "duplicate_code", say("form.level_twice", text=code))
    if not any(level["acquired"] for level in scale):
        yield Problem("scale", "scale", say("form.no_level_acquired"))
    for rank, level in enumerate(scale):
        if level["acquired"] and not level.get("assessed", True):
            yield Problem(f"scale[{rank}]", "scale", say("form.level_not_assessed"))


def award_rule_problems(rule: Any) -> Iterator[Problem]:
    """What is wrong with an award rule."""
    return _schema_problems("award_rule", rule, AWARD_RULE_SCHEMA)


def _schema_problems(path: str, value: Any, schema: dict[str, Any]) -> Iterator[Problem]:
    for place, reason in schema_reasons(value, schema):
        yield Problem(f"{path}{place}", path, say("schema.sentence", reason=reason))
