"""Which column of a delivered table a model must find."""

from __future__ import annotations

import pandas
import pytest

from evaluator.inside.tables import _other_column


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        (["age", "price"], "price"),
        (["Unnamed: 0", "age", "price"], "price"),
        (["", "age", "price"], "price"),
        (["age", "price", "name"], None),
        (["Unnamed: 0", "age"], None),
        (["price"], None),
    ],
)
def test_the_target_is_the_one_column_that_the_model_was_not_fitted_on(columns: list[str], found: str | None) -> None:
    assert _other_column(pandas.DataFrame([[1] * len(columns)], columns=columns), ["age"]) == found
