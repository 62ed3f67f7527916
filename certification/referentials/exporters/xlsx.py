"""A workbook in the columns of the import template: bloc, activity, competency, modality, criterion.

A blank cell means « as above »: criteria that stand under an activity, a bloc or the edition itself come before what
is below it. Codes open the texts (« C1 : … »), sub-items are dashes under a criterion. A second sheet lists the
checks. A modality stands beside the competencies it assesses; where none does, a dash. The criteria that an assessment
has of its own are dashes under it. References, deliverables,
durations and award rules do not fit in a table: JSON, YAML and CASE carry them.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from certification.referentials.exporters.base import Origin, Tree
from certification.referentials.references import bloc_name, competencies_of

COLUMNS = (("Bloc", 34), ("Activité", 34), ("Compétence", 46), ("Modalité", 40), ("Critère", 60))
"""Headers and widths, in characters; the reader of the import knows them by their words."""
CHECK_COLUMNS = (("Bloc", 10), ("Critère", 70), ("Contrôle", 30), ("Rôle", 12), ("Paramètres", 40))
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LONGEST_CELL = 32_767
NO_MODALITY = "–"


class Line(NamedTuple):
    """A row less its modality; `path` is that of the competency it belongs to, empty for none."""

    bloc: str = ""
    activity: str = ""
    competency: str = ""
    criterion: str = ""
    path: str = ""


def write(tree: Tree, origin: Origin) -> bytes:
    """The workbook's bytes: the référentiel, then its checks."""
    book = Workbook()
    book.properties.creator = "Jalon"
    book.properties.title = tree["title"]
    book.properties.created = book.properties.modified = origin.changed_at.replace(tzinfo=None)
    first = book.worksheets[0]
    first.title = "Référentiel"
    _fill(first, COLUMNS, _rows(tree))
    _fill(book.create_sheet("Contrôles"), CHECK_COLUMNS, _checks(tree))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _rows(tree: Tree) -> Iterator[Sequence[str]]:
    for bloc in (None, *tree["blocs"]):
        label = _coded(bloc["code"], bloc["title"]) if bloc is not None else ""
        prefix = "" if bloc is None else f"blocs[{tree['blocs'].index(bloc)}]."
        lines = list(_scope(label, tree if bloc is None else bloc, prefix))
        for line, modality in _beside(lines, *_modalities(tree, bloc)):
            yield line.bloc, line.activity, line.competency, modality, line.criterion


def _modalities(tree: Tree, bloc: Mapping[str, Any] | None) -> tuple[list[str], list[set[str]]]:
    """The texts of the assessments of a bloc, and the paths of the competencies that each names, none for all."""
    name = bloc_name(bloc) if bloc is not None else None
    references = competencies_of(tree)
    found = [each for each in tree["assessments"] if each["bloc"] == name]
    named = [[references.resolve(each, name) for each in assessment["competencies"]] for assessment in found]
    paths = [{target.path for target in targets if target.bloc == name} for targets in named]
    return [_modality(each) for each in found], paths


def _beside(lines: Sequence[Line], texts: Sequence[str], named: Sequence[set[str]]) -> Iterator[tuple[Line, str]]:
    """Each line with a modality: all those of a competency from its first line on, unless the one above goes on."""
    if not any(line.path for line in lines):
        yield from _paired(lines, texts)
        return
    above: list[str] = []
    for path, group in groupby(lines, key=lambda line: line.path):
        own = [text for text, covered in zip(texts, named, strict=True) if not covered or path in covered]
        if not path or (own == above[-1:] and len(own) < 2):
            yield from _paired(list(group), ())
            continue
        yield from _paired(list(group), own or [NO_MODALITY])
        above = own


def _paired(lines: Sequence[Line], texts: Sequence[str]) -> Iterator[tuple[Line, str]]:
    """Lines and modalities side by side, in as many rows as the longer needs."""
    for rank in range(max(len(lines), len(texts))):
        yield lines[rank] if rank < len(lines) else Line(), texts[rank] if rank < len(texts) else ""


