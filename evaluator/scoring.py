"""A metric over answers that nobody should believe, and what a constant answer would reach. On our side only."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evaluator.errors import SubmissionFault
from evaluator.metrics import METRICS, Metric, NotComputable, constant_answer

Values = Sequence[Any]
_CLASSES = 20  # numbers of more values than that are a quantity


@dataclass(frozen=True, slots=True)
class Score:
    """``value`` of the answers, ``dummy`` of the constant answer; both finite."""

    value: float
    dummy: float


def usual_metric(truth: Values) -> str:
    """The metric for such a target when none is asked for."""
    several = len(set(map(str, truth))) > _CLASSES and all(isinstance(value, int | float) for value in truth)
    return "rmse" if several else "accuracy"


def metric_named(name: Any) -> Metric:
    """Raises SubmissionFault ``metric.unknown``."""
    metric = METRICS.get(str(name).lower().replace("-", "_").replace(" ", "_"))
    if metric is None:
        raise SubmissionFault("metric.unknown", name=str(name)[:50], known=", ".join(METRICS))
    return metric


def scored(metric: Metric, truth: Values, answers: Values | None, classes: Values | None = None) -> Score:
    """The score of ``answers``, of the length of ``truth``; ``classes`` are the model's own, for scores.

    Raises:
        SubmissionFault: ``metric.not_numbers``, ``sandbox.result_invalid``: the answers are none.
        NotComputable: the truth allows no such metric.
    """
    if answers is None:
        raise NotComputable("no score for two classes")
    if metric.regression and not _numbers(truth):
        raise NotComputable("target is not a number")
    positive = _positive(classes if metric.scores else None, truth)
    dummy = _computed(metric, truth, constant_answer(truth, metric), positive)
    if dummy is None:
        raise NotComputable("target is too large")
    _refuse_other_than(answers, numbers=metric.scores or metric.regression)
    value = _computed(metric, truth, answers, positive)
    if value is None:
        raise SubmissionFault("metric.not_numbers")
    return Score(value, dummy)


def answers_of(metric: Metric, answer: Mapping[str, Any]) -> Values | None:
    """What counts of ``{"predictions", "scores"}`` for this metric."""
    found: Values | None = answer["scores"] if metric.scores else answer["predictions"]
    return found


def _computed(metric: Metric, truth: Values, answers: Values, positive: Any) -> float | None:
    """The value, None when numbers so large were given that it is none."""
    try:
        value = metric.compute(truth, answers, positive)
    except OverflowError:
        return None
    return value if math.isfinite(value) else None


def _positive(classes: Values | None, truth: Values) -> Any:
    """The second of two classes; None when there are more.

    The order is the natural one, as scikit-learn's, unless scores come with the model's own: a model that swaps its
    classes must not be scored on the easier one.
    """
    found = classes if classes is not None else sorted(set(truth), key=lambda value: (isinstance(value, str), value))
    return found[1] if len(found) == 2 else None


def _numbers(values: Values) -> bool:
    return all(isinstance(value, int | float) and math.isfinite(value) for value in values)


def _refuse_other_than(answers: Values, *, numbers: bool) -> None:
    """Raises SubmissionFault for answers that are no numbers where they must be, or no single values."""
    if numbers and not _numbers(answers):
        raise SubmissionFault("metric.not_numbers")
    if not all(isinstance(value, int | float | str) or value is None for value in answers):
        raise SubmissionFault("sandbox.result_invalid")
