"""From the levels of lines to units and to the title, by the edition's rule: a proposal with its reasons. Pure.

Three levels, never mixed: an *épreuve* gives each of its own lines a level; a *unit* of award (a bloc, or the whole
edition where it has no blocs) is proposed from the lines of all its épreuves; the *title* from the units, the options
and the épreuves required beside the units. The rule proposes, the jury decides.

- A unit with one required line that has no level is *pending*, whatever the others say: missing is never zero.
- ``all`` and ``jury``: every line acquired. ``share``: the acquired share of the weights reaches the threshold.
  ``points``: the acquired weights reach it. An eliminatory line that is not acquired refuses the unit in every case.
- ``repeated`` says which level counts of a line that several épreuves of the unit judge: each of them (``all``), the
  best, or that of the épreuve heard last.
- The title is *full* when every required part is acquired, *pending* while one is pending, else *partial* when at
  least one unit is acquired, else *refused*. Of an option group as many units are required as it says, among those
  chosen. Épreuves beside the units are required by their kind, except on the voies d'accès that the rule exempts
  ("hors VAE").
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Any, Generic, TypeVar

from assessments.domain.scale import Level

Key = TypeVar("Key", bound=Hashable)


class UnitRule(StrEnum):
    JURY = "jury"
    ALL = "all"
    SHARE = "share"
    POINTS = "points"


class Repeated(StrEnum):
    """Which level counts of a line that several épreuves judge."""

    ALL = "all"
    BEST = "best"
    LAST = "last"


class State(StrEnum):
    """What is proposed of a unit, or of an épreuve beside the units."""

    ACQUIRED = "acquired"
    NOT_ACQUIRED = "not_acquired"
    PENDING = "pending"


class Title(StrEnum):
    FULL = "full"
    PARTIAL = "partial"
    REFUSED = "refused"
    PENDING = "pending"


@dataclass(frozen=True, slots=True)
class Rule:
    """The award rule of an edition. ``beside`` are the kinds of épreuves of the whole certification it asks for."""

    unit: UnitRule = UnitRule.JURY
    threshold: Fraction = Fraction(0)
    repeated: Repeated = Repeated.ALL
    beside: frozenset[str] = frozenset()
    exempt: frozenset[str] = frozenset()

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Rule:
        """The rule as an edition holds it (``certification.referentials.rules``); an empty one leaves all to the jury.

        ``certification.rule`` is not kept: ``all_blocs`` and ``jury`` propose alike, the jury decides in both.
        """
        unit, title = stored.get("bloc", {}), stored.get("certification", {})
        return cls(
            unit=UnitRule(unit.get("rule", UnitRule.JURY)),
            threshold=Fraction(str(unit.get("threshold", 0))),
            repeated=Repeated(unit.get("repeated", Repeated.ALL)),
            beside=frozenset(title.get("assessments", ())),
            exempt=frozenset(title.get("exempt", ())),
        )


@dataclass(frozen=True, slots=True)
class Line(Generic[Key]):
    """A line of the grid, as far as the award goes. A weight of 0 leaves it out of the count, not of the judgement."""

    key: Key
    name: str
    weight: int = 1
    eliminatory: bool = False


@dataclass(frozen=True, slots=True)
class Assessment(Generic[Key]):
    """An épreuve: ``number`` is its position among the edition's, ``kind`` what it is."""

    number: int
    name: str
    kind: str
    lines: Sequence[Line[Key]]


@dataclass(frozen=True, slots=True)
class Unit(Generic[Key]):
    """A unit of award: a bloc, or the whole edition. ``group`` is the code of its option group, if it has one."""

    code: str
    name: str
    assessments: Sequence[Assessment[Key]]
    group: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """An option group: ``choose`` of its units are required."""

    code: str
    name: str
    choose: int


@dataclass(frozen=True, slots=True)
class Edition(Generic[Key]):
    """What the award is computed over. ``beside``: the épreuves of the whole certification, beside the units."""

    rule: Rule
    scale: Sequence[Level]
    units: Sequence[Unit[Key]]
    groups: Sequence[Group] = ()
    beside: Sequence[Assessment[Key]] = ()