def _scope(label: str, scope: Mapping[str, Any], prefix: str) -> Iterator[Line]:
    """The lines of a bloc or of the edition; what opens a bloc, an activity, a competency is said once."""
    own = list(_scope_lines(scope, prefix))
    for rank, activity in enumerate(scope["activities"]):
        title = _coded(activity["code"], activity["title"])
        first, *others = list(_scope_lines(activity, f"{prefix}activities[{rank}].")) or [Line()]
        own += [first._replace(activity=title), *others]
    if label:
        own[:1] = [(own[0] if own else Line())._replace(bloc=label)]
    yield from own


def _scope_lines(scope: Mapping[str, Any], prefix: str) -> Iterator[Line]:
    """First the criteria under no competency, then each competency beside its first criterion."""
    for criterion in scope["criteria"]:
        yield Line(criterion=_criterion(criterion))
    for rank, competency in enumerate(scope["competencies"]):
        path, text = f"{prefix}competencies[{rank}]", _coded(competency["code"], competency["text"])
        first, *others = [_criterion(each) for each in competency["criteria"]] or [""]
        yield Line(competency=text, criterion=first, path=path)
        yield from (Line(criterion=each, path=path) for each in others)


def _criterion(node: Mapping[str, Any]) -> str:
    text = _coded(node["code"], " ".join(filter(None, (node["lead_in"], node["text"]))))
    return "\n".join([text, *(f"- {_flat(item)}" for item in node["items"])])


def _modality(node: Mapping[str, Any]) -> str:
    title, brief = node["title"], node["brief"] or ""
    words = brief if brief.startswith(title) else "\n".join(filter(None, (title, brief)))
    return "\n".join([words, *(f"- {_flat(each['text'])}" for each in node["criteria"])])


def _coded(code: str | None, text: str) -> str:
    return f"{code} : {_flat(text)}" if code else _flat(text)


def _flat(text: str) -> str:
    """On one line: in a cell, a new line begins another part."""
    return " ".join(text.split())


def _checks(tree: Tree) -> Iterator[Sequence[str]]:
    for label, criterion in _criteria(tree):
        for check in criterion["checks"]:
            params = json.dumps(check["params"], ensure_ascii=False) if check["params"] else ""
            role = {"decided": "décide", "informed": "éclaire"}[check["role"]]
            yield label, _criterion(criterion), check["code"], role, params


def _criteria(tree: Tree) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for bloc in (tree, *tree["blocs"]):
        label = "" if bloc is tree else bloc_name(bloc) or ""
        for scope in (bloc, *bloc["activities"]):
            yield from ((label, each) for each in scope["criteria"])
            for competency in scope["competencies"]:
                yield from ((label, each) for each in competency["criteria"])
    for assessment in tree["assessments"]:
        yield from ((assessment["bloc"] or "", each) for each in assessment["criteria"])


def _fill(sheet: Worksheet, columns: Sequence[tuple[str, int]], rows: Iterator[Sequence[str]]) -> None:
    for column, (header, width) in enumerate(columns, start=1):
        cell = sheet.cell(row=1, column=column, value=header)
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", start_color="0F4C4F")
        sheet.column_dimensions[get_column_letter(column)].width = width
    for rank, row in enumerate(rows, start=2):
        for column, text in enumerate(row, start=1):
            if text:
                _write_text(sheet, rank, column, text)
    sheet.freeze_panes = "A2"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"


def _write_text(sheet: Worksheet, row: int, column: int, text: str) -> None:
    """A text stays a text: what begins like a formula is not one."""
    cell = sheet.cell(row=row, column=column)
    cell.value = _ILLEGAL.sub("", text)[:_LONGEST_CELL]
    cell.data_type = "s"
    cell.alignment = Alignment(wrap_text=True, vertical="top")
