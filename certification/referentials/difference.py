"""What changed from one edition to another, part by part. Pure functions over two normalised trees.

Blocs, activities, competencies, criteria and assessments are each paired at most once, by their identity where it
was kept, by their key or code, else by their words; what stands under a part helps to recognise it. Pairing does not
depend on which of the two editions is called the old one.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from certification.referentials.pairing import Part, pairs, parts_of, place_of

Tree = Mapping[str, Any]
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
_TELLING = 48  # characters of a wording that tell a part from its neighbours
_NOT_CONTENT = ("predecessor", "carry_over")
_EDITION = ("title", "scale", "award_rule", "option_groups", "deliverables", "notes")


@dataclass(frozen=True, slots=True)
class Span:
    """A run of words that is `kept`, `removed` from the old text, or `added` in the new one."""

    state: str
    text: str


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field other than the wording; `order` is the order of what stands under the part."""

    name: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class Change:
    """A part of either edition, or of both: `old` or `new` is None for what is added or removed."""

    old: Part | None
    new: Part | None
    moved: bool = False
    fields: tuple[FieldChange, ...] = ()

    @property
    def part(self) -> Part:
        """The part as the new edition has it, else as the old one had it."""
        part = self.new or self.old
        assert part is not None  # noqa: S101 - a change is of something
        return part

    @property
    def reworded(self) -> bool:
        """Whether both editions have the part, in other words."""
        return self.old is not None and self.new is not None and self.old.text != self.new.text

    @property
    def outcome(self) -> str:
        """The most telling of: added, removed, reworded, moved, adjusted (other fields), unchanged."""
        if self.old is None:
            return "added"
        if self.new is None:
            return "removed"
        if self.reworded:
            return "reworded"
        if self.moved:
            return "moved"
        return "adjusted" if self.fields else "unchanged"

    @property
    def spans(self) -> list[Span]:
        """The wording before and after, as words kept, removed and added."""
        return word_spans(self.old.text if self.old else "", self.new.text if self.new else "")


@dataclass(frozen=True)
class Difference:
    """Every part of both editions once, in the order of the new one; `edition` holds what belongs to none."""

    changes: tuple[Change, ...]
    edition: tuple[FieldChange, ...]

    @property
    def is_empty(self) -> bool:
        """Whether the two editions say the same."""
        return not self.edition and all(change.outcome == "unchanged" for change in self.changes)

    def counts(self) -> Counter[str]:
        """How many parts by outcome."""
        return Counter(change.outcome for change in self.changes)

    @cached_property
    def of_old(self) -> Mapping[str, Change]:
        """The change of each part of the old edition, by its path there."""
        return {change.old.path: change for change in self.changes if change.old is not None}

    @cached_property
    def of_new(self) -> Mapping[str, Change]:
        """The change of each part of the new edition, by its path there."""
        return {change.new.path: change for change in self.changes if change.new is not None}

    def by_bloc(self) -> list[tuple[Change | None, list[Change]]]:
        """Each bloc's change with those of what it holds; what is in no bloc comes under None, last."""
        groups: dict[int | None, tuple[Change | None, list[Change]]] = {}
        for change in self.changes:
            bloc = self._bloc(change)
            groups.setdefault(id(bloc) if bloc else None, (bloc, []))[1].append(change)
        outside = groups.pop(None, None)
        return [*groups.values(), *([outside] if outside else [])]

    def _bloc(self, change: Change) -> Change | None:
        if change.new is not None:
            return self.of_new[change.new.bloc] if change.new.bloc else None
        assert change.old is not None  # noqa: S101 - a change is of something
        return self.of_old[change.old.bloc] if change.old.bloc else None


def difference(old: Tree, new: Tree, known: Mapping[str, str] | None = None) -> Difference:
    """What changed between two normalised trees: O(n·m) in the parts of one kind whose wording changed.

    `known`: the parts of one that are in the other, path by path, where their identities tell (`identity.shared`).
    """
    before, after = parts_of(old), parts_of(new)
    paired = pairs(before, after, known)
    reordered = _reordered(before, after, paired)
    compared = {}
    for part in before:
        if part.path in paired:
            counterpart = paired[part.path]
            order = reordered.get(counterpart.path)
            compared[counterpart.path] = _compared(part, counterpart, paired, order)
    changes = [compared.get(part.path) or Change(None, part) for part in after]
    edition = [*_edition_fields(old, new), *([reordered[""]] if "" in reordered else [])]
    return Difference(tuple(_with_removed(changes, before, paired)), tuple(edition))


def word_spans(old: str, new: str) -> list[Span]:
    """The words of two texts as runs kept, removed, added; kept and removed make up `old`, kept and added `new`."""
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    spans: list[tuple[str, str]] = []
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for what, start, end, other, other_end in matcher.get_opcodes():
        if what == "equal":
            spans.append(("kept", "".join(before[start:end])))
            continue
        spans += [("removed", "".join(before[start:end])), ("added", "".join(after[other:other_end]))]
    return [Span(state, text) for state, text in spans if text]


def _compared(old: Part, new: Part, paired: Mapping[str, Part], order: FieldChange | None) -> Change:
    moved = place_of(old, paired) != new.parent
    fields = [
        FieldChange(name, value, new.fields[name]) for name, value in old.fields.items() if value != new.fields[name]
    ]
    return Change(old, new, moved, (*fields, *([order] if order else [])))


def _reordered(before: Sequence[Part], after: Sequence[Part], paired: Mapping[str, Part]) -> dict[str, FieldChange]:
    """The order of the parts that stayed under the same one, where it changed, by the new path of that one."""
    ranks = {part.path: rank for rank, part in enumerate(after)}
    staying: dict[str, list[tuple[int, Part, Part]]] = {}
    for part in before:
        counterpart = paired.get(part.path)
        if counterpart is not None and place_of(part, paired) == counterpart.parent:
            staying.setdefault(counterpart.parent, []).append((ranks[counterpart.path], part, counterpart))
    found = {}
    for place, rows in staying.items():
        ordered = sorted(rows, key=lambda row: row[0])
        if ordered != rows:
            old, new = [_named(part) for _, part, _ in rows], [_named(part) for _, _, part in ordered]
            found[place] = FieldChange("order", old, new)
    return found


def _named(part: Part) -> str:
    """Enough of a part to tell it from its neighbours: its code, else the beginning of its wording."""
    return part.code or (part.label if len(part.label) <= _TELLING else f"{part.label[: _TELLING - 1].rstrip()}…")


def _edition_fields(old: Tree, new: Tree) -> list[FieldChange]:
    before = {**{name: old[name] for name in _EDITION}, "metadata": _described(old)}
    after = {**{name: new[name] for name in _EDITION}, "metadata": _described(new)}
    return [FieldChange(name, value, after[name]) for name, value in before.items() if value != after[name]]


def _described(tree: Tree) -> dict[str, Any]:
    return {name: value for name, value in tree["metadata"].items() if name not in _NOT_CONTENT}


def _with_removed(changes: Sequence[Change], before: Sequence[Part], paired: Mapping[str, Part]) -> list[Change]:
    """Each removed part right after the one it followed in the old edition."""
    following: dict[str, list[Change]] = {}
    last = ""
    for part in before:
        if part.path in paired:
            last = part.path
        else:
            following.setdefault(last, []).append(Change(part, None))
    whole = list(following.get("", ()))
    for change in changes:
        whole.append(change)
        whole += following.get(change.old.path, ()) if change.old is not None else ()
    return whole
