"""What the parts of a tree call each other, kept while the tree is changed.

References are written as codes and keys (see `references`). Before a change each is read as the part it means;
afterwards each is written again under the name that part then bears, and left out if the part is gone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from certification.referentials.references import References, activities_of, bloc_name, competencies_of
from certification.referentials.spec import DELIVERABLE, Part
from certification.referentials.structure import walk

Tree = dict[str, Any]
_SEVERAL = ("competencies", "activities")
_ONE = ("bloc", "option_group", "deliverable")


class Unnamed(LookupError):
    """A part that others refer to has no name left by which it could be told from the others."""


class Links:
    """The references of one tree, by identity of its parts.

    The tree may then be changed in place as long as its parts stay the same objects; `write` follows.
    A reference that names nothing, or several parts, stays as it is written.
    """

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._names = _Names(tree)
        self._held: dict[tuple[int, str], tuple[Tree, str, str, list[Any]]] = {}
        for path, part, node in walk(tree):
            for name, kind in reference_fields(part):
                written = node[name] if kind in _SEVERAL else [node[name]]
                self._hold(node, name, kind, written, self._names.bloc_at(path, node))

    def replace(self, path: str, part: Part, node: Tree, values: Mapping[str, Any]) -> None:
        """Let the references of one part be those of `values`, written as they read before any change."""
        bloc = self._names.bloc_at(path, node)
        for name, kind in reference_fields(part):
            if name in values:
                self._hold(node, name, kind, values[name] if kind in _SEVERAL else [values[name]], bloc)

    def write(self) -> None:
        """Write every reference as the changed tree reads; raises Unnamed."""
        names = _Names(self._tree)
        held = list(self._held.values())
        for node, name, kind, targets in held:  # first what says in which bloc an assessment stands
            if kind in _ONE:
                node[name] = names.one(kind, targets[0])
        for node, name, kind, targets in held:
            path = names.path_of(node)
            if kind in _SEVERAL and path is not None:
                bloc = names.bloc_at(path, node)
                written = [names.shortest(kind, target, bloc) for target in targets]
                node[name] = list(dict.fromkeys(each for each in written if each is not None))

    def _hold(self, node: Tree, name: str, kind: str, written: list[Any], bloc: str | None) -> None:
        targets = [self._names.meant(kind, each, bloc) for each in written]
        self._held[id(node), name] = (node, name, kind, targets)


def reference_fields(part: Part) -> Iterator[tuple[str, str]]:
    """The fields of a part that name other parts: (field, kind)."""
    for name, field in part.fields.items():
        if field.kind in _SEVERAL or field.kind in _ONE:
            yield name, field.kind


class _Names:
    """The names of one state of a tree."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._nodes = {path: node for path, _, node in walk(tree)}
        self._paths = {id(node): path for path, node in self._nodes.items()}
        self._references: dict[str, References] = {
            "competencies": competencies_of(tree),
            "activities": activities_of(tree),
        }
        self._targets = {
            (kind, target.path): target for kind, known in self._references.items() for target in known.targets
        }
        deliverables = [node for _, part, node in walk(tree) if part is DELIVERABLE]
        self._known: dict[str, dict[str, Tree]] = {
            "bloc": {name: bloc for bloc in tree["blocs"] for name in (bloc["key"], bloc["code"]) if name},
            "option_group": {group["code"]: group for group in tree["option_groups"]},
            "deliverable": {node["key"]: node for node in deliverables if node["key"]},
        }

    def path_of(self, node: Tree) -> str | None:
        return self._paths.get(id(node))

    def bloc_at(self, path: str, node: Mapping[str, Any]) -> str | None:
        """The name of the bloc that holds the part at `path`, or that an assessment names."""
        if path.startswith("blocs["):
            return bloc_name(self._nodes[path.partition(".")[0]])
        named = self._known["bloc"].get(node.get("bloc") or "")
        return bloc_name(named) if named is not None else None

    def meant(self, kind: str, written: str | None, bloc: str | None) -> Any:
        """The part that a reference means, else the reference itself."""
        if written is None:
            return None
        if kind in _ONE:
            return self._known[kind].get(written, written)
        try:
            return self._nodes[self._references[kind].resolve(written, bloc).path]
        except LookupError:
            return written

    def one(self, kind: str, target: Any) -> str | None:
        """The name of a bloc, group or deliverable; None once it is gone."""
        if not isinstance(target, dict):
            return target  # type: ignore[no-any-return]  # None, or a reference as written
        if self.path_of(target) is None:
            return None
        found = {"bloc": bloc_name(target), "option_group": target.get("code"), "deliverable": target.get("key")}[kind]
        if found is None:
            raise Unnamed(self.path_of(target))
        return found

    def shortest(self, kind: str, target: Any, bloc: str | None) -> str | None:
        """The shortest name of a competency or an activity; None once it is gone."""
        if not isinstance(target, dict):
            return target  # type: ignore[no-any-return]  # a reference as written
        path = self.path_of(target)
        if path is None:
            return None
        try:
            return self._references[kind].canonical(self._targets[kind, path], bloc)
        except LookupError as error:
            raise Unnamed(path) from error
