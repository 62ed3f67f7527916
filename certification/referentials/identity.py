"""Who the parts of an edition are, whatever their place, their wording and their edition. Pure.

The uid of a part is derived from its place when an edition is first loaded, so that the same file has the same
identities on two machines. It then belongs to the part: it follows it when the draft is edited, and into the next
edition. It is unique within an edition. Checks have none of their own: they say nothing without their criterion.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from certification.referentials.pairing import pairs, parts_of
from certification.referentials.places import joined
from certification.referentials.spec import CHECK
from certification.referentials.structure import walk

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://jalon.invalid/referentials")
Tree = dict[str, Any]
Identities = Mapping[str, str]
"""The uid of each part of a tree, by its path."""


@dataclass(frozen=True, slots=True)
class Content:
    """What an edition says, as a normalised tree in the form of the YAML files, and who its parts are."""

    tree: Tree
    identities: Identities


def stable_uid(certification: str, edition: str, place: str) -> uuid.UUID:
    """What is derived from a place of an edition is the same on every machine."""
    return uuid.uuid5(NAMESPACE, f"{certification}\n{edition}\n{place}")


def places_of(tree: Tree) -> Iterator[tuple[str, Any]]:
    """Every part that has an identity, bare lines included: (path, part)."""
    for path, part, node in walk(tree):
        for name, child in part.children.items():
            if child is not CHECK:
                for rank, each in enumerate(node[name]):
                    yield joined(path, name, rank), each


def followed(before: Content, tree: Tree, origins: Mapping[str, str]) -> dict[str, str]:
    """The identities of a tree made from `before`: those of the parts it comes from, new ones for the others.

    `origins`: for each part that was there before, its path then.
    """
    known = {path: before.identities.get(origins[path]) for path in origins}
    return {path: known.get(path) or str(uuid.uuid4()) for path, _ in places_of(tree)}


def recognised(before: Content, tree: Tree) -> dict[str, str]:
    """The identities of a tree that somebody wrote to replace `before`: by words, as from one edition to another."""
    origins = {part.path: old for old, part in pairs(parts_of(before.tree), parts_of(tree)).items()}
    lesser: defaultdict[tuple[str, str, str], list[str]] = defaultdict(list)
    for path, each in reversed(list(places_of(before.tree))):
        lesser[_told(path, path.rpartition(".")[0], each)].append(path)
    for path, each in places_of(tree):
        parent = path.rpartition(".")[0]
        if path in origins or (parent and parent not in origins):
            continue
        same = lesser[_told(path, origins.get(parent, ""), each)]
        if same:
            origins[path] = same.pop()
    return followed(before, tree, origins)


def shared(old: Identities, new: Identities) -> dict[str, str]:
    """The parts of one edition that are in another: the path in the old one, and that in the new one."""
    places = {uid: path for path, uid in new.items()}
    return {path: places[uid] for path, uid in old.items() if uid in places}


class Tracked:
    """A tree, to be changed in place, whose parts are known again wherever they go.

    Bare lines are replaced by texts that know where they stood; `reworded` gives one in other words.
    """

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        for path, part, node in walk(tree):
            for name, child in part.children.items():
                if child.plain:
                    node[name] = [_Line(text).at(joined(path, name, rank)) for rank, text in enumerate(node[name])]
        self._parts = list(places_of(tree))  # held, so that no other object takes the id of one that is gone

    def origins(self) -> dict[str, str]:
        """For each part of the changed tree that was there before, its path then."""
        before = {id(each): path for path, each in self._parts}
        found = {path: before.get(id(each)) or getattr(each, "path", None) for path, each in places_of(self._tree)}
        return {path: origin for path, origin in found.items() if origin}


class _Line(str):
    """A bare line that knows where it stood."""

    path: str

    def at(self, path: str) -> _Line:
        self.path = path
        return self


def reworded(line: Any, text: str) -> str:
    """A bare line of a tracked tree, in other words."""
    return _Line(text).at(line.path)


def _told(path: str, parent: str, each: Any) -> tuple[str, str, str]:
    """How a lesser part is told from its siblings: under which part, in which list, its words."""
    name = path.rpartition(".")[2].partition("[")[0]
    words = each if isinstance(each, str) else each.get("key") or each.get("code") or each.get("text") or each["title"]
    return parent, name, str(words)
