"""Changing the tree of a draft: one operation at a time, each answering a new tree or a refusal. Pure.

Operations take a normalised tree and leave it as it was. The tree they answer is normalised, its references follow
the parts they mean, and it is never worse than before: what validation holds for an error is refused, except
what only a later change can put right (a group of options whose blocs are not there yet).
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from certification.referentials.contradictions import POINTS
from certification.referentials.errors import Problem, ReferentialError
from certification.referentials.identity import Tracked, reworded
from certification.referentials.links import Links, Unnamed
from certification.referentials.places import (
    ROOT,
    Holder,
    Place,
    Tree,
    UnknownPlace,
    holder_at,
    holders_of,
    joined,
    place_at,
)
from certification.referentials.spec import PLACEHOLDER, Field, Part
from certification.referentials.structure import completed
from certification.referentials.validation import Catalogue, problems_of

OF_THE_EDITION = ("title", "metadata", "scale", "award_rule", "notes")
"""What can be changed of the edition itself: its code and its label are its identity."""
LATER = ("option_group", POINTS)
"""Problems that building a tree step by step goes through."""


class Refusal(ReferentialError):
    """The operation does not apply; nothing has changed.

    `code`: path (nothing stands there), kind (that part cannot stand there), fixed (the edition itself, its code,
    its label), first, last or same (nowhere to move to), unnamed (others refer to a part that would have no name;
    `path` says which), invalid (`problems` says why).
    """

    def __init__(self, code: str, path: str = "", problems: Sequence[Problem] = ()) -> None:
        super().__init__()
        self.code = code
        self.path = path
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Edit:
    """What an operation answers: the new tree, and the path of the part to look at afterwards.

    `origins`: for each part that was there before, its path then.
    """

    tree: Tree
    path: str
    origins: Mapping[str, str]


Operation = Callable[[Tree, Catalogue | None], Edit]


def add(parent: str, name: str, values: Mapping[str, Any] | None = None, rank: int | None = None) -> Operation:
    """A new part in the list `name` of the part at `parent`, at `rank` from 0, else at the end.

    Required fields that `values` leaves out get a placeholder, so that there is something to correct.
    """

    def change(tree: Tree, links: Links) -> str:
        holder = _holder(tree, parent, name)
        part, siblings = holder.part.children[name], holder.node[name]
        at = len(siblings) if rank is None else min(rank, len(siblings))
        node = _blank(part, siblings) | dict(values or {})
        siblings.insert(at, node["text"] if part.plain else node)
        return joined(parent, name, at)

    return _operation(change)


def edit(path: str, values: Mapping[str, Any]) -> Operation:
    """Other values for some fields of the part at `path`, or of the edition itself at the empty path."""

    def change(tree: Tree, links: Links) -> str:
        if path == ROOT:
            if not set(values) <= set(OF_THE_EDITION):
                raise Refusal("fixed")
            tree.update(copy.deepcopy(dict(values)))
            return path
        place = _place(tree, path)
        if not set(values) <= set(place.part.fields):
            raise Refusal("kind", path)
        if place.part.plain:
            place.siblings[place.rank] = reworded(place.node, values["text"])
        else:
            links.replace(path, place.part, place.node, values)
            place.node.update(copy.deepcopy(dict(values)))
        return path

    return _operation(change)


def delete(path: str) -> Operation:
    """The part at `path` and everything below it are gone, with the references to them."""

    def change(tree: Tree, links: Links) -> str:
        place = _place(tree, path)
        del place.siblings[place.rank]
        if place.siblings:
            return joined(place.parent, place.name, min(place.rank, len(place.siblings) - 1))
        return place.parent

    return _operation(change)


def move(path: str, parent: str, rank: int | None = None) -> Operation:
    """The part at `path` goes to the part at `parent`, before its item `rank`, else at the end.

    Ranks are those of the tree before the move.
    """

    def change(tree: Tree, links: Links) -> str:
        return _moved(_place(tree, path), _holder(tree, parent, _place(tree, path).name), rank)

    return _operation(change)


def move_beside(path: str, other: str, after: bool) -> Operation:
    """The part at `path` goes just before, or just after, a part of the same kind."""

    def change(tree: Tree, links: Links) -> str:
        place, beside = _place(tree, path), _place(tree, other)
        if place.name != beside.name:
            raise Refusal("kind", other)
        return _moved(place, _holder(tree, beside.parent, place.name), beside.rank + after)

    return _operation(change)


def move_up(path: str) -> Operation:
    """One rank up; from the first rank, to the end of the part before that may hold it."""

    def change(tree: Tree, links: Links) -> str:
        place = _place(tree, path)
        if place.rank > 0:
            return _moved(place, _holder(tree, place.parent, place.name), place.rank - 1)
        return _moved(place, _neighbour(tree, place, -1), None)

    return _operation(change)


def move_down(path: str) -> Operation:
    """One rank down; from the last rank, to the head of the part after that may hold it."""

    def change(tree: Tree, links: Links) -> str:
        place = _place(tree, path)
        if place.rank < len(place.siblings) - 1:
            return _moved(place, _holder(tree, place.parent, place.name), place.rank + 2)
        return _moved(place, _neighbour(tree, place, 1), 0)

    return _operation(change)


def parents_for(tree: Tree, path: str) -> list[str]:
    """Where else the part at `path` could stand: paths of parts, in the order of the tree."""
    place = _place(tree, path)
    return [holder.path for holder in holders_of(tree, place.name) if holder.path != place.parent]


def _operation(change: Callable[[Tree, Links], str]) -> Operation:
    """Carry out a change on a copy, let the references follow, and refuse what makes the tree worse."""

    def operation(tree: Tree, catalogue: Catalogue | None = None) -> Edit:
        changed = copy.deepcopy(tree)
        tracked, links = Tracked(changed), Links(changed)
        path = change(changed, links)
        worse = _new_errors(tree, changed, catalogue)
        if not worse or all(problem.code in _OF_REFERENCES for problem in worse):
            try:
                links.write()
            except Unnamed as error:
                raise Refusal("unnamed", str(error)) from error
            worse = _new_errors(tree, changed, catalogue)
        if worse:
            raise Refusal("invalid", path, worse)
        return Edit(completed(changed), path, tracked.origins())

    return operation


_OF_REFERENCES = ("unknown_reference", "ambiguous_reference", "duplicate")


def _new_errors(before: Tree, after: Tree, catalogue: Catalogue | None) -> list[Problem]:
    """The errors of `after` that `before` did not have, wherever they stood."""
    known = Counter((problem.code, problem.message) for problem in _errors(before, catalogue))
    found = []
    for problem in _errors(after, catalogue):
        if known[problem.code, problem.message] > 0:
            known[problem.code, problem.message] -= 1
        else:
            found.append(problem)
    return found


def _errors(tree: Tree, catalogue: Catalogue | None) -> Iterable[Problem]:
    return (each for each in problems_of(tree, catalogue) if each.level == "error" and each.code not in LATER)


def _place(tree: Tree, path: str) -> Place:
    if path == ROOT:
        raise Refusal("fixed")
    try:
        return place_at(tree, path)
    except UnknownPlace as error:
        raise Refusal("path", path) from error


def _holder(tree: Tree, path: str, name: str) -> Holder:
    try:
        holder = holder_at(tree, path)
    except UnknownPlace as error:
        raise Refusal("path", path) from error
    if name not in holder.part.children:
        raise Refusal("kind", path)
    return holder


def _neighbour(tree: Tree, place: Place, step: int) -> Holder:
    """The part next to the present parent that may hold the same list."""
    holders = holders_of(tree, place.name)
    rank = next(rank for rank, holder in enumerate(holders) if holder.path == place.parent) + step
    if not 0 <= rank < len(holders):
        raise Refusal("first" if step < 0 else "last", place.path)
    return holders[rank]


def _moved(place: Place, holder: Holder, rank: int | None) -> str:
    """Take the part out and put it back: no part holds its own kind, so the path of the new parent stays."""
    target = holder.node[place.name]
    at = len(target) if rank is None else min(rank, len(target))
    if target is place.siblings and at > place.rank:
        at -= 1
    if target is place.siblings and at == place.rank:
        raise Refusal("same", place.path)
    target.insert(at, place.siblings.pop(place.rank))
    return joined(holder.path, place.name, at)


def _blank(part: Part, siblings: list[Any]) -> Tree:
    node: Tree = {name: _first_value(name, field, siblings) for name, field in part.fields.items()}
    return node | {name: [] for name in part.children}


def _first_value(name: str, field: Field, siblings: list[Any]) -> Any:
    if not field.required:
        return field.fresh_default()
    if field.kind == "choice":
        return field.choices[-1]
    if name == "code":
        taken = {sibling["code"] for sibling in siblings}
        return next(code for rank in range(1, len(siblings) + 2) if (code := f"choix-{rank}") not in taken)
    return PLACEHOLDER
