"""From rows « bloc, activity, competency, modality, criterion » to a tree: what XLSX, CSV and Word have in common.

A blank cell means « as above ». A bloc closes the activity above it, an activity its competency. A modality assesses
the competencies it stands beside, and those below it until another modality, a dash, or another bloc; one that
assesses every competency of its bloc is said to assess the bloc.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from certification.referentials.importers.base import Imported, ImportRefused, Remark
from certification.referentials.importers.covering import Covering
from certification.referentials.importers.parts import assessment_of, competencies_in, empty_nodes, new_tree, plain
from certification.referentials.importers.splitting import Piece, bloc_coded, clean, pieces, sentences
from certification.referentials.wording import Message, say

COLUMNS = ("bloc", "activity", "competency", "modality", "criterion")
MAX_ROWS = 20_000
NO_MODALITY = ("-", "–", "—")
MAX_CELL = 32_000
_WORDS = (
    ("bloc", ("bloc", "block", "unit")),
    ("modality", ("modalit", "assessment", "epreuve")),
    ("criterion", ("criter", "evaluation")),
    ("activity", ("activit",)),
    ("competency", ("competenc", "skill")),
)
_HEADING_REACH = 30


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: where it stands, and the text of each column (blank when as above)."""

    place: Message
    cells: Mapping[str, str]


def column_of(heading: str) -> str | None:
    """Which column a heading names, in French or in English, the official wordings included; None otherwise."""
    text = plain(heading)
    text = re.sub(r"^referentiels? (de |d'|d )", "", text)
    found = [
        (place, name)
        for name, words in _WORDS
        for word in words
        if 0 <= (place := text.find(word)) < _HEADING_REACH and len(text) < 400
    ]
    return min(found)[1] if found else None


def headings_of(cells: Sequence[str]) -> dict[int, str] | None:
    """The columns a heading row names, by position; None when the row is no heading."""
    filled = {rank: column_of(cell) for rank, cell in enumerate(cells) if cell.strip()}
    if len(filled) < 2 or None in filled.values():
        return None
    return {rank: name for rank, name in filled.items() if name is not None}


def signature(cells: Sequence[str]) -> str:
    """What tells a heading row that is repeated from a row that holds the same words."""
    return " | ".join(plain(cell) for cell in cells if cell.strip())


def tree_of(rows: Iterable[Row]) -> Imported:
    """The tree the rows describe. Raises ImportRefused when there is no competency, or far too many rows."""
    builder = _Builder()
    for count, row in enumerate(rows, start=1):
        if count > MAX_ROWS:
            raise ImportRefused("too_large", say("read.too_many_lines", limit=MAX_ROWS), row.place)
        builder.add(row)
    return builder.imported()


