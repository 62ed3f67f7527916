"""Questions that the checks ask of the ``code`` and ``notebooks`` facts, and the evidence they answer with."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, wraps
from typing import Any, TypeVar

from evaluator.checks._aside import is_set_aside
from evaluator.checks._code_messages import FAULTS as FAULTS
from evaluator.checks._code_messages import Words as Words
from evaluator.checks._code_messages import words as words
from evaluator.facts.base import Facts
from evaluator.results import Evidence, EvidenceKind, Finding, Message, Outcome

FACTS = ("code", "notebooks")
_EXCERPT_LINES = 6
_EXCERPT_CHARACTERS = 1200
_EVIDENCE = 8
_NAMES = 2_000  # a project calls the same few hundred again and again
_PICTURES = {"image", "plotly"}
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Place:
    """``cell`` is 0-based, None for a script; lines are 1-based."""

    path: str
    cell: int | None
    line: int
    end_line: int


@dataclass(frozen=True, slots=True)
class Call:
    """A live call of a library: ``name`` qualified; ``via`` the local calls that led there, outermost first.

    ``written`` says that the criterion asks for a function: in a notebook its body is opened before its call.
    ``loops`` counts the loops around the call; ``on`` are the marks of the object whose method it is.
    """

    name: str
    args: Sequence[Any]
    keywords: Mapping[str, Any]
    at: Place
    via: tuple[Place, ...]
    choice: bool
    written: bool = False
    loops: int = 0
    on: frozenset[str] = frozenset()

    @property
    def method(self) -> str:
        return self.name.rpartition(".")[2]

    @property
    def owner(self) -> str:
        return self.name.rpartition(".")[0]

    @property
    def shown_at(self) -> Place:
        """The place to open first."""
        return self.at if self.written and self.at.cell is not None else _opened(self.at, self.via)

    @property
    def program(self) -> str:
        """Path of the notebook or script that was run to get there."""
        return self.via[0].path if self.via else self.at.path

    def keyword(self, name: str, position: int | None = None) -> set[str]:
        """The strings that an argument may be, given by name or by position."""
        value = self.keywords.get(name)
        if value is None and position is not None and position < len(self.args):
            value = self.args[position]
        if isinstance(value, Mapping):
            value = value.get("any")
        values = value if isinstance(value, list) else [value]
        return {item for item in values if isinstance(item, str)}


@dataclass(frozen=True, slots=True)
class Fit:
    """An estimator of class ``name`` built at ``built`` and fitted at ``at``; ``inner`` are classes inside it."""

    name: str
    how: str
    built: Place
    at: Place
    via: tuple[Place, ...]
    inner: tuple[str, ...]

    @property
    def shown_at(self) -> Place:
        """The place to open first."""
        return _opened(self.at, self.via)

    @property
    def program(self) -> str:
        """Path of the notebook or script that was run to get there."""
        return self.via[0].path if self.via else self.at.path


def _opened(at: Place, via: tuple[Place, ...]) -> Place:
    """In a notebook the cell that called the helper, where the result is shown; in a script the work itself."""
    return via[0] if via and via[0].cell is not None else at


def _remembered(read: Callable[[Facts], Iterable[T]]) -> Callable[[Facts], tuple[T, ...]]:
    """``read``, remembering its answer for the last facts: dozens of checks ask the same of facts that never change."""
    last: list[tuple[Any, tuple[T, ...]]] = []

    @wraps(read)
    def remembering(facts: Facts) -> tuple[T, ...]:
        held = last[0] if last else None
        if held is None or held[0] is not facts["code"]:
            held = (facts["code"], tuple(read(facts)))
            last[:] = [held]
        return held[1]

    return remembering


@_remembered
def calls(facts: Facts) -> Iterator[Call]:
    """Every live call of a library, notebooks first, in the order in which it is reached."""
    for item in facts["code"]["calls"]:
        via = tuple(Place(*place) for place in item["via"])
        rest = {"choice": item["choice"], "loops": item["loops"], "on": frozenset(item["on"])}
        yield Call(item["name"], item["args"], item["keywords"], Place(*item["at"]), via, **rest)


@_remembered
def reads(facts: Facts) -> Iterator[Call]:
    """Every telling attribute read (``token.lemma_``), in the form of a call without arguments."""
    for item in facts["code"]["reads"]:
        via = tuple(Place(*place) for place in item["via"])
        yield Call(item["name"], (), {}, Place(*item["at"]), via, choice=False)


@_remembered
def fits(facts: Facts) -> Iterator[Fit]:
    """Every estimator really fitted."""
    for item in facts["code"]["fits"]:
        via = tuple(Place(*place) for place in item["via"])
        yield Fit(item["class"], item["how"], Place(*item["built"]), Place(*item["at"]), via, tuple(item["inner"]))


def found(facts: Facts, seen: Callable[[Call], bool]) -> list[Call]:
    return [call for call in calls(facts) if seen(call)]


def unread(facts: Facts) -> list[str]:
    """Paths of notebooks and scripts that could not be read at all."""
    return sorted(facts["code"]["errors"])


def evidence(facts: Facts, places: Iterable[Place], *, figures: bool = False) -> list[Evidence]:
    """Evidence for each place once, at most eight; a figure where the cell shows one and ``figures`` asks for it."""
    unique = list(dict.fromkeys(places))[:_EVIDENCE]
    return [_evidence(facts, place, figures) for place in unique]


def evidence_of(facts: Facts, item: Call | Fit, *, figures: bool = False) -> list[Evidence]:
    """The call that a juror opens first, then the definitions that it went through.

    For an estimator, the place that names it comes first: ``model.fit(X, y)`` does not say what was fitted.
    """
    if not isinstance(item, Fit):
        return evidence(facts, [item.shown_at, item.at, *item.via[:1]], figures=figures)
    places = [item.shown_at, item.at, item.built]
    named = item.name.rpartition(".")[2] in excerpt(facts, item.shown_at)
    if not named and (item.built.cell is not None or item.shown_at.cell is None):
        places.insert(0, item.built)
    return evidence(facts, places, figures=figures)


def _evidence(facts: Facts, place: Place, figures: bool) -> Evidence:
    output = _figure(facts, place) if figures else None
    module = facts["code"]["modules"].get(place.path, {})
    return Evidence(
        kind=EvidenceKind.FIGURE if output else EvidenceKind.CODE,
        path=place.path,
        cell=place.cell,
        line=place.line,
        end_line=place.end_line,
        output=output[0] if output else None,
        excerpt=excerpt(facts, place),
        sha256=module.get("sha256"),
        attachment=output[1] if output else None,
    )


def _figure(facts: Facts, place: Place) -> tuple[int, str | None] | None:
    """Position and attachment of the first figure that the cell shows."""
    cell = _cell(facts, place)
    for number, output in enumerate(cell["outputs"] if cell else ()):
        if output["kind"] in _PICTURES:
            return number, output["attachment"]
    return None


def shows_figure(facts: Facts, place: Place) -> bool:
    return _figure(facts, place) is not None


def executed(facts: Facts, place: Place) -> bool:
    """Whether the saved notebook was run there; a script has no trace of it and counts as run."""
    cell = _cell(facts, place)
    return cell is None or _was_run(cell) or _is_without_counts(facts["notebooks"][place.path]["cells"])


def _was_run(cell: Mapping[str, Any]) -> bool:
    return cell["execution_count"] is not None or bool(cell["outputs"])


def _is_without_counts(cells: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a notebook keeps outputs and no number of execution: a cell without output may have been run too."""
    return any(cell["outputs"] for cell in cells) and all(cell["execution_count"] is None for cell in cells)


