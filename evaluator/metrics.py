"""Metrics in plain Python, computed on our side from a truth that the candidate's code never sees.

Definitions as in scikit-learn's user guide, "Metrics and scoring"; a test holds them against it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

Values = Sequence[Any]


class NotComputable(ValueError):
    """The metric has no meaning for these values; ``args[0]`` is a short reason."""


@dataclass(frozen=True, slots=True)
class Metric:
    """``compute(truth, answers, positive)``; ``scores`` tells that answers are scores rather than labels."""

    name: str
    compute: Callable[[Values, Values, Any], float]
    larger_is_better: bool
    scores: bool = False
    regression: bool = False

    def better(self, value: float, than: float) -> bool:
        return value > than if self.larger_is_better else value < than

    def reaches(self, value: float, threshold: float) -> bool:
        return value >= threshold if self.larger_is_better else value <= threshold


def accuracy(truth: Values, answers: Values, positive: Any = None) -> float:
    return sum(bool(left == right) for left, right in zip(truth, answers, strict=True)) / len(truth)


def precision(truth: Values, answers: Values, positive: Any) -> float:
    predicted = sum(answer == positive for answer in answers)
    return _true_positives(truth, answers, positive) / int(predicted) if predicted else 0.0


def recall(truth: Values, answers: Values, positive: Any) -> float:
    actual = sum(value == positive for value in truth)
    return _true_positives(truth, answers, positive) / int(actual) if actual else 0.0


def f1(truth: Values, answers: Values, positive: Any) -> float:
    """Of the positive class when there are two, else the mean over classes (macro)."""
    classes = set(truth) | set(answers)
    if len(classes) > 2 or positive is None:
        return sum(_f1_of(truth, answers, label) for label in classes) / len(classes)
    return _f1_of(truth, answers, positive)


def roc_auc(truth: Values, scores: Values, positive: Any) -> float:
    """Probability that a positive is scored above a negative, ties counting half (Mann-Whitney)."""
    order = sorted(range(len(truth)), key=lambda index: scores[index])
    positives = sum(bool(value == positive) for value in truth)
    negatives = len(truth) - positives
    if not positives or not negatives:
        raise NotComputable("one class")
    ranks: float = 0.0
    start = 0
    while start < len(order):
        end = start
        while end < len(order) and scores[order[end]] == scores[order[start]]:
            end += 1
        mean_rank = (start + end + 1) / 2
        ranks += mean_rank * sum(bool(truth[index] == positive) for index in order[start:end])
        start = end
    return (ranks - positives * (positives + 1) / 2) / (positives * negatives)


def mse(truth: Values, answers: Values, positive: Any = None) -> float:
    return math.fsum((left - right) ** 2 for left, right in zip(truth, answers, strict=True)) / len(truth)


def rmse(truth: Values, answers: Values, positive: Any = None) -> float:
    return math.sqrt(mse(truth, answers))


def mae(truth: Values, answers: Values, positive: Any = None) -> float:
    return math.fsum(abs(left - right) for left, right in zip(truth, answers, strict=True)) / len(truth)


def r2(truth: Values, answers: Values, positive: Any = None) -> float:
    mean = math.fsum(truth) / len(truth)
    total = math.fsum((value - mean) ** 2 for value in truth)
    if not total:
        raise NotComputable("constant")
    error: float = mse(truth, answers) * len(truth)
    return 1 - error / total


def constant_answer(truth: Values, metric: Metric) -> list[Any]:
    """What a model that learns nothing would answer: the mean, the most frequent class, or one score for all."""
    if metric.scores:
        return [0.5] * len(truth)
    if metric.regression:
        return [math.fsum(truth) / len(truth)] * len(truth)
    return [Counter(truth).most_common(1)[0][0]] * len(truth)


def _true_positives(truth: Values, answers: Values, positive: Any) -> int:
    return sum(left == right == positive for left, right in zip(truth, answers, strict=True))


def _f1_of(truth: Values, answers: Values, label: Any) -> float:
    total = sum(value == label for value in truth) + sum(answer == label for answer in answers)
    return 2 * _true_positives(truth, answers, label) / total if total else 0.0


METRICS = {
    metric.name: metric
    for metric in (
        Metric("accuracy", accuracy, larger_is_better=True),
        Metric("precision", precision, larger_is_better=True),
        Metric("recall", recall, larger_is_better=True),
        Metric("f1", f1, larger_is_better=True),
        Metric("roc_auc", roc_auc, larger_is_better=True, scores=True),
        Metric("rmse", rmse, larger_is_better=False, regression=True),
        Metric("mse", mse, larger_is_better=False, regression=True),
        Metric("mae", mae, larger_is_better=False, regression=True),
        Metric("r2", r2, larger_is_better=True, regression=True),
    )
}