class _Builder:
    """The tree as it grows, row by row: what « above » means."""

    def __init__(self) -> None:
        self._tree = new_tree()
        self._remarks: list[Remark] = []
        self._above: dict[str, str] = dict.fromkeys(COLUMNS, "")
        self._scopes: dict[str, tuple[str, dict[str, Any]] | None] = {
            "bloc": None,
            "activity": None,
            "competency": None,
        }
        self._seen: dict[tuple[str, ...], Message] = {}
        self._assessments: dict[tuple[str, str], dict[str, Any]] = {}
        self._covered: dict[int, dict[int, dict[str, Any]]] = {}
        self._modality_above: dict[str, Any] | None = None
        self._opened: list[dict[str, Any]] = []  # the competencies of the cell above, or of this row

    def add(self, row: Row) -> None:
        cells = {name: clean(row.cells.get(name, "")) for name in COLUMNS}
        for name, text in cells.items():
            if len(text) > MAX_CELL:
                place = say("place.column", place=row.place, column=say(f"column.{name}"))
                raise ImportRefused("too_large", say("read.cell_too_long", limit=MAX_CELL), place)
            self._formula(row.place, text)
        before = self._opened
        for name in ("bloc", "activity", "competency"):
            if cells[name] and cells[name] != self._above[name]:
                getattr(self, f"_open_{name}")(cells[name], row.place)
        if cells["modality"]:
            self._modality_above = self._assessment(cells["modality"], row.place)
        if cells["modality"] or self._opened is not before:
            self._cover(self._modality_above, self._opened)
        if cells["criterion"]:
            self._criteria(cells["criterion"], row.place)

    def imported(self) -> Imported:
        parts = list(competencies_in(self._tree))
        if not parts:
            raise ImportRefused("nothing", say("read.no_competency"))
        covering = Covering(self._tree)
        for assessment in self._tree["assessments"]:
            covering.cover(assessment, self._covered[id(assessment)].values())
        covering.write()
        return Imported(self._tree, (*self._remarks, *empty_nodes(self._tree)))

    def _remark(self, path: str, place: Message, code: str, message: Message, level: str = "warning") -> None:
        self._remarks.append(Remark(path, place, code, message, level))

    def _formula(self, place: Message, text: str) -> None:
        if text[:1] in ("=", "@", "+"):
            self._remark("", place, "formula", say("look.formula", text=text[:40]))

    def _close(self, *names: str) -> None:
        for name in names:
            self._above[name] = ""
            self._scopes[name] = None
        self._opened = []

    def _hang(self, child: str, node: dict[str, Any], *parents: str) -> str:
        """Append under the nearest of the open parents; returns the path."""
        for name in parents:
            scope = self._scopes[name]
            if scope is not None:
                prefix, parent = scope[0] + ".", scope[1]
                break
        else:
            prefix, parent = "", self._tree
        listed = parent.setdefault(child, [])
        listed.append(node)
        return f"{prefix}{child}[{len(listed) - 1}]"

    def _open_bloc(self, text: str, place: Message) -> None:
        self._close("activity", "competency")
        self._modality_above = None
        self._above["bloc"] = text
        code, title = bloc_coded(text)
        node: dict[str, Any] = {"code": code} if code else {"key": f"bloc-{len(self._tree['blocs']) + 1}"}
        node["title"] = title
        path = self._hang("blocs", node)
        self._scopes["bloc"] = (path, node)
        self._note_duplicate("bloc", path, text, place)

    def _open_activity(self, text: str, place: Message) -> None:
        self._close("competency")
        self._above["activity"] = text
        head, *tasks = pieces(text)
        node: dict[str, Any] = {"code": head.code} if head.code else {}
        node["title"] = head.text
        lines = [*head.items, *(line for task in tasks for line in _flat(task))]
        if lines:
            node["tasks"] = lines
        path = self._hang("activities", node, "bloc")
        self._scopes["activity"] = (path, node)
        if tasks:
            self._remark(path, place, "split", say("look.tasks"))
        self._note_duplicate("activity", path, text, place)

    def _open_competency(self, text: str, place: Message) -> None:
        self._above["competency"] = text
        found = pieces(text)
        self._opened = []
        for piece in found:
            node: dict[str, Any] = {"code": piece.code} if piece.code else {}
            self._opened.append(node)
            node["text"] = "\n".join([piece.text, *(f"- {item}" for item in piece.items)])
            path = self._hang("competencies", node, "activity", "bloc")
            self._scopes["competency"] = (path, node)
            self._note_split(path, place, piece, len(found))
            self._note_duplicate("competency", path, piece.text, place)

    def _criteria(self, text: str, place: Message) -> None:
        found = pieces(text)
        for piece in found:
            node: dict[str, Any] = {"code": piece.code} if piece.code else {}
            node["text"] = piece.text
            if piece.items:
                node["items"] = piece.items
            path = self._hang("criteria", node, "competency", "activity", "bloc")
            self._note_split(path, place, piece, len(found))
            if "\n" in self._above["competency"] and len(pieces(self._above["competency"])) > 1:
                self._remark(path, place, "criterion_of_several", say("look.criterion_of_several"))
            self._note_duplicate(path.rpartition("criteria")[0], path, piece.text, place)

    def _assessment(self, text: str, place: Message) -> dict[str, Any] | None:
        """The assessment that a modality is, one for the same words in the same bloc; None for a lone dash."""
        if text in NO_MODALITY:
            return None
        scope = self._scopes["bloc"]
        bloc = (scope[1].get("code") or scope[1].get("key")) if scope else None
        node = self._assessments.get((bloc or "", text))
        if node is None:
            node = self._assessments[bloc or "", text] = assessment_of(text, bloc)
            path = self._hang("assessments", node)
            self._covered[id(node)] = {}
            if node["kind"] == "other":
                self._remark(path, place, "kind", say("look.kind_unsaid"), "info")
        return node

    def _cover(self, assessment: dict[str, Any] | None, competencies: list[dict[str, Any]]) -> None:
        """Beside a competency, or a criterion of it, a modality assesses that competency."""
        if assessment is not None:
            self._covered[id(assessment)].update((id(each), each) for each in competencies)

    def _note_split(self, path: str, place: Message, piece: Piece, count: int) -> None:
        if count > 1:
            self._remark(path, place, "split", say("look.split", count=count))
        elif len(sentences(piece.text)) > 1:
            self._remark(path, place, "sentences", say("look.sentences"), "info")

    def _note_duplicate(self, kind: str, path: str, text: str, place: Message) -> None:
        key = (kind, plain(text))
        if key in self._seen:
            self._remark(path, place, "duplicate", say("look.duplicate", place=self._seen[key]))
        else:
            self._seen[key] = place


def _flat(piece: Piece) -> list[str]:
    text = f"{piece.code} {piece.text}" if piece.code else piece.text
    return [text, *piece.items]
