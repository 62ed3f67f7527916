"""CASE 1.1 (1EdTech): a CFPackage as the tree of an edition.

Our own exports come back as they left (`case_form.EXTENSION`). The packages of others are understood by the words of
their item types, and where those say nothing, by depth: what cannot be placed is told, never lost in silence.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from certification.referentials import spec
from certification.referentials.case_form import EXTENSION, KINDS, Kind
from certification.referentials.importers.base import Imported, ImportRefused, Progress, Remark
from certification.referentials.structure import completed
from certification.referentials.wording import Message, say

MAX_BYTES = 30_000_000
MAX_DEPTH = 40
MAX_ITEMS = 50_000
SCALE = [
    {"code": "acquired", "label": {"fr": "acquis", "en": "acquired"}, "acquired": True},
    {"code": "not_acquired", "label": {"fr": "non acquis", "en": "not acquired"}, "acquired": False},
]
"""The marking scale of packages that bring none of ours."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def read(path: Path, options: Mapping[str, str], progress: Progress) -> Imported:
    """The tree of the CFPackage in the file; no option. Raises as `read_case`."""
    with path.open("rb") as stream:
        data = stream.read(MAX_BYTES + 1)
    progress(len(data), len(data), 0)
    return read_case(data)


def read_case(data: bytes) -> Imported:
    """The tree of the CFPackage in `data`, complete.

    Raises ImportRefused when it is above 30 MB, no UTF-8, no JSON, no CFPackage, or nested too deep.
    """
    if len(data) > MAX_BYTES:
        raise ImportRefused("too_large", say("read.file_too_large", limit=MAX_BYTES // 1_000_000))
    try:
        package = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ImportRefused("encoding", say("read.not_utf8")) from error
    except RecursionError as error:
        raise ImportRefused("too_deep", say("read.json_deep")) from error
    except json.JSONDecodeError as error:
        place = say("place.line_column", line=error.lineno, column=error.colno)
        raise ImportRefused("unreadable", say("read.json"), place) from error
    except ValueError as error:  # such as an integer of ten thousand digits
        raise ImportRefused("unreadable", say("read.json_value")) from error
    return tree_of(package)


def tree_of(package: Any) -> Imported:
    """The tree of a CFPackage already read; raises ImportRefused when it is none."""
    if not isinstance(package, dict) or not isinstance(package.get("CFDocument"), dict):
        raise ImportRefused("unreadable", say("read.no_package"), _at("CFDocument"))
    reading = _Reading(package)
    tree = reading.edition()
    return Imported(completed(tree), tuple(reading.remarks))


@dataclass(slots=True)
class _Item:
    """An item of the package and those that are its children, in their order."""

    raw: dict[str, Any]
    place: str
    children: list[_Item] = field(default_factory=list)
    placed: bool = False

    @property
    def ours(self) -> dict[str, Any]:
        return _ours(self.raw)

    @property
    def named_kind(self) -> Kind | None:
        """The kind that the item says it is: ours, else by the words of its type."""
        if self.ours.get("part") in KINDS:
            return KINDS[self.ours["part"]]
        words = str(self.raw.get("CFItemType") or "").lower()
        # The first word wins, then the longest: « bloc de compétences » is a bloc, « sous-critère » no criterion.
        found = [
            (-words.find(word), len(word), kind) for kind in KINDS.values() for word in kind.words if word in words
        ]
        return max(found, key=lambda each: each[:2])[2] if found else None


class _Reading:
    """One package being read."""

    def __init__(self, package: dict[str, Any]) -> None:
        self.remarks: list[Remark] = []
        self._document = package["CFDocument"]
        self._items: dict[str, _Item] = {}
        for rank, raw in enumerate(_objects(package, "CFItems", MAX_ITEMS)):
            self._items.setdefault(str(raw.get("identifier") or rank), _Item(raw, f"CFItems[{rank}]"))
        self._top = self._hang(list(_objects(package, "CFAssociations", 4 * MAX_ITEMS)))

    def edition(self) -> dict[str, Any]:
        document, ours = self._document, _ours(self._document)
        tree: dict[str, Any] = {name: value for name, value in ours.items() if name in spec.EDITION.fields}
        title = self._text(document.get("title"), "CFDocument.title") or "Sans titre"
        tree.setdefault("format", spec.FORMAT)
        tree.setdefault("code", slug(title))
        tree.setdefault("scale", SCALE)
        tree["title"] = title if ours else title[:300].strip()
        tree["edition"] = (_clean(document.get("version")) or "1")[:60].strip()
        if not ours and _clean(document.get("creator")):
            tree["metadata"] = {"certifier": _clean(document["creator"])[:300].strip()}
        self._fill(tree, spec.EDITION, self._top, 0)
        for item in self._items.values():
            if not item.placed:
                self._doubt(item.place, "unplaced", say("look.unplaced"))
        return tree

    def _hang(self, associations: list[dict[str, Any]]) -> list[_Item]:
        """Children under their parents; returns those at the top, in order."""
        parents: dict[str, str] = {}
        ranks: dict[str, tuple[float, int]] = {}
        for order, each in enumerate(associations):
            child, parent = _end(each, "originNodeURI"), _end(each, "destinationNodeURI")
            if each.get("associationType") != "isChildOf" or child not in self._items:
                continue
            if child in parents:
                place = self._items[child].place
                self._doubt(place, "several_parents", say("look.several_parents"))
                continue
            rank = each.get("sequenceNumber")
            parents[child] = parent
            ranks[child] = (float(rank) if isinstance(rank, (int, float)) else float("inf"), order)
        top: list[_Item] = []
        for identifier in sorted(self._items, key=lambda key: ranks.get(key, (float("inf"), 0))):
            parent_item = self._items.get(parents.get(identifier, ""))
            (parent_item.children if parent_item else top).append(self._items[identifier])
        return top

    def _fill(self, node: dict[str, Any], part: spec.Part, items: Iterable[_Item], depth: int) -> None:
        """Put items under a part, each in the list of its kind."""
        if depth > MAX_DEPTH:
            raise ImportRefused("too_deep", say("read.hierarchy"), _at("CFAssociations"))
        codes: set[str] = set()
        for item in items:
            kind = self._kind(item, part)
            made = self._part(item, kind, codes) if kind else None
            if kind is None or made is None:
                continue
            item.placed = True
            node.setdefault(kind.name, []).append(made)
            if isinstance(made, dict):
                self._fill(made, kind.part, item.children, depth + 1)
            else:
                self._flatten(node[kind.name], item.children)

    def _kind(self, item: _Item, part: spec.Part) -> Kind | None:
        """Where an item goes under a part: where its type says, else where its depth does; None for nowhere."""
        named = item.named_kind
        if named is not None and named.name in part.children:
            return named
        guessed = _by_depth(item, part)
        if named is not None and guessed is not None:
            said = say("look.kind_by_depth", named=say(f"part.{named.name}"), read=say(f"part.{guessed.name}"))
            self._doubt(item.place, "kind_by_depth", said)
        return guessed

    def _part(self, item: _Item, kind: Kind, codes: set[str]) -> Any:
        """The part that an item is, without its children; None when it says nothing."""
        raw = item.raw
        text = self._text(raw.get("fullStatement") or raw.get("abbreviatedStatement"), item.place)
        code = _clean(raw.get("humanCodingScheme"))
        text = text or code
        if not text:
            self._doubt(item.place, "empty", say("look.no_text"))
            return None
        if kind.part.plain:
            return text
        made = {name: value for name, value in item.ours.items() if name in kind.part.fields}
        if kind.part is spec.CRITERION and isinstance(item.ours.get("checks"), list):
            made["checks"] = item.ours["checks"]
        made[kind.statement] = text
        if "kind" in kind.part.fields:
            made.setdefault("kind", "other")
        if code and "code" in kind.part.fields:
            made["code"] = self._code(item, kind, code, codes)
        return made

    def _code(self, item: _Item, kind: Kind, code: str, codes: set[str]) -> str | None:
        """The code where the form admits it: short enough, and given once among blocs and option groups."""
        if len(code) > (kind.part.fields["code"].length or len(code)):
            self._doubt(item.place, "long_code", say("look.long_code", text=code[:80]))
            return None
        if kind.part.unique_code and code in codes:
            self._doubt(item.place, "duplicate_code", say("look.code_taken", text=code))
            return None
        codes.add(code)
        return code

    def _flatten(self, lines: list[Any], items: Iterable[_Item]) -> None:
        """What stands under a bare line follows it: the form goes no deeper."""
        waiting = list(items)
        while waiting:
            item = waiting.pop(0)
            item.placed = True
            waiting = item.children + waiting
            text = self._text(item.raw.get("fullStatement"), item.place)
            if text:
                lines.append(text)
            self._doubt(item.place, "flattened", say("look.flattened"))

    def _text(self, value: Any, place: str) -> str:
        text = _clean(value)
        if isinstance(value, str) and _CONTROL.search(value):
            self._doubt(place, "control_character", say("look.control_character"))
        return text

    def _doubt(self, place: str, code: str, message: Message) -> None:
        self.remarks.append(Remark("", _at(place), code, message))


def slug(title: str) -> str:
    """A code made of a title: lower case, digits and dashes; `referentiel` for want of any."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:60].strip("-") or "referentiel"


def _by_depth(item: _Item, part: spec.Part) -> Kind | None:
    """Blocs and activities hold something that holds something; the rest follows from what stands above."""
    holds_holders = any(child.children for child in item.children)
    if part is spec.EDITION:
        return KINDS["blocs" if item.children else "competencies"]
    if part is spec.BLOC:
        return KINDS["activities" if holds_holders else "competencies"]
    below = {id(spec.ACTIVITY): "competencies", id(spec.COMPETENCY): "criteria", id(spec.CRITERION): "items"}
    name = below.get(id(part))
    return KINDS[name] if name else None


def _objects(package: dict[str, Any], name: str, most: int) -> Iterator[dict[str, Any]]:
    """The objects of a list of the package; raises ImportRefused when it is no list of objects, or too long."""
    listed = package.get(name) or []
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise ImportRefused("unreadable", say("read.no_objects"), _at(name))
    if len(listed) > most:
        raise ImportRefused("too_large", say("read.too_many_objects", limit=most), _at(name))
    return iter(listed)


def _at(place: str) -> Message:
    return say("place.text", text=place)


def _ours(raw: dict[str, Any]) -> dict[str, Any]:
    extensions = raw.get("extensions")
    ours = extensions.get(EXTENSION) if isinstance(extensions, dict) else None
    return ours if isinstance(ours, dict) else {}


def _end(association: dict[str, Any], name: str) -> str:
    link = association.get(name)
    return str(link.get("identifier") or "") if isinstance(link, dict) else ""


def _clean(value: Any) -> str:
    """The text without control characters nor spaces around; empty for what is no text."""
    return _CONTROL.sub("", value).strip() if isinstance(value, str) else ""
