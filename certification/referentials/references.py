"""References between the parts of a tree: how a competency or an activity is named from elsewhere.

A reference is a text, read in this order: a `key`; a code, within the bloc where the reference stands;
`BLOC/CODE`; a code, within the whole edition. It must name one part only: codes may be local to a bloc,
repeat, or be missing, and then a `key` is written beside the part.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


class UnknownReference(LookupError):
    """The reference names no part."""


class AmbiguousReference(LookupError):
    """The reference names several parts."""


@dataclass(frozen=True, slots=True)
class Target:
    """A part that can be referred to: its path in the tree, the name of its bloc, its key and its code."""

    path: str
    bloc: str | None
    key: str | None
    code: str | None


class References:
    """The competencies, or the activities, of one tree."""

    def __init__(self, targets: list[Target]) -> None:
        self.targets = targets

    def resolve(self, reference: str, bloc: str | None) -> Target:
        """The part that `reference`, standing in the bloc named `bloc`, names.

        Raises UnknownReference or AmbiguousReference.
        """
        for found in self._readings(reference, bloc):
            if len(found) == 1:
                return found[0]
            if found:
                raise AmbiguousReference(reference)
        raise UnknownReference(reference)

    def canonical(self, target: Target, bloc: str | None) -> str:
        """The shortest reference to `target` from the bloc named `bloc`; raises UnknownReference."""
        qualified = f"{target.bloc}/{target.code}" if target.bloc and target.code else None
        for candidate in filter(None, (target.key, target.code, qualified)):
            try:
                if self.resolve(candidate, bloc).path == target.path:
                    return candidate
            except LookupError:
                continue
        raise UnknownReference(target.path)

    def _readings(self, reference: str, bloc: str | None) -> Iterator[list[Target]]:
        yield [target for target in self.targets if target.key == reference]
        if bloc is not None:
            yield [target for target in self.targets if target.bloc == bloc and target.code == reference]
        yield [
            target
            for target in self.targets
            if target.bloc is not None and target.code is not None and f"{target.bloc}/{target.code}" == reference
        ]
        yield [target for target in self.targets if target.code == reference]


def bloc_name(bloc: Mapping[str, Any]) -> str | None:
    """What references call a bloc: its code, else its key."""
    return bloc.get("code") or bloc.get("key")


def competencies_of(tree: Mapping[str, Any]) -> References:
    """The competencies of a well-formed tree."""
    return References(list(_competencies(tree)))


def activities_of(tree: Mapping[str, Any]) -> References:
    """The activities of a well-formed tree."""
    return References([_target(path, bloc, activity) for path, bloc, activity in _activities(tree)])


def _scopes(tree: Mapping[str, Any]) -> Iterator[tuple[str, str | None, Mapping[str, Any]]]:
    """The edition itself, then each bloc: (prefix of paths, name of the bloc, part)."""
    yield "", None, tree
    for rank, bloc in enumerate(tree.get("blocs") or ()):
        yield f"blocs[{rank}].", bloc_name(bloc), bloc


def _activities(tree: Mapping[str, Any]) -> Iterator[tuple[str, str | None, Mapping[str, Any]]]:
    for prefix, bloc, scope in _scopes(tree):
        for rank, activity in enumerate(scope.get("activities") or ()):
            yield f"{prefix}activities[{rank}]", bloc, activity


def _competencies(tree: Mapping[str, Any]) -> Iterator[Target]:
    for prefix, bloc, scope in _scopes(tree):
        for rank, competency in enumerate(scope.get("competencies") or ()):
            yield _target(f"{prefix}competencies[{rank}]", bloc, competency)
    for path, bloc, activity in _activities(tree):
        for rank, competency in enumerate(activity.get("competencies") or ()):
            yield _target(f"{path}.competencies[{rank}]", bloc, competency)


def _target(path: str, bloc: str | None, part: Mapping[str, Any]) -> Target:
    return Target(path, bloc, part.get("key"), part.get("code"))
