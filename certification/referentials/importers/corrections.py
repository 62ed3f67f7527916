"""Correcting a tree before it is accepted: texts, splits, merges, removals. Pure functions over trees.

A part is shown as one text: its wording, then its sub-items (or tasks) as lines that start with a dash; an
assessment's title, then its description.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from certification.referentials.importers.base import Imported, Remark
from certification.referentials.importers.covering import Covering, scope_of
from certification.referentials.importers.parts import empty_nodes
from certification.referentials.importers.splitting import clean, sentences

Node = dict[str, Any]
_STEP = re.compile(r"(?:^|\.)([a-z_]+)\[(\d+)\]")
_DASH = "- "
_WORDING = {"blocs": "title", "activities": "title", "competencies": "text", "criteria": "text", "assessments": "title"}
_LISTED = {"activities": "tasks", "criteria": "items"}
_BELOW = ("activities", "competencies", "criteria")


@dataclass(frozen=True, slots=True)
class Item:
    """A part to correct: `kind` is the name of its list, `depth` counts from 0."""

    path: str
    kind: str
    depth: int
    code: str
    text: str


def items_of(tree: Mapping[str, Any]) -> list[Item]:
    """The parts of a tree in their order, the assessments last."""
    return [
        Item(path, kind, depth, node.get("code") or "", _shown(kind, node)) for path, kind, depth, node in _parts(tree)
    ]


def reworded(imported: Imported, texts: Mapping[str, tuple[str, str]]) -> Imported:
    """The same import with the (code, text) of some paths; an empty text changes nothing."""

    def change(tree: Node, held: Covering) -> None:
        for path, kind, _, node in list(_parts(tree)):
            if path in texts:
                _reword(tree, kind, node, *texts[path])

    return _changed(imported, change)


def covering(imported: Imported, covers: Mapping[str, Sequence[str]]) -> Imported:
    """The same import where the assessments at some paths cover the competencies at these, none for the whole bloc."""

    def change(tree: Node, held: Covering) -> None:
        for path, kind, _, node in list(_parts(tree)):
            if kind == "assessments" and path in covers:
                known = scope_of(tree, node)
                held.cover(node, [known[each] for each in covers[path] if each in known])

    return _changed(imported, change) if covers else imported


def split(imported: Imported, path: str) -> Imported:
    """The part cut into several: by line, else by its dashes, else by sentence. What stands below stays first."""

    def change(tree: Node, held: Covering) -> None:
        listed, rank, kind = _located(tree, path)
        if kind not in ("competencies", "criteria"):
            return
        first, *texts = _groups(_shown(kind, listed[rank]))
        _word(kind, listed[rank], first)
        others = [_fresh(kind, text) for text in texts]
        listed[rank + 1 : rank + 1] = others
        held.join(listed[rank], others)

    return _changed(imported, change, settled=path)


def merged(imported: Imported, path: str) -> Imported:
    """The part joined to the one before it in the same list, with what stands below it."""

    def change(tree: Node, held: Covering) -> None:
        listed, rank, kind = _located(tree, path)
        if rank == 0:
            return
        above, node = listed[rank - 1], listed.pop(rank)
        wording = _WORDING[kind]
        above[wording] = f"{above[wording]} {node[wording]}"
        for name in (*_BELOW, "tasks", "items", "deliverables"):
            if node.get(name):
                above[name] = [*(above.get(name) or ()), *node[name]]
        held.replace(node, above)
        _forget(tree, kind, node, above.get("code") or above.get("key"))

    return _changed(imported, change, settled=path)


def removed(imported: Imported, path: str) -> Imported:
    """The import without a part and what stands below it."""

    def change(tree: Node, held: Covering) -> None:
        listed, rank, kind = _located(tree, path)
        _forget(tree, kind, listed.pop(rank), None)

    return _changed(imported, change)


ACTIONS: Mapping[str, Callable[[Imported, str], Imported]] = {"split": split, "merge": merged, "remove": removed}


def _parts(tree: Mapping[str, Any]) -> Iterator[tuple[str, str, int, Node]]:
    for rank, bloc in enumerate(tree.get("blocs") or ()):
        yield f"blocs[{rank}]", "blocs", 0, bloc
        yield from _below(bloc, f"blocs[{rank}].", 1)
    yield from _below(tree, "", 0)
    for rank, assessment in enumerate(tree.get("assessments") or ()):
        yield f"assessments[{rank}]", "assessments", 0, assessment


def _below(scope: Mapping[str, Any], prefix: str, depth: int) -> Iterator[tuple[str, str, int, Node]]:
    for kind in _BELOW:
        for rank, node in enumerate(scope.get(kind) or ()):
            path = f"{prefix}{kind}[{rank}]"
            yield path, kind, depth, node
            yield from _below(node, f"{path}.", depth + 1)


def _shown(kind: str, node: Mapping[str, Any]) -> str:
    lines = [f"{_DASH}{each}" for each in node.get(_LISTED.get(kind, ""), ()) or ()]
    brief = [node["brief"]] if kind == "assessments" and node.get("brief") else []
    return "\n".join([node.get(_WORDING[kind]) or "", *lines, *brief])


def _word(kind: str, node: Node, text: str) -> None:
    """Write what `_shown` shows."""
    first, *lines = clean(text).split("\n")
    if kind == "assessments":
        node["title"], brief = first, "\n".join(lines)
        node.pop("brief", None)
        node.update({"brief": brief} if brief else {})
    elif kind in _LISTED:
        plain = [line for line in lines if not line.startswith(_DASH)]
        node[_WORDING[kind]] = "\n".join([first, *plain])
        listed = [line.removeprefix(_DASH).strip() for line in lines if line.startswith(_DASH)]
        node[_LISTED[kind]] = [line for line in listed if line]
    else:
        node[_WORDING[kind]] = clean(text).replace("\n", " ") if kind == "blocs" else clean(text)


def _reword(tree: Node, kind: str, node: Node, code: str, text: str) -> None:
    code = " ".join(code.split())
    if kind == "blocs" and code != (node.get("code") or ""):
        named = node.get("code") or node.get("key")
        key = node.get("key") or (None if code else named)
        _rename(tree, named, code or key)
        node.update({"code": code or None, "key": key})
    elif code or node.get("code"):
        node["code"] = code or None
    if clean(text):
        _word(kind, node, text)


def _rename(tree: Node, before: str | None, after: str | None) -> None:
    for assessment in tree.get("assessments") or ():
        if before is not None and assessment.get("bloc") == before:
            assessment["bloc"] = after


def _forget(tree: Node, kind: str, node: Node, heir: str | None) -> None:
    """Assessments of a bloc that is no more go to its heir, or to none."""
    if kind == "blocs":
        _rename(tree, node.get("code") or node.get("key"), heir)


def _fresh(kind: str, text: str) -> Node:
    node: Node = {}
    _word(kind, node, text)
    return node


def _groups(text: str) -> list[str]:
    """Where to cut a text, the most likely way first; one group when nothing shows where."""
    lines = clean(text).split("\n")
    groups: list[str] = []
    for line in lines:
        if line.startswith(_DASH) and groups:
            groups[-1] += f"\n{line}"
        else:
            groups.append(line)
    if len(groups) == 1 and len(lines) > 1:
        groups = [line.removeprefix(_DASH) for line in lines]
    return groups if len(groups) > 1 else sentences(lines[0]) or lines


def _located(tree: Node, path: str) -> tuple[list[Node], int, str]:
    """The list that holds the part at `path`, its rank, its kind. Raises LookupError when there is none."""
    steps = _STEP.findall(path)
    if not steps or any(name not in _WORDING for name, _ in steps):
        raise LookupError(path)
    node: Any = tree
    for name, rank in steps:
        listed = node.get(name) or []
        node = listed[int(rank)]
    return listed, int(steps[-1][1]), steps[-1][0]


def _changed(imported: Imported, change: Callable[[Node, Covering], None], settled: str = "") -> Imported:
    """A changed copy; the remarks follow their parts, those on the part just settled and on lost ones go."""
    tree = copy.deepcopy(imported.tree)
    nodes = {path: node for path, _, _, node in _parts(tree)}
    held = Covering(tree)
    change(tree, held)
    held.write()
    paths = {id(node): path for path, _, _, node in _parts(tree)}
    kept = [
        _moved(remark, paths[id(nodes[remark.path])]) if remark.path in nodes else remark
        for remark in imported.remarks
        if remark.code != "empty" and remark.path != (settled or None) and _stands(remark, nodes, paths)
    ]
    return Imported(tree, (*kept, *empty_nodes(tree)))


def _stands(remark: Remark, nodes: Mapping[str, Node], paths: Iterable[int]) -> bool:
    return remark.path not in nodes or id(nodes[remark.path]) in paths


def _moved(remark: Remark, path: str) -> Remark:
    return Remark(path, remark.place, remark.code, remark.message, remark.level)
