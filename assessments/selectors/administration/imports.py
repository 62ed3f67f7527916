"""An import to look at: a page of its parts, each with what is doubtful or wrong about it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files.storage import default_storage
from django.core.paginator import Page, Paginator

from assessments.models import ReferentialImport, User
from certification.referentials.errors import Problem
from certification.referentials.importers.base import Imported, ImportRefused, Remark
from certification.referentials.importers.corrections import Item, items_of
from certification.referentials.importers.covering import covered_by, scope_of

PASTED = "tableau.tsv"
"""The name of a table that was pasted and not sent as a file."""
MAX_PASTED = 2_000_000
MAX_WAITING = 20
PER_PAGE = 80
LABEL = 160
SPLITTABLE = ("competencies", "criteria")


@dataclass(frozen=True, slots=True)
class ReadingShown:
    """An import that is being read, or could not be. `percent` is None as long as nothing is known of its size.

    `fault` and `place`: why it was refused, and where; `pasted`: the table as it was typed, to correct it.
    """

    percent: int | None
    fault: str
    place: str
    pasted: str
    asks_fiche: bool


def waiting_imports(user: User) -> list[ReferentialImport]:
    """The person's own imports, the latest first."""
    return list(ReferentialImport.objects.visible_to(user)[:MAX_WAITING])


def reading_shown(row: ReferentialImport) -> ReadingShown:
    """What the page that waits for a reading shows."""
    refused = ImportRefused.from_json(row.fault) if row.fault else None
    return ReadingShown(
        percent=min(100, 100 * row.bytes_read // row.bytes_total) if row.bytes_total else None,
        fault=str(refused.message) if refused else "",
        place=str(refused.place) if refused else "",
        pasted=_pasted(row) if refused and row.file_name == PASTED else "",
        asks_fiche=row.kind == "rncp",
    )


def _pasted(row: ReferentialImport) -> str:
    with default_storage.open(row.source_key, "rb") as stream:
        return str(stream.read(MAX_PASTED).decode("utf-8", "replace"))


@dataclass(frozen=True, slots=True)
class Said:
    """Something said of a part: `tone` as in the notices."""

    tone: str
    text: str
    place: str


@dataclass(frozen=True, slots=True)
class CoverShown:
    """A competency that an assessment may cover; `covered`: it names it."""

    path: str
    label: str
    covered: bool


@dataclass(frozen=True, slots=True)
class ItemShown:
    """`rows`: lines that its text takes in the form; `mergeable`: something of its kind stands above it.

    `covers`: for an assessment, the competencies of its bloc; `covered`: the labels of those it names, none for all.
    """

    item: Item
    said: Sequence[Said]
    rows: int
    splittable: bool
    mergeable: bool
    covers: Sequence[CoverShown] = ()
    bloc: str = ""

    @property
    def covered(self) -> Sequence[str]:
        return [cover.label.partition(" – ")[0] for cover in self.covers if cover.covered]


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
    page = Paginator(items, PER_PAGE).get_page(number)
    shown = [
        ItemShown(
            item=item,
            said=said[item.path],
            rows=min(12, 1 + item.text.count("\n") + len(item.text) // 90),
            splittable=item.kind in SPLITTABLE,
            mergeable=not item.path.endswith("[0]"),
            covers=tuple(_covers(tree, item)),
            bloc=_bloc(tree, item),
        )
        for item in page
    ]
    kinds = [item.kind for item in items]
    return ImportShown(
        code=str(tree.get("code") or ""),
        edition=str(tree.get("edition") or ""),
        title=str(tree.get("title") or ""),
        page=Page(shown, page.number, page.paginator),  # type: ignore[arg-type]  # the same pages, of shown items
        general=general,
        counts={kind: kinds.count(kind) for kind in ("blocs", "activities", "competencies", "criteria", "assessments")},
        doubts=sum(each.level == "warning" for each in imported.remarks),
        errors=sum(each.level == "error" for each in wrong),
    )


def _covers(tree: dict[str, Any], item: Item) -> Iterator[CoverShown]:
    if item.kind != "assessments":
        return
    assessment = _assessment(tree, item)
    covered = covered_by(tree, assessment)
    for path, node in scope_of(tree, assessment).items():
        words = " ".join(node["text"].split())
        label = f"{node['code']} – {words}" if node.get("code") else words
        yield CoverShown(path, label if len(label) <= LABEL else f"{label[:LABEL]}…", path in covered)


def _bloc(tree: dict[str, Any], item: Item) -> str:
    return str(_assessment(tree, item).get("bloc") or "") if item.kind == "assessments" else ""


def _assessment(tree: dict[str, Any], item: Item) -> dict[str, Any]:
    listed: list[dict[str, Any]] = tree["assessments"]
    return listed[int(item.path.removeprefix("assessments[").removesuffix("]"))]


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