def _cell(facts: Facts, place: Place) -> Mapping[str, Any] | None:
    if place.cell is None:
        return None
    cells = facts["notebooks"].get(place.path, {}).get("cells", [])
    return cells[place.cell] if place.cell < len(cells) else None


def excerpt(facts: Facts, place: Place) -> str:
    """The lines pointed at, at most six."""
    return "\n".join(lines_at(facts, place)[:_EXCERPT_LINES])[:_EXCERPT_CHARACTERS]


def lines_at(facts: Facts, place: Place) -> list[str]:
    """All the lines pointed at."""
    cell = _cell(facts, place)
    source = str(cell["source"] if cell else facts["code"]["sources"].get(place.path, ""))
    return source.splitlines()[place.line - 1 : place.end_line]


def decide(
    code: str,
    facts: Facts,
    hits: Sequence[Call | Fit],
    *,
    figures: bool = False,
    handed: Callable[[str], bool] | None = None,
) -> Finding:
    """Met with evidence when there are hits; undecided when nothing was seen but something could not be read.

    Undecided too when an object whose class ``handed`` accepts is given to a function that is not in the bundle.
    """
    if not hits:
        return (_handed(code, facts, handed) if handed else None) or absent(code, facts)
    ranked = sorted(hits, key=lambda item: _rank(facts, item, figures))
    shown: list[Evidence] = []
    for item in ranked[:_EVIDENCE]:
        shown.extend(one for one in evidence_of(facts, item, figures=figures) if one not in shown)
    where = {"count": len({item.shown_at for item in hits}), "path": shown[0].path}
    ending = "met" if executed(facts, ranked[0].shown_at) else "met_not_executed"
    return Finding(Outcome.MET, Message(f"{code}.{ending}", where), shown[:_EVIDENCE])


def _rank(facts: Facts, item: Call | Fit, figures: bool) -> tuple[bool, bool, bool, bool]:
    """What was not set aside, a figure that can be looked at, a notebook that was run, then the order of reading."""
    place = item.shown_at
    shown = figures and shows_figure(facts, place)
    return is_set_aside(place.path), not shown, place.cell is None, not executed(facts, place)


def _handed(code: str, facts: Facts, wanted: Callable[[str], bool]) -> Finding | None:
    places = [Place(*item["at"]) for item in facts["code"]["lost"] if wanted(item["class"])]
    if not places:
        return None
    shown = evidence(facts, places)
    return Finding(Outcome.UNDECIDED, Message(f"{code}.handed", {"path": shown[0].path}), shown)


def absent(code: str, facts: Facts) -> Finding:
    """Nothing was seen: not met, or undecided when a file could not be read or the code is too long."""
    missing = unread(facts)
    if missing:
        return Finding(Outcome.UNDECIDED, Message(f"{code}.unreadable", {"path": missing[0], "count": len(missing)}))
    truncated = facts["code"]["truncated"]
    if truncated:
        return Finding(Outcome.UNDECIDED, Message(f"{code}.too_long", {"path": truncated[0]}))
    return Finding(Outcome.NOT_MET, Message(f"{code}.not_met"))


def matches(pattern: str) -> Callable[[str], bool]:
    """A test of qualified names against a whole regular expression."""
    compiled = re.compile(pattern)

    @lru_cache(maxsize=_NAMES)
    def matching(name: str) -> bool:
        return compiled.fullmatch(name) is not None

    return matching
