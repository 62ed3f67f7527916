"""The decided carry-over table as the new edition's metadata hold it, under `carry_over`.

    from: edition it starts from
    competencies: [{old: NAMED, verdict: VERDICT, new: [NAMED…]}]
    blocs: the same

NAMED is {bloc, code, text}: the bloc's code or key (empty outside any bloc), the part's code or key (empty where it
has none) and its wording. A part is found again by the three, else by bloc and code, else by its wording, so that
the draft may still be corrected under the table. Pure functions over normalised trees.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from certification.referentials.carry_over import TABLES, VERDICTS, Row, Table, row_fault
from certification.referentials.errors import Problem
from certification.referentials.pairing import Part, parts_of
from certification.referentials.wording import say

Tree = Mapping[str, Any]

_NAMED_SCHEMA = {
    "type": "object",
    "required": ["bloc", "code", "text"],
    "additionalProperties": False,
    "properties": {"bloc": {"type": "string"}, "code": {"type": "string"}, "text": {"type": "string", "minLength": 1}},
}
_ROWS_SCHEMA = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["old", "verdict", "new"],
        "additionalProperties": False,
        "properties": {
            "old": _NAMED_SCHEMA,
            "verdict": {"enum": list(VERDICTS)},
            "new": {"type": "array", "items": _NAMED_SCHEMA, "uniqueItems": True},
        },
    },
}
SCHEMA = {
    "type": "object",
    "required": ["from", *TABLES],
    "additionalProperties": False,
    "properties": {"from": {"type": "string", "minLength": 1}, **dict.fromkeys(TABLES, _ROWS_SCHEMA)},
}


def decided(old: Tree, new: Tree) -> Table | None:
    """The table that stands in the new edition's metadata; None when there is none, or not for this old edition.

    A part of the old edition that the table leaves out, or whose targets are gone, carries over to nothing.
    """
    stored = new["metadata"].get("carry_over")
    if stored is None or stored["from"] != old["edition"]:
        return None
    return Table(**{name: tuple(_decided_rows(stored[name], kind, old, new)) for name, kind in TABLES.items()})


def as_metadata(table: Table, old: Tree, new: Tree) -> dict[str, Any]:
    """The table in the form that `metadata.carry_over` holds."""
    before, after = _names(old), _names(new)
    written: dict[str, Any] = {"from": old["edition"]}
    for name in TABLES:
        written[name] = [
            {
                "old": before[row.old.path],
                "verdict": row.verdict,
                "new": [after[part.path] for part in row.new],
            }
            for row in getattr(table, name)
        ]
    return written


def carry_over_problems(tree: Tree) -> Iterator[Problem]:
    """Rows of the table of a normalised tree that do not hold; their form has been checked with `SCHEMA`."""
    stored = tree["metadata"].get("carry_over")
    if stored is None:
        return
    for name, kind in TABLES.items():
        finder = _Finder(tree, kind)
        for rank, row in enumerate(stored[name]):
            place = f"metadata.carry_over.{name}[{rank}]"
            if fault := row_fault(row["verdict"], len(row["new"])):
                yield Problem(f"{place}.verdict", "carry_over", fault)
            for position, named in enumerate(row["new"]):
                if finder.find(named) is None:
                    message = say("form.carry_over_gone", text=named["code"] or named["text"])
                    yield Problem(f"{place}.new[{position}]", "carry_over_target", message, "warning")


def _names(tree: Tree) -> dict[str, dict[str, str]]:
    """How the table names each bloc and competency, by path."""
    parts = parts_of(tree)
    blocs = {part.path: part.code or "" for part in parts if part.kind == "bloc"}
    return {
        part.path: {"bloc": blocs.get(part.bloc, ""), "code": part.code or "", "text": part.text}
        for part in parts
        if part.kind in TABLES.values()
    }


class _Finder:
    """The parts of one kind of a tree, by the names that a table gives them."""

    def __init__(self, tree: Tree, kind: str) -> None:
        names = _names(tree)
        self._parts = [part for part in parts_of(tree) if part.kind == kind]
        self._by: list[dict[Any, list[Part]]] = [{}, {}, {}]
        for part in self._parts:
            for found, key in zip(self._by, _keys(names[part.path]), strict=True):
                found.setdefault(key, []).append(part)

    def find(self, named: Mapping[str, str], taken: Iterable[str] = ()) -> Part | None:
        """The part named, copies being told by their order: one already `taken` is not given again."""
        for rank, (found, key) in enumerate(zip(self._by, _keys(named), strict=True)):
            free = [part for part in found.get(key, []) if part.path not in set(taken)]
            if free and (rank == 0 or len(free) == 1) and (rank != 1 or named["code"]):
                return free[0]
        return None


def _keys(named: Mapping[str, str]) -> tuple[Any, Any, Any]:
    return (
        (named["bloc"], named["code"], named["text"]),
        (named["bloc"], named["code"]),
        named["text"],
    )


def _decided_rows(stored: Sequence[Mapping[str, Any]], kind: str, old: Tree, new: Tree) -> Iterator[Row]:
    before, after = _Finder(old, kind), _Finder(new, kind)
    rows: dict[str, Row] = {}
    for each in stored:
        part = before.find(each["old"], rows)
        if part is None:
            continue
        targets: list[Part] = []
        for named in each["new"]:
            target = after.find(named, [taken.path for taken in targets])
            targets += [target] if target is not None else []
        verdict = each["verdict"] if not row_fault(each["verdict"], len(targets)) else "none"
        rows[part.path] = Row(part, verdict, tuple(targets) if verdict != "none" else ())
    for part in parts_of(old):
        if part.kind == kind:
            yield rows.get(part.path) or Row(part, "none")
