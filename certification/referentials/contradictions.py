"""What an award rule asks that its edition cannot give, and what nothing judges. Pure functions.

The shape of a rule stands in `rules`; here it is held against the blocs, the assessments and the lines of a tree.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from certification.referentials.errors import Problem
from certification.referentials.judged import WHOLE
from certification.referentials.lines import is_unmapped, lines_of_units, says_nothing, unit_of, unjudged
from certification.referentials.wording import Message, say

Tree = Mapping[str, Any]
POINTS = "award_points"
"""The problem of a threshold that a unit cannot reach, perhaps only until it has all its lines."""


def award_rule_contradictions(tree: Tree) -> Iterator[Problem]:
    """Where the award rule of a well-formed tree and the rest of it contradict each other."""
    rule = tree["award_rule"]
    yield from _weight_problems(tree, rule.get("bloc") or {})
    yield from _certification_problems(tree, rule.get("certification") or {})


def judging_problems(tree: Tree) -> Iterator[Problem]:
    """What no assessment judges, and the assessments that do not say what they judge: warnings."""
    for rank, assessment in enumerate(tree["assessments"]):
        path = f"assessments[{rank}]"
        if is_unmapped(tree, assessment):
            yield Problem(f"{path}.competencies", "unmapped", say("form.unmapped"), "warning")
        elif assessment["mapping"] == "certifier" and says_nothing(assessment):
            yield Problem(f"{path}.mapping", "mapping_empty", say("form.mapping_empty"), "warning")
    for path in unjudged(tree):
        code = "form.unjudged" if "." in path or not path.startswith("blocs[") else "form.unjudged_bloc"
        yield Problem(path, "unjudged", say(code), "warning")


def _weight_problems(tree: Tree, rule: Mapping[str, Any]) -> Iterator[Problem]:
    """A unit without lines is not told here: it may have none yet, and `judging_problems` says so."""
    if rule.get("rule") not in ("share", "points"):
        return
    for unit, lines in lines_of_units(tree).items():
        most = sum(line.weight for line in lines)
        if lines and most == 0:
            yield Problem("award_rule.bloc", "award_weights", say("form.award_weights", unit=_named(unit)))
        elif lines and rule["rule"] == "points" and rule["threshold"] > most:
            said = say("form.award_points", unit=_named(unit), most=most, threshold=f"{rule['threshold']:g}")
            yield Problem("award_rule.bloc.threshold", POINTS, said)


def _certification_problems(tree: Tree, rule: Mapping[str, Any]) -> Iterator[Problem]:
    if rule.get("rule") == "all_blocs" and not tree["blocs"]:
        yield Problem("award_rule.certification.rule", "award_no_blocs", say("form.award_no_blocs"))
    whole = [(rank, each) for rank, each in enumerate(tree["assessments"]) if unit_of(tree, each) is None]
    asked = rule.get("assessments") or []
    absent = [kind for kind in asked if kind not in {each["kind"] for _, each in whole}]
    if absent:
        said = say("form.award_kind", kinds=[_kind(kind) for kind in absent])
        yield Problem("award_rule.certification.assessments", "award_kind", said)
    if rule.get("exempt") and not asked:
        yield Problem("award_rule.certification.exempt", "award_exempt", say("form.award_exempt"))
    for rank, each in whole:
        if each["kind"] not in asked:
            said = say("form.award_unasked", kind=_kind(each["kind"]))
            yield Problem(f"assessments[{rank}]", "award_unasked", said, "warning")


def _named(unit: str) -> Message:
    return say("form.unit_whole") if unit == WHOLE else say("form.unit_bloc", code=unit)


def _kind(kind: str) -> Message:
    return say(f"kind.{kind}")
