"""The form and the tables say the same."""

from __future__ import annotations

import pytest
from django.db import models

from certification.referentials import models as tables
from certification.referentials import spec

PAIRS: list[tuple[spec.Part, type[models.Model]]] = [
    (spec.OPTION_GROUP, tables.OptionGroup),
    (spec.BLOC, tables.Bloc),
    (spec.ACTIVITY, tables.Activity),
    (spec.COMPETENCY, tables.Competency),
    (spec.CRITERION, tables.Criterion),
    (spec.DELIVERABLE, tables.Deliverable),
    (spec.ASSESSMENT, tables.Assessment),
    (spec.ASSESSMENT_PART, tables.AssessmentPart),
]
FIELDS = [(part, table, name) for part, table in PAIRS for name in part.fields]


@pytest.mark.parametrize(("part", "table", "name"), FIELDS)
def test_a_field_of_the_form_is_a_column(part: spec.Part, table: type[models.Model], name: str) -> None:
    field, column = part.fields[name], table._meta.get_field(name)

    if field.kind == "choice":
        assert isinstance(column, models.CharField)
        assert [value for value, _ in column.choices or ()] == list(field.choices)
    if field.kind == "text" and isinstance(column, models.CharField):
        assert field.length == column.max_length
    if field.kind == "int" and isinstance(column, models.PositiveSmallIntegerField):
        assert field.maximum < 2**15


def test_the_roles_of_a_check_are_those_of_its_column() -> None:
    assert list(spec.CHECK.fields["role"].choices) == tables.CheckRole.values
