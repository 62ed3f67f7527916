"""A référentiel as PDF in the official form: activities, competencies, assessment (modalities and criteria)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.template.loader import render_to_string
from django.utils import timezone

from assessments.dispatch import PRINT_REFERENTIAL, ring
from assessments.reports.evaluation_report import refuse
from assessments.services import storage
from certification.referentials.models import Referential
from certification.referentials.references import bloc_name, competencies_of
from certification.referentials.tree import edition_tree
from certification.visible import visible_html

STYLESHEET = "referential_print.css"
TEMPLATE = "reports/referential.html"
AGAIN_SECONDS = 60
FOLDER = "printed"
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


def asked(referential: Referential) -> str | None:
    """Where the PDF of the edition as it stands lies in storage; None while a worker prints it.

    What was asked a minute ago and has not come is asked again: the printing may have been lost.
    """
    key = _key(referential)
    if default_storage.exists(key):
        return key
    if cache.add(f"printing:{key}", True, timeout=AGAIN_SECONDS):
        ring(PRINT_REFERENTIAL, referential.pk)
    return None


def print_edition(*, referential_id: int) -> None:
    """Print an edition into storage, unless it is there or the edition is gone. Safe to deliver twice."""
    referential = Referential.objects.with_content().filter(pk=referential_id).first()
    if referential is not None and not default_storage.exists(key := _key(referential)):
        storage.keep_bytes(key, render_pdf(referential))


def forget_old() -> int:
    """Delete what was printed more than IMPORT_DAYS ago, to be printed again if asked. Returns how many."""
    before = timezone.now() - timedelta(days=settings.IMPORT_DAYS)
    try:
        names = [f"{FOLDER}/{name}" for name in default_storage.listdir(FOLDER)[1]]
    except FileNotFoundError:  # nothing was ever printed
        return 0
    old = [name for name in names if default_storage.get_modified_time(name) < before]
    for name in old:
        default_storage.delete(name)
    return len(old)


def _key(referential: Referential) -> str:
    """Named by all that the PDF depends on: the content, whether it is frozen, and how it is set."""
    parts = [referential.content_hash, str(referential.is_frozen), str(referential.pk)]
    files = [_stylesheet(), Path(settings.BASE_DIR) / "templates" / TEMPLATE]
    digest = hashlib.sha256("\n".join([*parts, *(path.read_text(encoding="utf-8") for path in files)]).encode())
    return f"{FOLDER}/{digest.hexdigest()}.pdf"


def _stylesheet() -> Path:
    return Path(settings.BASE_DIR) / "static" / "css" / STYLESHEET


def render_pdf(referential: Referential) -> bytes:
    """The edition as a tagged PDF, A4 landscape, in French whoever prints, as référentiels are; nothing is fetched."""
    from weasyprint import CSS, HTML  # heavy to import, and few requests print

    html = visible_html(render_to_string(TEMPLATE, {"sheet": sheet_of(referential)}))
    css = CSS(filename=str(_stylesheet()))
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
