"""A référentiel as PDF in the official form: activities, competencies, assessment (modalities and criteria)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from assessments.reports.evaluation_report import refuse
from certification.referentials.models import Referential
from certification.referentials.references import bloc_name, competencies_of
from certification.referentials.tree import edition_tree

STYLESHEET = "referential_print.css"
Node = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table: a competency with its criteria, beside its activity where it is the activity's first."""

    activity: Node | None
    competency: Node | None
    modalities: tuple[Node, ...]
    criteria: tuple[Node, ...]
    opens: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A bloc, or what stands outside any: `title` is empty there."""

    code: str
    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the PDF shows of an edition."""

    title: str
    edition: str
    facts: tuple[str, ...]
    tables: tuple[Table, ...]
    content_hash: str
    draft: bool


def render_pdf(referential: Referential) -> bytes:
    """The edition as a tagged PDF, A4 landscape, in French whoever prints, as référentiels are; nothing is fetched."""
    from weasyprint import CSS, HTML  # heavy to import, and few requests print

    html = render_to_string("reports/referential.html", {"sheet": sheet_of(referential)})
    css = CSS(filename=str(Path(settings.BASE_DIR) / "static" / "css" / STYLESHEET))
    return bytes(HTML(string=html, url_fetcher=refuse).write_pdf(stylesheets=[css], pdf_variant="pdf/ua-1"))


def sheet_of(referential: Referential) -> Sheet:
    """The edition's content, bloc by bloc; what stands outside any bloc comes last."""
    tree = edition_tree(referential)
    tables = tuple(filter(lambda table: table.rows, (_table(tree, scope) for scope in (*tree["blocs"], tree))))
    return Sheet(
        title=tree["title"],
        edition=tree["edition"],
        facts=tuple(_facts(tree["metadata"])),
        tables=tables,
        content_hash=referential.content_hash,
        draft=not referential.is_frozen,
    )


def _facts(metadata: Node) -> Iterator[str]:
    for name, words in (("certifier", "{}"), ("rncp_code", "{}"), ("level", "niveau {}")):
        if metadata.get(name):
            yield words.format(metadata[name])


def _table(tree: Node, scope: Node) -> Table:
    whole = scope is tree
    path = "" if whole else f"blocs[{tree['blocs'].index(scope)}]."
    modalities = _modalities(tree, None if whole else bloc_name(scope))
    rows = list(_rows(path, scope, modalities))
    general = modalities.pop("", ())
    if general:
        first = rows.pop(0) if rows else Row(None, None, (), (), opens=True)
        rows.insert(0, Row(first.activity, first.competency, general + first.modalities, first.criteria, opens=True))
    return Table("" if whole else scope["code"] or "", "" if whole else scope["title"], tuple(rows))


def _modalities(tree: Node, bloc: str | None) -> dict[str, tuple[Node, ...]]:
    """The assessments of a bloc by the first competency they name, "" for those that name none of it."""
    references = competencies_of(tree)
    found: dict[str, tuple[Node, ...]] = {}
    for assessment in tree["assessments"]:
        if assessment["bloc"] == bloc:
            targets = [references.resolve(each, bloc) for each in assessment["competencies"]]
            place = targets[0].path if targets and targets[0].bloc == bloc else ""
            found[place] = (*found.get(place, ()), assessment)
    return found


def _rows(path: str, scope: Node, modalities: dict[str, tuple[Node, ...]]) -> Iterator[Row]:
    yield from _lines(path, scope, None, modalities)
    for rank, activity in enumerate(scope["activities"]):
        lines = list(_lines(f"{path}activities[{rank}].", activity, activity, modalities))
        yield from lines or [Row(activity, None, (), (), opens=True)]


def _lines(path: str, scope: Node, activity: Node | None, modalities: dict[str, tuple[Node, ...]]) -> Iterator[Row]:
    """The criteria under no competency, then each competency; the activity beside the first only."""
    opens = True
    if scope["criteria"]:
        yield Row(activity, None, (), tuple(scope["criteria"]), opens)
        opens = False
    for rank, competency in enumerate(scope["competencies"]):
        named = modalities.get(f"{path}competencies[{rank}]", ())
        yield Row(activity if opens else None, competency, named, tuple(competency["criteria"]), opens)
        opens = False
