"""Editions compared, what counts from one to the next, and what keeps a draft from being published."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.cache import caches

from assessments.selectors.administration.editor import descriptions, element_of
from certification.referentials.carry_over import TABLES, Table, proposed
from certification.referentials.carry_over_form import decided
from certification.referentials.difference import Change, Difference, FieldChange, difference
from certification.referentials.errors import Problem
from certification.referentials.identity import Content, shared
from certification.referentials.models import Referential
from certification.referentials.pairing import Part, parts_of
from certification.referentials.services import publication_problems
from certification.referentials.tree import edition_content
from certification.referentials.wording import Message

Tree = dict[str, Any]
OUTCOMES = ("added", "removed", "reworded", "moved", "adjusted", "unchanged")
_KEPT_FOR = 24 * 3600  # seconds
_LABEL = 90  # characters of a wording that tell a part from others in a list of choices


@dataclass(frozen=True, slots=True)
class BlocDifference:
    """What changed in a bloc, itself included; `bloc` is None for what stands in none.

    Each change comes with the label of the activity or the competency under which the part stands, or an empty text.
    """

    bloc: Change | None
    changes: Sequence[tuple[Change, str]]
    unchanged: Sequence[tuple[Change, str]]
    counts: Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Compared:
    """Two editions side by side. `counts` are over everything, whatever the filters leave."""

    old: Referential
    new: Referential
    counts: Sequence[tuple[str, int]]
    edition: Sequence[FieldChange]
    blocs: Sequence[BlocDifference]


@dataclass(frozen=True, slots=True)
class Reported:
    """The carry-over table of an edition: decided, or only proposed; `choices` are its parts by label and table."""

    predecessor: Referential
    table: Table
    is_decided: bool
    required: Mapping[str, Sequence[Part]]
    choices: Mapping[str, Mapping[str, Part]]


@dataclass(frozen=True, slots=True)
class Blocking:
    """What keeps a draft from being published: the part concerned, by its path in the editor, and where it stands.

    `words` are those of what holds the part, if anything does, then its own.
    """

    element: str
    words: Sequence[str]
    message: Message


def tree_of(referential: Referential) -> Tree:
    """The tree of an edition: see `content_of`."""
    return content_of(referential).tree


def content_of(referential: Referential) -> Content:
    """What an edition says; that of a frozen one, which no longer changes, is kept in memory by its hash."""
    if not referential.is_frozen:
        return edition_content(referential)
    key = f"referential-content:{referential.pk}:{referential.content_hash}"
    content: Content | None = caches["memory"].get(key)
    if content is None:
        content = edition_content(referential)
        caches["memory"].set(key, content, _KEPT_FOR)
    return content


def blocking(tree: Tree, problems: Sequence[Problem] | None = None) -> list[Blocking]:
    """What keeps a normalised tree from being published, part by part; `problems` when they are known already."""
    found = publication_problems(tree) if problems is None else problems
    described = descriptions(tree)
    elements = [(element_of(described, problem.path), problem.message) for problem in found]
    return [
        Blocking(element, [described[each] for each in _ends(element) if described.get(each)], message)
        for element, message in elements
    ]


def _ends(element: str) -> list[str]:
    above = element.rpartition(".")[0]
    return [above, element] if above else [element]


def siblings_of(referential: Referential) -> list[Referential]:
    """The other editions of the same certification, the newest first."""
    found = Referential.objects.filter(certification=referential.certification_id).exclude(pk=referential.pk)
    return list(found.select_related("certification").order_by("-pk"))


def predecessor_of(referential: Referential, siblings: Sequence[Referential]) -> Referential | None:
    """The frozen edition it says it starts from, else the last one frozen before it."""
    frozen = [each for each in siblings if each.is_frozen]
    named = referential.metadata.get("predecessor")
    return next(
        (each for each in frozen if each.edition == named),
        next((each for each in frozen if each.pk < referential.pk), None),
    )


def compared(old: Referential, new: Referential, *, outcome: str = "", kind: str = "") -> Compared:
    """The difference of two editions by bloc, only of one outcome and kind of part where these are given."""
    before, after = content_of(old), content_of(new)
    found = difference(before.tree, after.tree, shared(before.identities, after.identities))
    blocs = [_bloc(found, bloc, changes, outcome, kind) for bloc, changes in found.by_bloc()]
    shown = [bloc for bloc in blocs if bloc.changes or (bloc.unchanged and not (outcome or kind))]
    return Compared(old, new, _counts(found.counts()), found.edition, shown)


def _bloc(found: Difference, bloc: Change | None, changes: Sequence[Change], outcome: str, kind: str) -> BlocDifference:
    asked = [change for change in changes if kind in ("", change.part.kind) and outcome in ("", change.outcome)]
    changed = [change for change in asked if change.outcome != "unchanged"]
    unchanged = [change for change in asked if change.outcome == "unchanged"]
    if outcome == "unchanged":
        changed, unchanged = unchanged, []
    return BlocDifference(
        bloc,
        [(change, _under(found, change)) for change in changed],
        [(change, _under(found, change)) for change in unchanged],
        _counts(Counter(change.outcome for change in changes)),
    )


def _under(found: Difference, change: Change) -> str:
    """The label of what holds a part, unless that is its bloc."""
    parent = change.part.parent
    if parent in ("", change.part.bloc):
        return ""
    above = found.of_new[parent].new if change.new is not None else found.of_old[parent].old
    return above.label if above is not None else ""


def _counts(counts: Counter[str]) -> list[tuple[str, int]]:
    return [(outcome, counts[outcome]) for outcome in OUTCOMES if counts[outcome]]


def reported(referential: Referential, predecessor: Referential, table: Table | None = None) -> Reported:
    """What of `predecessor` counts in `referential`: `table` when given, else as decided, else as proposed."""
    before, after = content_of(predecessor), content_of(referential)
    old, new = before.tree, after.tree
    kept = decided(old, new)
    shown = table or kept or proposed(old, new, shared(before.identities, after.identities))
    return Reported(predecessor, shown, kept is not None, shown.required(new), _choices(new))


def _choices(tree: Tree) -> dict[str, dict[str, Part]]:
    parts = parts_of(tree)
    blocs = {part.path: part for part in parts if part.kind == "bloc"}
    choices: dict[str, dict[str, Part]] = {}
    for name, kind in TABLES.items():
        found = choices.setdefault(name, {})
        for part in (each for each in parts if each.kind == kind):
            bloc = blocs.get(part.bloc) if kind != "bloc" else None
            found[_unique(_label(part, bloc), found)] = part
    return choices


def _label(part: Part, bloc: Part | None) -> str:
    words = part.label if len(part.label) <= _LABEL else f"{part.label[:_LABEL].rstrip()}…"
    return f"{bloc.code} / {words}" if bloc is not None and bloc.code else words


def _unique(label: str, taken: Mapping[str, Part]) -> str:
    rank = 1
    unique = label
    while unique in taken:
        rank += 1
        unique = f"{label} ({rank})"
    return unique
