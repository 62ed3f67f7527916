"""What of an old edition counts in a new one: a proposal made from their difference, which a person corrects.

Pure functions over normalised trees; `carry_over_form` says how the decided table is kept.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from certification.referentials.difference import Change, Difference, difference
from certification.referentials.pairing import Part, likeness, parts_of
from certification.referentials.wording import NOTHING, Message, say

Tree = Mapping[str, Any]
VERDICTS = ("same", "reworded", "split", "merged", "none")
TABLES = {"competencies": "competency", "blocs": "bloc"}
_LIGHTLY = 0.6  # share of words in common above which a rewording is taken to keep the meaning
_CONTAINED = 0.6  # share of a text's words found in another above which the one is taken to come from the other
_SUBSTANCE = 4  # words a competency must have to be looked for inside another


@dataclass(frozen=True, slots=True)
class Row:
    """A part of the old edition and the parts of the new one in which it counts."""

    old: Part
    verdict: str
    new: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """Every competency and bloc of the old edition once, in its order."""

    competencies: tuple[Row, ...]
    blocs: tuple[Row, ...]

    def required(self, new: Tree) -> dict[str, list[Part]]:
        """The competencies and blocs of the new edition in which nothing of the old one counts, by table."""
        found = {}
        for name, kind in TABLES.items():
            given = {part.path for row in getattr(self, name) for part in row.new}
            found[name] = [part for part in parts_of(new) if part.kind == kind and part.path not in given]
        return found


def proposed(old: Tree, new: Tree, known: Mapping[str, str] | None = None) -> Table:
    """What a careful reader would carry over, from the words and the criteria alone.

    `known`: as for `difference`.
    """
    found = difference(old, new, known)
    ranks = {part.path: rank for rank, part in enumerate(parts_of(old))}
    competencies = sorted(_competency_rows(found), key=lambda row: ranks[row.old.path])
    blocs = sorted(_bloc_rows(found, competencies), key=lambda row: ranks[row.old.path])
    return Table(tuple(competencies), tuple(blocs))


def row_fault(verdict: str, targets: int) -> Message:
    """Why a verdict and a number of parts of the new edition do not go together; NOTHING when they do."""
    if verdict == "none":
        return say("form.carry_over_none") if targets else NOTHING
    if verdict == "split":
        return NOTHING if targets > 1 else say("form.carry_over_split")
    return NOTHING if targets == 1 else say("form.carry_over_one")


def _competency_rows(found: Difference) -> Iterator[Row]:
    targets, changes = _targets(found), _of_kind(found, "competency")
    sources = Counter(path for paths in targets.values() for path in paths)
    for change in changes:
        if change.old is None:
            continue
        named = tuple(found.of_new[path].part for path in targets[change.old.path])
        yield Row(change.old, *_verdict(change, named, sources, found))


def _verdict(
    change: Change, named: tuple[Part, ...], sources: Counter[str], found: Difference
) -> tuple[str, tuple[Part, ...]]:
    assert change.old is not None  # noqa: S101 - asked of the parts of the old edition
    if not named:
        return "none", ()
    if len(named) > 1:
        return "split", named
    if sources[named[0].path] > 1:
        return "merged", named
    if not change.reworded and change.new is not None and _same_criteria(change, found):
        return "same", named
    own = likeness(change.old.words, named[0].words)
    return ("reworded", named) if own >= _LIGHTLY else ("none", ())


def _same_criteria(change: Change, found: Difference) -> bool:
    """Whether the criteria under a competency are those it had, word for word."""
    assert change.old is not None  # noqa: S101 - asked of the parts of both editions
    assert change.new is not None  # noqa: S101
    under = [each for each in found.changes if each.part.kind == "criterion"]
    had = [each for each in under if each.old is not None and each.old.parent == change.old.path]
    has = [each for each in under if each.new is not None and each.new.parent == change.new.path]
    return had == has and all(each.outcome in ("unchanged", "adjusted") for each in had)


def _targets(found: Difference) -> dict[str, list[str]]:
    """By path of an old competency, the paths of the new ones in which something of it is."""
    changes = _of_kind(found, "competency")
    targets: dict[str, list[str]] = {}
    added = [change.new for change in changes if change.old is None and change.new is not None]
    kept = [change for change in changes if change.old is not None and change.new is not None]
    for change in changes:
        if change.old is None:
            continue
        if change.new is None:
            into = [each.new for each in kept if each.new and _comes_from(change.old, each.new) and each.reworded]
        else:
            into = [change.new]
            into += [part for part in added if change.reworded and _comes_from(part, change.old)]
        targets[change.old.path] = [part.path for part in into]
    return targets


def _comes_from(part: Part, whole: Part) -> bool:
    """Whether most of the words of `part` are in `whole`."""
    total = part.words.total()
    return total >= _SUBSTANCE and (part.words & whole.words).total() >= _CONTAINED * total


def _bloc_rows(found: Difference, competencies: Sequence[Row]) -> Iterator[Row]:
    """A bloc is won again where nothing new is asked in it and nothing of the old one is lost."""
    held: defaultdict[str, list[Row]] = defaultdict(list)
    for row in competencies:
        held[row.old.bloc].append(row)
    given = {part.path for row in competencies for part in row.new}
    asked = {
        change.new.bloc
        for change in _of_kind(found, "competency")
        if change.new is not None and change.new.path not in given
    } | _asked_by_assessments(found)
    origins: defaultdict[str, set[str]] = defaultdict(set)
    for row in competencies:
        for part in row.new:
            origins[part.bloc].add(row.old.bloc)
    for change in _of_kind(found, "bloc"):
        if change.old is not None:
            yield _bloc_row(change, held[change.old.path], asked, origins, found)


def _asked_by_assessments(found: Difference) -> set[str]:
    """The blocs in which an assessment has a criterion of its own that it did not have."""
    criteria = _of_kind(found, "criterion")
    added = [change.new for change in criteria if change.old is None and change.new is not None]
    return {part.bloc for part in added if part.bloc and part.parent.startswith("assessments[")}


def _bloc_row(
    change: Change, rows: Sequence[Row], asked: set[str], origins: Mapping[str, set[str]], found: Difference
) -> Row:
    assert change.old is not None  # noqa: S101 - asked of the parts of the old edition
    into = sorted({part.bloc for row in rows for part in row.new if part.bloc})
    if not rows and change.new is not None and _same_content(change, found):
        return Row(change.old, "same" if not change.reworded else "reworded", (change.new,))
    if not into or any(row.verdict == "none" for row in rows) or asked.intersection(into):
        return Row(change.old, "none")
    new = tuple(found.of_new[path].part for path in into)
    if len(new) > 1:
        return Row(change.old, "split", new)
    if len(origins[into[0]]) > 1:
        return Row(change.old, "merged", new)
    unchanged = all(row.verdict == "same" for row in rows) and not change.reworded
    return Row(change.old, "same" if unchanged else "reworded", new)


def _same_content(change: Change, found: Difference) -> bool:
    """Whether what stands in a bloc without competencies is what stood there."""
    assert change.old is not None  # noqa: S101 - asked of the parts of both editions
    assert change.new is not None  # noqa: S101
    had = [each for each in found.changes if each.old is not None and each.old.bloc == change.old.path]
    has = [each for each in found.changes if each.new is not None and each.new.bloc == change.new.path]
    return had == has and all(each is change or each.outcome in ("unchanged", "adjusted") for each in had)


def _of_kind(found: Difference, kind: str) -> list[Change]:
    return [change for change in found.changes if change.part.kind == kind]