@dataclass(frozen=True, slots=True)
class Heard(Generic[Key]):
    """The levels that an épreuve gave its lines. ``rank`` grows with the moment of its decision."""

    levels: Mapping[Key, str]
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Given(Generic[Key]):
    """Where a candidate stands. ``heard`` by number of épreuve; ``chosen`` and ``won`` are codes of units.

    ``won``: acquired before, for good. ``ruled``: what the jury decided of units, which the title then rests on.
    An épreuve that is not in ``heard`` is not decided.
    """

    heard: Mapping[int, Heard[Key]] = field(default_factory=dict)
    path: str = ""
    chosen: Collection[str] = ()
    won: Collection[str] = ()
    ruled: Mapping[str, State] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, by a stable code; the words stand elsewhere."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LineVerdict(Generic[Key]):
    """What counts of a line: its level by number of épreuve ("" without one), and what follows (None: pending)."""

    line: Line[Key]
    levels: Mapping[int, str]
    acquired: bool | None


@dataclass(frozen=True, slots=True)
class Proposal(Generic[Key]):
    """What is proposed of a unit or of an épreuve beside the units (``code``: its number)."""

    code: str
    name: str
    state: State
    reasons: Sequence[Reason]
    lines: Sequence[LineVerdict[Key]] = ()


@dataclass(frozen=True, slots=True)
class Missing:
    """A required part that is not acquired: ``what`` is unit, option or assessment."""

    what: str
    code: str
    name: str
    state: State


@dataclass(frozen=True, slots=True)
class Award(Generic[Key]):
    """``units`` are those required of the candidate, in the edition's order; ``beside`` the required épreuves."""

    units: Sequence[Proposal[Key]]
    beside: Sequence[Proposal[Key]]
    title: Title
    missing: Sequence[Missing]
    reasons: Sequence[Reason]


def award(edition: Edition[Key], given: Given[Key]) -> Award[Key]:
    """What the rule proposes for a candidate, of each unit and of the title."""
    units = [unit for unit in edition.units if not unit.group or unit.code in (*given.chosen, *given.won)]
    proposals = [_unit(unit, edition, given) for unit in units]
    asked = [found for found in edition.beside if found.kind in edition.rule.beside]
    exempted = given.path in edition.rule.exempt
    beside = [] if exempted else [_beside(found, edition, given) for found in asked]
    missing = [*_missing_units(edition, units, proposals), *_missing("assessment", beside)]
    title = _title(missing, proposals)
    reasons = [*_title_reasons(title, missing, proposals)]
    if exempted:
        reasons += [Reason("title.exempt", {"name": found.name, "path": given.path}) for found in asked]
    return Award(proposals, beside, title, missing, reasons)


def _title(missing: Sequence[Missing], units: Sequence[Proposal[Key]]) -> Title:
    if any(part.state is State.PENDING for part in missing):
        return Title.PENDING
    won = any(unit.state is State.ACQUIRED for unit in units)
    if not missing:
        return Title.FULL if won else Title.PENDING  # an edition without units awards nothing
    return Title.PARTIAL if won else Title.REFUSED


def _title_reasons(title: Title, missing: Sequence[Missing], units: Sequence[Proposal[Key]]) -> Iterator[Reason]:
    won = [unit.name for unit in units if unit.state is State.ACQUIRED]
    if title is Title.FULL:
        yield Reason("title.all", {"count": len(won)})
    elif won:
        yield Reason("title.won", {"names": won})
    for part in missing:
        yield Reason(f"title.{part.what}_{part.state.value}", {"code": part.code, "name": part.name})


def _missing(what: str, proposals: Sequence[Proposal[Key]]) -> list[Missing]:
    return [
        Missing(what, found.code, found.name, found.state) for found in proposals if found.state is not State.ACQUIRED
    ]


def _missing_units(
    edition: Edition[Key], units: Sequence[Unit[Key]], proposals: Sequence[Proposal[Key]]
) -> list[Missing]:
    """The common units that are not acquired, then the option groups of which too few are."""
    group_of = {unit.code: unit.group for unit in units}
    missing = _missing("unit", [found for found in proposals if not group_of[found.code]])
    for group in edition.groups:
        states = [found.state for found in proposals if group_of[found.code] == group.code]
        state = _group_state(states, group.choose)
        if state is not State.ACQUIRED:
            missing.append(Missing("option", group.code, group.name, state))
    return missing


def _group_state(states: Sequence[State], choose: int) -> State:
    """Acquired when enough are; not when, all being judged, too few are; pending otherwise, also for want of choice."""
    if states.count(State.ACQUIRED) >= choose:
        return State.ACQUIRED
    return State.NOT_ACQUIRED if len(states) >= choose and State.PENDING not in states else State.PENDING


