"""An import to look at: a page of its parts, each with what is doubtful or wrong about it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator

from certification.referentials.errors import Problem
from certification.referentials.importers.base import Imported, Remark
from certification.referentials.importers.corrections import Item, items_of

PER_PAGE = 80
SPLITTABLE = ("competencies", "criteria")


@dataclass(frozen=True, slots=True)
class Said:
    """Something said of a part: `tone` as in the notices."""

    tone: str
    text: str
    place: str


@dataclass(frozen=True, slots=True)
class ItemShown:
    """`rows`: lines that its text takes in the form; `mergeable`: something of its kind stands above it."""

    item: Item
    said: Sequence[Said]
    rows: int
    splittable: bool
    mergeable: bool


@dataclass(frozen=True, slots=True)
class ImportShown:
    """`general`: what is said of the whole, or of parts that the form does not show."""

    code: str
    edition: str
    title: str
    page: Page[ItemShown]
    general: Sequence[Said]
    counts: Mapping[str, int]
    doubts: int
    errors: int


def import_shown(imported: Imported, wrong: Sequence[Problem], number: Any) -> ImportShown:
    """`wrong`: what validation says of the tree; `number`: the page asked for."""
    tree = imported.tree
    items = _items(imported)
    said, general = _said(items, imported.remarks, wrong)
    shown = [
        ItemShown(
            item=item,
            said=said[item.path],
            rows=min(12, 1 + item.text.count("\n") + len(item.text) // 90),
            splittable=item.kind in SPLITTABLE,
            mergeable=not item.path.endswith("[0]"),
        )
        for item in items
    ]
    kinds = [item.kind for item in items]
    return ImportShown(
        code=str(tree.get("code") or ""),
        edition=str(tree.get("edition") or ""),
        title=str(tree.get("title") or ""),
        page=Paginator(shown, PER_PAGE).get_page(number),
        general=general,
        counts={kind: kinds.count(kind) for kind in ("blocs", "activities", "competencies", "criteria", "assessments")},
        doubts=sum(each.level == "warning" for each in imported.remarks),
        errors=sum(each.level == "error" for each in wrong),
    )


def _items(imported: Imported) -> list[Item]:
    """A tree of our own form may be anything but one: then only its problems are shown."""
    try:
        return items_of(imported.tree)
    except (AttributeError, TypeError):
        return []


def _said(
    items: Sequence[Item], remarks: Sequence[Remark], wrong: Sequence[Problem]
) -> tuple[dict[str, list[Said]], list[Said]]:
    """What is said beside each part, and what is left over."""
    paths = {item.path for item in items}
    beside: dict[str, list[Said]] = defaultdict(list)
    general: list[Said] = []
    for problem in wrong:
        tone = "not-met" if problem.level == "error" else "undecided"
        near = _nearest(problem.path, paths)
        where = "" if near else problem.path
        (beside[near] if near else general).append(Said(tone, str(problem.message), where))
    for remark in remarks:
        tone = "undecided" if remark.level == "warning" else "neutral"
        (beside[remark.path] if remark.path in paths else general).append(
            Said(tone, str(remark.message), str(remark.place))
        )
    return beside, general


def _nearest(path: str, paths: set[str]) -> str:
    """The part that a path is in: the problem of a field stands beside the part that holds it."""
    while path and path not in paths:
        path = path.rpartition(".")[0]
    return path
