"""Where the parts of a tree stand: paths such as `blocs[0].activities[1].tasks[2]`, read and followed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from certification.referentials.spec import EDITION, Part

Tree = dict[str, Any]
ROOT = ""
_STEP = re.compile(r"(?P<name>[a-z_]+)\[(?P<rank>[0-9]{1,6})\]")


class UnknownPlace(LookupError):
    """Nothing stands at this path."""


@dataclass(frozen=True, slots=True)
class Place:
    """A part at `path`: item `rank` (from 0) of the list `siblings`, which its `parent` calls `name`."""

    path: str
    part: Part
    parent: str
    name: str
    rank: int
    siblings: list[Any]

    @property
    def node(self) -> Any:
        """The part itself: a mapping, or a text for a plain part."""
        return self.siblings[self.rank]


@dataclass(frozen=True, slots=True)
class Holder:
    """What may hold other parts: the edition itself, or a part that is no plain text."""

    path: str
    part: Part
    node: Tree


def joined(parent: str, name: str, rank: int) -> str:
    """The path of item `rank` of the list `name` of the part at `parent`."""
    return f"{parent}.{name}[{rank}]" if parent else f"{name}[{rank}]"


def place_at(tree: Tree, path: str) -> Place:
    """The part at `path`; raises UnknownPlace, also for the edition itself, which stands in no list."""
    if path == ROOT:
        raise UnknownPlace(path)
    head, _, last = path.rpartition(".")
    holder = holder_at(tree, head)
    found = _STEP.fullmatch(last)
    if found is None or found["name"] not in holder.part.children:
        raise UnknownPlace(path)
    siblings = holder.node[found["name"]]
    rank = int(found["rank"])
    if rank >= len(siblings):
        raise UnknownPlace(path)
    return Place(path, holder.part.children[found["name"]], head, found["name"], rank, siblings)


def holder_at(tree: Tree, path: str) -> Holder:
    """The part at `path`, as one that holds others; raises UnknownPlace for a plain text too."""
    part, node = EDITION, tree
    for step in path.split(".") if path else ():
        found = _STEP.fullmatch(step)
        if found is None or found["name"] not in part.children:
            raise UnknownPlace(path)
        part, listed = part.children[found["name"]], node[found["name"]]
        rank = int(found["rank"])
        if part.plain or rank >= len(listed):
            raise UnknownPlace(path)
        node = listed[rank]
    return Holder(path, part, node)


def holders_of(tree: Tree, name: str) -> list[Holder]:
    """Every part that may hold a list called `name`, in the order of the tree."""
    return [holder for holder in _holders(Holder(ROOT, EDITION, tree)) if name in holder.part.children]


def _holders(holder: Holder) -> Iterator[Holder]:
    yield holder
    for name, part in holder.part.children.items():
        if part.plain:
            continue
        for rank, node in enumerate(holder.node[name]):
            yield from _holders(Holder(joined(holder.path, name, rank), part, node))