def _unit(unit: Unit[Key], edition: Edition[Key], given: Given[Key]) -> Proposal[Key]:
    if unit.code in given.won:
        return Proposal(unit.code, unit.name, State.ACQUIRED, [Reason("unit.won")])
    if unit.code in given.ruled:
        return Proposal(unit.code, unit.name, given.ruled[unit.code], [Reason("unit.ruled")])
    return _proposal(unit.code, unit.name, unit.assessments, edition, given)


def _beside(found: Assessment[Key], edition: Edition[Key], given: Given[Key]) -> Proposal[Key]:
    return _proposal(str(found.number), found.name, [found], edition, given)


def _proposal(
    code: str, name: str, assessments: Sequence[Assessment[Key]], edition: Edition[Key], given: Given[Key]
) -> Proposal[Key]:
    verdicts = _verdicts(assessments, edition, given)
    failed = [verdict.line for verdict in verdicts if verdict.acquired is False]
    waiting = [*_waiting(assessments, verdicts)]
    if waiting:
        so_far = [Reason("line.failed", {"name": line.name}) for line in failed]
        return Proposal(code, name, State.PENDING, [*waiting, *so_far], verdicts)
    fatal = [Reason("line.eliminatory", {"name": line.name}) for line in failed if line.eliminatory]
    reached, reasons = _applied(edition.rule, verdicts, failed)
    state = State.ACQUIRED if reached and not fatal else State.NOT_ACQUIRED
    return Proposal(code, name, state, [*fatal, *reasons], verdicts)


def _verdicts(
    assessments: Sequence[Assessment[Key]], edition: Edition[Key], given: Given[Key]
) -> list[LineVerdict[Key]]:
    """Each line once, in the order of the épreuves, with the level that each of them gave it."""
    lines: dict[Key, Line[Key]] = {}
    levels: dict[Key, dict[int, str]] = {}
    judged = {level.code: level.code for level in edition.scale if level.assessed}
    unheard: Heard[Key] = Heard({})
    for found in assessments:
        heard = given.heard.get(found.number, unheard).levels
        for line in found.lines:
            lines.setdefault(line.key, line)
            levels.setdefault(line.key, {})[found.number] = judged.get(heard.get(line.key, ""), "")
    acquired = {level.code for level in edition.scale if level.acquired}
    ranks = {number: heard.rank for number, heard in given.heard.items()}
    return [
        LineVerdict(line, levels[key], _acquired(levels[key], acquired, edition.rule.repeated, ranks))
        for key, line in lines.items()
    ]


def _acquired(
    levels: Mapping[int, str], acquired: Collection[str], repeated: Repeated, ranks: Mapping[int, int]
) -> bool | None:
    """What follows for a line from the levels that several épreuves gave it; None while one of them gave none."""
    if not all(levels.values()):
        return None
    if repeated is Repeated.BEST:
        return any(level in acquired for level in levels.values())
    if repeated is Repeated.LAST:
        return levels[max(levels, key=lambda number: (ranks[number], number))] in acquired
    return all(level in acquired for level in levels.values())


def _waiting(assessments: Sequence[Assessment[Key]], verdicts: Sequence[LineVerdict[Key]]) -> Iterator[Reason]:
    """What has no level yet: whole épreuves, else single lines. Without épreuve or line there is nothing to award."""
    if not verdicts:
        yield Reason("unit.empty")
    for found in assessments:
        without = [verdict.line for verdict in verdicts if verdict.levels.get(found.number) == ""]
        if without and len(without) == len(found.lines):
            yield Reason("assessment.undecided", {"number": found.number, "name": found.name})
        else:
            for line in without:
                yield Reason("line.undecided", {"number": found.number, "name": line.name})


def _applied(
    rule: Rule, verdicts: Sequence[LineVerdict[Key]], failed: Sequence[Line[Key]]
) -> tuple[bool, list[Reason]]:
    """Whether the rule is met by lines that all have a level, and why."""
    reasons = [Reason("line.failed", {"name": line.name}) for line in failed if not line.eliminatory]
    if rule.unit in (UnitRule.SHARE, UnitRule.POINTS):
        got = sum(verdict.line.weight for verdict in verdicts if verdict.acquired)
        total = sum(verdict.line.weight for verdict in verdicts)
        reached = total > 0 and (
            got >= rule.threshold * total if rule.unit is UnitRule.SHARE else got >= rule.threshold
        )
        params = {"got": got, "total": total, "threshold": str(rule.threshold)}
        return reached, [Reason(f"unit.{rule.unit.value}", params), *reasons]
    if failed:
        return False, reasons
    return True, [Reason("unit.all", {"count": len(verdicts)})]
