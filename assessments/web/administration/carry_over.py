"""The form of a carry-over table: one row for each competency and bloc of the old edition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.selectors.administration.editions import Reported
from assessments.web.looks import Look
from certification.referentials.carry_over import VERDICTS, Row, Table, row_fault
from certification.referentials.pairing import Part

VERDICT_LOOKS: Final[dict[str, Look]] = {
    "same": Look(gettext_lazy("Report tel quel"), "check", "met"),
    "reworded": Look(gettext_lazy("Report, texte revu"), "draft", "met"),
    "split": Look(gettext_lazy("Partage entre plusieurs"), "open", "undecided"),
    "merged": Look(gettext_lazy("Réunion avec d’autres"), "arrow", "undecided"),
    "none": Look(gettext_lazy("Sans report"), "close", "not-met"),
}
TABLE_NAMES: Final = {"blocs": gettext_lazy("Blocs"), "competencies": gettext_lazy("Compétences")}
"""In the order of the page."""
_MOST_BLANKS = 1  # places left for one more target


@dataclass(frozen=True, slots=True)
class RowShown:
    """`name` begins the names of the row's fields; `targets` are the labels typed or proposed."""

    name: str
    old: Part
    verdict: str
    look: Look
    targets: Sequence[str]
    blanks: Sequence[int]
    error: str = ""


@dataclass(frozen=True, slots=True)
class TableShown:
    name: str
    title: str
    rows: Sequence[RowShown]
    choices: Sequence[str]
    required: Sequence[Part]

    @property
    def counts(self) -> list[tuple[Look, int]]:
        """How many rows by verdict."""
        counted = [(look, sum(row.verdict == verdict for row in self.rows)) for verdict, look in VERDICT_LOOKS.items()]
        return [(look, number) for look, number in counted if number]


def tables_shown(reported: Reported, typed: QueryDict | None = None) -> list[TableShown]:
    """The tables to show: what was `typed` and its errors, else what is decided or proposed."""
    return [
        TableShown(
            name=name,
            title=str(title),
            rows=[_shown(f"{name}-{rank}", row, reported.choices[name], typed) for rank, row in _rows(reported, name)],
            choices=list(reported.choices[name]),
            required=reported.required[name],
        )
        for name, title in TABLE_NAMES.items()
    ]


def table_typed(reported: Reported, typed: QueryDict) -> Table | None:
    """The table that was typed; None when a row does not hold."""
    found: dict[str, tuple[Row, ...]] = {}
    for name in TABLE_NAMES:
        choices = reported.choices[name]
        rows = []
        for rank, row in _rows(reported, name):
            verdict, targets = _asked(f"{name}-{rank}", typed)
            if _fault(verdict, targets, choices):
                return None
            rows.append(Row(row.old, verdict, tuple(choices[label] for label in targets)))
        found[name] = tuple(rows)
    return Table(**found)


def _rows(reported: Reported, name: str) -> list[tuple[int, Row]]:
    rows: tuple[Row, ...] = getattr(reported.table, name)
    return list(enumerate(rows))


def _asked(name: str, typed: QueryDict) -> tuple[str, list[str]]:
    targets = [label.strip() for label in typed.getlist(f"{name}-new")]
    return typed.get(f"{name}-verdict", ""), list(dict.fromkeys(label for label in targets if label))


def _shown(name: str, row: Row, choices: Mapping[str, Part], typed: QueryDict | None) -> RowShown:
    labels = {part.path: label for label, part in choices.items()}
    verdict, targets, error = row.verdict, [labels[part.path] for part in row.new], ""
    if typed is not None:
        verdict, targets = _asked(name, typed)
        error = _fault(verdict, targets, choices)
    look = VERDICT_LOOKS.get(verdict, VERDICT_LOOKS["none"])
    return RowShown(name, row.old, verdict, look, targets, range(_MOST_BLANKS), error)


def _fault(verdict: str, targets: Sequence[str], choices: Mapping[str, Part]) -> str:
    """Why a row does not hold; empty when it does."""
    unknown = next((label for label in targets if label not in choices), None)
    if unknown is not None:
        return _("« %(label)s » n’est pas dans la nouvelle édition : choisissez dans la liste.") % {"label": unknown}
    if verdict not in VERDICTS:
        return _("Choisissez un report.")
    return str(row_fault(verdict, len(targets)))
