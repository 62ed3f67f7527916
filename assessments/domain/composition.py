"""Whether a jury may sit: its members against the rule of an access path, each finding with its source. Pure.

A refusal has no way round; a warning may be passed, with a reason that is kept.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final

VAE: Final = "VAE"


@dataclass(frozen=True, slots=True)
class Member:
    """A member on the day of the sitting. ``habilitated``: by an act that holds then, which says the next two.

    ``sex``: F, M, or empty where it is not known.
    """

    key: int
    habilitated: bool = True
    qualified: bool = False
    external: bool = False
    sex: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """What is asked for the access ``paths``; counts are the least, ``external_share`` a percentage."""

    paths: tuple[str, ...]
    source: str
    minimum: int = 2
    quorum: int = 2
    qualified: int = 0
    external_share: int = 0
    external_refuses: bool = False
    mixed: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with a jury: a stable code, whether it refuses or warns, by which text, and its numbers."""

    code: str
    refuses: bool
    source: str
    wanted: int = 0
    found: int = 0


VAE_RULE: Final = Rule(
    paths=(VAE,),
    source="Code du travail, article D6412-6",
    minimum=2,
    quorum=2,
    qualified=1,
    mixed=True,
)
"""« Réunit au moins deux personnes, dont au moins une personne qualifiée au titre de la certification visée. Un
président […] est désigné parmi ses membres. […] Concourt à une représentation équilibrée des femmes et des hommes. »
"""
DOCTRINE: Final = Rule(
    paths=("FI", "CA", "FC", "CQ", "CL"),
    source="France compétences, vademecum RNCP, juillet 2022",
    minimum=2,
    quorum=2,
    external_share=50,
)
"""Collegial, never one person; at least half of the members external. Doctrine, not a decree: the share warns."""
DEFAULTS: Final = (VAE_RULE, DOCTRINE)
PRESIDENT_SOURCE: Final = "Code du travail, article D6412-6"


def rules_for(paths: Collection[str], held: Sequence[Rule]) -> list[Rule]:
    """The rules that bind for these access ``paths``: of those ``held``, the last; else the law's own."""
    found: list[Rule] = []
    for path in sorted(paths):
        of_path = [rule for rule in held if path in rule.paths]
        rule = of_path[-1] if of_path else next(rule for rule in DEFAULTS if path in rule.paths)
        if rule not in found:
            found.append(rule)
    return found


def findings(members: Sequence[Member], rules: Sequence[Rule], *, president: int | None, quorum: int) -> list[Finding]:
    """What is wrong with the jury under all of ``rules``, refusals first; one finding of each code, the gravest."""
    found: dict[str, Finding] = {}
    for finding in [*_presidency(members, president), *(each for rule in rules for each in _of(members, rule, quorum))]:
        known = found.get(finding.code)
        if known is None or (finding.refuses, finding.wanted) > (known.refuses, known.wanted):
            found[finding.code] = finding
    return sorted(found.values(), key=lambda finding: not finding.refuses)


def findings_present(members: Sequence[Member], rules: Sequence[Rule]) -> list[Finding]:
    """What refuses that those ``members`` who hear a candidate decide on them: a jury « réunit » whom it must.

    Never one person, and those qualified for the certification; the rest is asked of the jury as composed.
    """
    met = [replace(rule, minimum=rule.quorum) for rule in rules]
    found = [finding for rule in met for finding in _of(members, rule, rule.quorum)]
    return [finding for finding in found if finding.code in ("minimum", "qualified")]


def refusals(found: Sequence[Finding]) -> list[Finding]:
    return [finding for finding in found if finding.refuses]


def lawful(rule: Rule) -> bool:
    """Whether a certifier's rule asks at least what the law asks for its paths."""
    never_alone = rule.minimum >= 2 and 2 <= rule.quorum <= rule.minimum
    asked = VAE_RULE.qualified if VAE in rule.paths else 0
    return never_alone and asked <= rule.qualified <= rule.minimum and 0 <= rule.external_share <= 100


def _presidency(members: Sequence[Member], president: int | None) -> list[Finding]:
    presides = president is not None and president in {member.key for member in members}
    return [] if presides else [Finding("president", True, PRESIDENT_SOURCE)]


def _of(members: Sequence[Member], rule: Rule, quorum: int) -> list[Finding]:
    return [*_numbers(members, rule, quorum), *_qualities(members, rule)]


def _numbers(members: Sequence[Member], rule: Rule, quorum: int) -> list[Finding]:
    found = []
    if len(members) < rule.minimum:
        found.append(Finding("minimum", True, rule.source, rule.minimum, len(members)))
    if quorum > len(members):
        found.append(Finding("quorum_above", True, rule.source, len(members), quorum))
    if quorum < rule.quorum:
        found.append(Finding("quorum_below", True, rule.source, rule.quorum, quorum))
    return found


def _qualities(members: Sequence[Member], rule: Rule) -> list[Finding]:
    found = []
    qualified = sum(member.qualified for member in members)
    if qualified < rule.qualified:
        found.append(Finding("qualified", True, rule.source, rule.qualified, qualified))
    external = sum(member.external for member in members)
    if external * 100 < rule.external_share * len(members):
        found.append(Finding("external", rule.external_refuses, rule.source, rule.external_share, external))
    unknown = sum(not member.habilitated for member in members)
    if unknown:
        found.append(Finding("habilitation", False, DOCTRINE.source, found=unknown))
    if rule.mixed and not {"F", "M"} <= {member.sex for member in members}:
        found.append(Finding("mixed", False, rule.source))
    return found
