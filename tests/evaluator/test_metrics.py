"""Our metrics against scikit-learn's, over generated values."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as reference

from evaluator import metrics
from evaluator.metrics import METRICS, NotComputable

binary = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1), st.integers(0, 9)), min_size=2, max_size=60)
numbers = st.floats(-1e6, 1e6).map(lambda value: round(value, 3))
pairs = st.lists(st.tuples(numbers, numbers), min_size=2, max_size=60)


@given(binary)
def test_classification(rows: list[tuple[int, int, int]]) -> None:
    truth, answers = [row[0] for row in rows], [row[1] for row in rows]
    assert metrics.accuracy(truth, answers) == pytest.approx(reference.accuracy_score(truth, answers))
    for name in ("precision", "recall", "f1"):
        expected = getattr(reference, f"{name}_score")(truth, answers, zero_division=0)
        assert METRICS[name].compute(truth, answers, 1) == pytest.approx(expected)


@given(binary)
def test_roc_auc_with_ties(rows: list[tuple[int, int, int]]) -> None:
    truth, scores = [row[0] for row in rows], [row[2] / 10 for row in rows]
    if len(set(truth)) < 2:
        with pytest.raises(NotComputable):
            metrics.roc_auc(truth, scores, 1)
    else:
        assert metrics.roc_auc(truth, scores, 1) == pytest.approx(reference.roc_auc_score(truth, scores))


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=1, max_size=40))
def test_macro_f1_of_several_classes(rows: list[tuple[str, str]]) -> None:
    truth, answers = [row[0] for row in rows], [row[1] for row in rows]
    expected = reference.f1_score(truth, answers, average="macro", zero_division=0)
    assert metrics.f1(truth, answers, None) == pytest.approx(expected)


@given(pairs)
def test_regression(rows: list[tuple[float, float]]) -> None:
    truth, answers = [row[0] for row in rows], [row[1] for row in rows]
    assert metrics.mse(truth, answers) == pytest.approx(reference.mean_squared_error(truth, answers))
    assert metrics.rmse(truth, answers) == pytest.approx(math.sqrt(reference.mean_squared_error(truth, answers)))
    assert metrics.mae(truth, answers) == pytest.approx(reference.mean_absolute_error(truth, answers))
    if len(set(truth)) > 1:
        assert metrics.r2(truth, answers) == pytest.approx(reference.r2_score(truth, answers), rel=1e-6, abs=1e-6)


def test_constant_answers() -> None:
    assert metrics.constant_answer([1, 1, 0], METRICS["accuracy"]) == [1, 1, 1]
    assert metrics.constant_answer([1.0, 2.0], METRICS["rmse"]) == [1.5, 1.5]
    assert metrics.roc_auc([0, 1, 1], metrics.constant_answer([0, 1, 1], METRICS["roc_auc"]), 1) == 0.5
