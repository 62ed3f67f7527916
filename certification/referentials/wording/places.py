"""Where something stands in a file: sheet, line, element."""

from __future__ import annotations

from collections.abc import Mapping

MESSAGES: Mapping[str, Mapping[str, str]] = {
    "place.text": {"fr": "{text}", "en": "{text}"},
    "place.refused": {"fr": "{place} : {message}", "en": "{place}: {message}"},
    "place.line": {"fr": "ligne {line}", "en": "line {line}"},
    "place.line_column": {"fr": "ligne {line}, colonne {column}", "en": "line {line}, column {column}"},
    "place.sheet": {"fr": "feuille « {sheet} »", "en": "sheet ‘{sheet}’"},
    "place.sheet_line": {"fr": "feuille « {sheet} », ligne {line}", "en": "sheet ‘{sheet}’, line {line}"},
    "place.table_line": {"fr": "tableau {table}, ligne {line}", "en": "table {table}, line {line}"},
    "place.after_table": {"fr": "après le tableau {table}", "en": "after table {table}"},
    "place.member_line": {"fr": "{member}, ligne {line}", "en": "{member}, line {line}"},
    "place.member_element": {"fr": "{member}, <{element}>", "en": "{member}, <{element}>"},
    "place.element": {"fr": "élément {element}", "en": "element {element}"},
    "place.fiche": {"fr": "{fiche}, {element}", "en": "{fiche}, {element}"},
    "place.bloc": {"fr": "{fiche}, bloc {bloc}", "en": "{fiche}, skills block {bloc}"},
    "place.bloc_element": {"fr": "{fiche}, bloc {bloc}, {element}", "en": "{fiche}, skills block {bloc}, {element}"},
    "place.column": {"fr": "{place}, {column}", "en": "{place}, {column}"},
    "part.option_groups": {"fr": "groupe d’options", "en": "group of options"},
    "part.blocs": {"fr": "bloc de compétences", "en": "skills block"},
    "part.activities": {"fr": "activité", "en": "activity"},
    "part.tasks": {"fr": "tâche", "en": "task"},
    "part.competencies": {"fr": "compétence", "en": "competency"},
    "part.criteria": {"fr": "critère", "en": "criterion"},
    "part.items": {"fr": "sous-critère", "en": "sub-criterion"},
    "part.assessments": {"fr": "épreuve", "en": "assessment"},
    "part.parts": {"fr": "partie d’épreuve", "en": "part of an assessment"},
    "part.deliverables": {"fr": "livrable", "en": "deliverable"},
    "column.bloc": {"fr": "bloc", "en": "skills block"},
    "column.activity": {"fr": "activité", "en": "activity"},
    "column.competency": {"fr": "compétence", "en": "competency"},
    "column.modality": {"fr": "modalité", "en": "modality"},
    "column.criterion": {"fr": "critère", "en": "criterion"},
}
