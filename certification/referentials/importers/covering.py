"""Which competencies an assessment, or a criterion, covers, kept while a tree is made and corrected.

References are written as codes and keys. They are held here as the parts they mean, and written again under the name
that each part then bears; a part whose code would not tell it from the others gets a key.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count
from typing import Any

from certification.referentials.references import References, Target, bloc_name, competencies_of
from certification.referentials.spec import ASSESSMENT, COMPETENCY, CRITERION
from certification.referentials.structure import walk

Node = dict[str, Any]
_FIELDS = {id(ASSESSMENT): "competencies", id(CRITERION): "covers"}


class Covering:
    """What the parts of a tree cover, by identity: the tree may then change in place, and `write` follows."""

    def __init__(self, tree: Node) -> None:
        self._tree = tree
        nodes = {path: node for path, part, node in walk(tree) if part is COMPETENCY}
        names, self._blocs = competencies_of(tree), _bloc_names(tree)
        self._held: dict[int, tuple[Node, str, list[Any]]] = {}
        for path, node, name in _holders(tree):
            bloc = self._bloc_of(path, node)
            self._held[id(node)] = node, name, [_meant(names, each, bloc, nodes) for each in node.get(name) or ()]
        self._scopes: dict[str | None, set[int]] = defaultdict(set)
        for path, node in nodes.items():
            self._scopes[self._bloc_of(path, node)].add(id(node))

    def cover(self, assessment: Node, competencies: Iterable[Node]) -> None:
        """Let an assessment cover these and no others; all those of its bloc are said by saying none."""
        covered = list(competencies)
        whole = self._scopes[self._blocs.get(assessment.get("bloc"))] == {id(each) for each in covered}
        self._held[id(assessment)] = assessment, "competencies", [] if whole else covered

    def join(self, node: Node, others: Sequence[Node]) -> None:
        """What covers a competency also covers those cut from it."""
        for _, _, covered in self._held.values():
            for rank, each in enumerate(covered):
                if each is node:
                    covered[rank + 1 : rank + 1] = others
                    break

    def replace(self, node: Node, heir: Node) -> None:
        """What covered a competency covers the one it was joined to."""
        for _, _, covered in self._held.values():
            covered[:] = [heir if each is node else each for each in covered]

    def write(self) -> None:
        """Write every reference as the tree now reads; those to parts that are gone are left out."""
        self._blocs = _bloc_names(self._tree)
        paths = {id(node): path for path, part, node in walk(self._tree) if part is COMPETENCY}
        held = [(path, *self._held[id(node)]) for path, node, _ in _holders(self._tree) if id(node) in self._held]
        self._name(paths, held)
        names = competencies_of(self._tree)
        targets = {target.path: target for target in names.targets}
        for path, node, name, covered in held:
            bloc = self._bloc_of(path, node)
            written = [
                _shortest(names, targets[paths[id(each)]], bloc) if isinstance(each, dict) else each
                for each in covered
                if not isinstance(each, dict) or id(each) in paths
            ]
            if written:
                node[name] = list(dict.fromkeys(written))
            else:
                node.pop(name, None)

    def _name(self, paths: Mapping[int, str], held: Sequence[tuple[str, Node, str, list[Any]]]) -> None:
        """Give a key to each competency that is covered and that its code does not tell from the others."""
        names = competencies_of(self._tree)
        targets = {target.path: target for target in names.targets}
        taken = {target.key for target in names.targets}
        fresh = (key for rank in count(1) if (key := f"competence-{rank}") not in taken)
        for path, node, _, covered in held:
            for each in covered:
                known = isinstance(each, dict) and id(each) in paths and not each.get("key")
                if known and not _told(names, targets[paths[id(each)]], self._bloc_of(path, node)):
                    each["key"] = next(fresh)

    def _bloc_of(self, path: str, node: Node) -> str | None:
        """The name of the bloc that a part stands in, or that an assessment names."""
        if path.startswith("blocs["):
            return bloc_name(self._tree["blocs"][int(path[len("blocs[") : path.index("]")])])
        return self._blocs.get(node.get("bloc"))


def scope_of(tree: Node, assessment: Node) -> dict[str, Node]:
    """The competencies that an assessment may cover, by path: those of its bloc, else those outside any."""
    blocs = _bloc_names(tree)
    wanted = blocs.get(assessment.get("bloc"))
    prefixes = [f"blocs[{rank}]." for rank, bloc in enumerate(tree.get("blocs") or ()) if bloc_name(bloc) == wanted]
    within = (prefixes or ["?"])[0] if wanted else ""
    return {
        path: node
        for path, part, node in walk(tree)
        if part is COMPETENCY and (path.startswith(within) if within else not path.startswith("blocs["))
    }


def covered_by(tree: Node, assessment: Node) -> set[str]:
    """The paths of the competencies that an assessment names; none when it covers all those of its bloc."""
    names, bloc = competencies_of(tree), _bloc_names(tree).get(assessment.get("bloc"))
    found = (_path(names, each, bloc) for each in assessment.get("competencies") or ())
    return {path for path in found if path}


def _holders(tree: Node) -> Iterator[tuple[str, Node, str]]:
    for path, part, node in walk(tree):
        if id(part) in _FIELDS:
            yield path, node, _FIELDS[id(part)]


def _bloc_names(tree: Node) -> dict[str | None, str | None]:
    """The name of each bloc, by its key and by its code."""
    blocs = tree.get("blocs") or ()
    return {name: bloc_name(bloc) for bloc in blocs for name in (bloc.get("key"), bloc.get("code")) if name}


def _meant(names: References, reference: str, bloc: str | None, nodes: Mapping[str, Node]) -> Any:
    """The competency that a reference means, else the reference itself."""
    return nodes.get(_path(names, reference, bloc), reference)


def _path(names: References, reference: str, bloc: str | None) -> str:
    try:
        return names.resolve(reference, bloc).path
    except LookupError:
        return ""


def _shortest(names: References, target: Target, bloc: str | None) -> str:
    """The shortest reference; where keys are given twice, the key, which validation will speak of."""
    try:
        return names.canonical(target, bloc)
    except LookupError:
        return target.key or target.code or ""


def _told(names: References, target: Target, bloc: str | None) -> bool:
    try:
        return bool(names.canonical(target, bloc))
    except LookupError:
        return False
