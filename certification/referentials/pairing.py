"""Recognises the parts of one edition in another. Pure functions over normalised trees."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from certification.referentials import spec
from certification.referentials.references import bloc_name
from certification.referentials.structure import walk

Tree = Mapping[str, Any]
KINDS = ("bloc", "activity", "competency", "assessment", "criterion")
"""From the outside in: a part's container is recognised before it."""
_PARTS = {
    id(spec.BLOC): "bloc",
    id(spec.ACTIVITY): "activity",
    id(spec.COMPETENCY): "competency",
    id(spec.CRITERION): "criterion",
    id(spec.ASSESSMENT): "assessment",
}
_WORDING = ("lead_in", "title", "text", "brief", "conditions")
_NOT_FIELDS = (*_WORDING, "activities", "competencies", "criteria", "items", "tasks")
_WORD = re.compile(r"\w{3,}")
_ALIKE = 0.5  # share of words two parts have in common to be taken for one
_ALIKE_IF_NAMED = 0.2  # the same, where both bear the same code in the same place
_SAME_CODE, _SAME_PLACE = 0.25, 0.1  # what these add to the likeness, to choose between candidates
_HELD = 0.9  # how much the words of what a part holds count beside its own


@dataclass(frozen=True, eq=False, slots=True)
class Part:
    """A part of one edition: where it stands, what it is called, its wording, its other fields.

    `parent` and `bloc` are paths, empty for what stands directly in the edition. `words` are those of the
    wording, `held` those of the part with everything under it.
    """

    kind: str
    path: str
    parent: str
    bloc: str
    code: str | None
    text: str
    fields: Mapping[str, Any]
    words: Counter[str]
    held: Counter[str]

    @property
    def label(self) -> str:
        """Its code and the first line of its wording."""
        return " ".join(filter(None, (self.code, self.text.partition("\n")[0])))


def parts_of(tree: Tree) -> list[Part]:
    """The blocs, activities, competencies, criteria and assessments of a normalised tree, in its order."""
    named = {bloc_name(bloc): f"blocs[{rank}]" for rank, bloc in enumerate(tree["blocs"])}
    blocs = {path: path for path in named.values()}
    blocs |= {f"assessments[{rank}]": named.get(each["bloc"], "") for rank, each in enumerate(tree["assessments"])}
    return [_part(_PARTS[id(part)], path, node, blocs) for path, part, node in walk(dict(tree)) if id(part) in _PARTS]


def pairs(old: Sequence[Part], new: Sequence[Part], known: Mapping[str, str] | None = None) -> dict[str, Part]:
    """The counterpart in `new` of each part of `old` that has one, by its path in the old edition.

    `known`: the path in the new edition of parts of the old one that are recognised otherwise than by their words.
    """
    paired: dict[str, Part] = {}
    known = known or {}
    for kind in KINDS:
        after = [part for part in new if part.kind == kind]
        places = {part.path: part for part in after}
        before = [part for part in old if part.kind == kind]
        found = {part.path: places[known[part.path]] for part in before if known.get(part.path) in places}
        before, after = _left(before, after, found)
        found |= _identical(before, after, paired)
        before, after = _left(before, after, found)
        paired |= found | _alike(before, after, paired)
    return paired


def _left(before: Sequence[Part], after: Sequence[Part], found: Mapping[str, Part]) -> tuple[list[Part], list[Part]]:
    """Those that have no counterpart yet."""
    taken = {part.path for part in found.values()}
    return [part for part in before if part.path not in found], [part for part in after if part.path not in taken]


def place_of(part: Part, paired: Mapping[str, Part]) -> str | None:
    """Where the container of an old part stands in the new edition: its path, None when it is gone."""
    if not part.parent:
        return ""
    above = paired.get(part.parent)
    return above.path if above is not None else None


def likeness(one: Counter[str], other: Counter[str]) -> float:
    """Share of the words in common, from 0 to 1 (Dice's coefficient on multisets)."""
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 1.0


def words_of(text: str) -> Counter[str]:
    """The words of a text, short ones left out unless there are no others."""
    lowered = text.casefold()
    return Counter(_WORD.findall(lowered) or lowered.split())


def _identical(before: Sequence[Part], after: Sequence[Part], paired: Mapping[str, Part]) -> dict[str, Part]:
    """Parts that kept their place, code and wording; copies are taken in their order."""
    waiting: defaultdict[tuple[str | None, str | None, str], list[Part]] = defaultdict(list)
    for part in reversed(after):
        waiting[part.parent, part.code, part.text].append(part)
    found: dict[str, Part] = {}
    for part in before:
        same = waiting.get((place_of(part, paired), part.code, part.text))
        if same:
            found[part.path] = same.pop()
    return found


def _alike(before: Sequence[Part], after: Sequence[Part], paired: Mapping[str, Part]) -> dict[str, Part]:
    """The likest first; among equals, those that are nearest in rank, then the first ones.

    Two pairs that share a part are never equal in all three, so neither edition is favoured.
    """
    scored = []
    for rank, one in enumerate(before):
        place = place_of(one, paired)
        for other_rank, other in enumerate(after):
            score = _score(one, other, place == other.parent)
            if score is not None:
                scored.append((-score, abs(rank - other_rank), rank + other_rank, rank, other_rank))
    found: dict[str, Part] = {}
    taken: set[int] = set()
    for _, _, _, rank, other_rank in sorted(scored):
        if before[rank].path not in found and other_rank not in taken:
            found[before[rank].path] = after[other_rank]
            taken.add(other_rank)
    return found


def _score(one: Part, other: Part, same_place: bool) -> float | None:
    """How surely two parts are one; None when they are not."""
    same_code = one.code is not None and one.code == other.code
    alike = max(likeness(one.words, other.words), _HELD * likeness(one.held, other.held))
    if alike < (_ALIKE_IF_NAMED if same_code and same_place else _ALIKE):
        return None
    return alike + _SAME_CODE * same_code + _SAME_PLACE * same_place


def _part(kind: str, path: str, node: Tree, blocs: Mapping[str, str]) -> Part:
    """`blocs`: the path of the bloc of each bloc and of each assessment, empty for one that is in none."""
    bloc = blocs.get(path.partition(".")[0], "")
    parent = bloc if kind == "assessment" else path.rpartition(".")[0]
    text = _wording(node)
    return Part(
        kind=kind,
        path=path,
        parent=parent,
        bloc=bloc,
        code=node["code"] or node.get("key"),
        text=text,
        fields=_fields(kind, node),
        words=words_of(text),
        held=words_of("\n".join(_held(node))),
    )


def _wording(node: Tree) -> str:
    lines = [node[name] for name in _WORDING if node.get(name)]
    return "\n".join([*lines, *(f"– {line}" for name in ("items", "tasks") for line in node.get(name, ()))])


def _held(node: Tree) -> Iterator[str]:
    yield _wording(node)
    for name in ("activities", "competencies", "criteria"):
        for child in node.get(name, ()):
            if isinstance(child, Mapping):  # an assessment names its activities and competencies
                yield from _held(child)


def _fields(kind: str, node: Tree) -> dict[str, Any]:
    fields = {name: value for name, value in node.items() if name not in _NOT_FIELDS}
    if kind == "assessment":
        fields |= {name: node[name] for name in ("activities", "competencies")}
        del fields["bloc"]
    return fields
