"""Loads a candidate's model and asks it for predictions. Un-pickling runs code of the bundle: only in a sandbox."""

from __future__ import annotations

import math
import pickle
import time
import warnings
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache
from importlib import import_module, metadata
from pathlib import Path
from typing import Any

from evaluator.inside.project import prepare

_LIBRARIES = ("scikit-learn", "numpy", "pandas", "scipy", "joblib", "lightgbm", "imbalanced-learn", "skops")
_WARNINGS = 10
_NAMES = 5000
_TEXT = 300
_ROWS = 5
_DEPTH = 3
_WRAPPED = 50


def load(payload: dict[str, Any]) -> dict[str, Any]:
    """Load ``payload["path"]`` and describe what it is.

    ``payload`` also holds ``base``, ``format`` and ``tables`` (paths of delivered CSV files). Exceptions of the
    model's own code go up to the sandbox, which names them.
    """
    prepare(payload["base"])
    return describe(payload)


def describe(payload: dict[str, Any]) -> dict[str, Any]:
    """As ``load``, from whatever folder this is."""
    started = time.monotonic()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        held = _read(Path("/bundle", payload["path"]), payload["format"])
    seconds = time.monotonic() - started
    place, model = next(_estimators(held, "", _DEPTH), ("", held))
    return {
        "class": _class_name(model),
        "held_in": place,
        "estimator": hasattr(model, "predict"),
        "steps": [_class_name(step) for _, step in getattr(model, "steps", [])][:_WRAPPED],
        "methods": [name for name in ("predict", "predict_proba", "decision_function") if hasattr(model, name)],
        "features": _features(model),
        "n_features": _count(model),
        "classes": _plain_list(getattr(model, "classes_", None)),
        "libraries": _versions(),
        "warnings": [_warning(item) for item in caught[:_WARNINGS]],
        "seconds": round(seconds, 4),
        "prediction": _try_prediction(model, payload["tables"]),
    }


def predict(payload: dict[str, Any]) -> dict[str, Any]:
    """Predictions of ``payload["path"]`` on ``payload["columns"]``, a table given by column.

    Answers ``{"predictions", "scores", "classes"}``; ``scores`` are those of the second of two classes, or None.
    """
    prepare(payload["base"])
    return answer(payload)


def answer(payload: dict[str, Any]) -> dict[str, Any]:
    """As ``predict``, from whatever folder this is."""
    import pandas

    _, model = next(_estimators(_read(Path("/bundle", payload["path"]), payload["format"]), "", _DEPTH))
    frame = pandas.DataFrame(payload["columns"])
    frame = _fitting(model, frame)
    return {
        "predictions": _plain_list(model.predict(frame)),
        "scores": _scores(model, frame),
        "classes": _plain_list(getattr(model, "classes_", None)),
    }


def _read(path: Path, kind: str) -> Any:
    if kind == "skops":
        io = import_module("skops.io")  # stands in the runtime only, as all that is imported late here
        return io.load(path, trusted=io.get_untrusted_types(file=path))
    if kind == "pickle":
        return _unpickle(path)
    import joblib

    return joblib.load(path)


def _unpickle(path: Path) -> Any:
    """A plain pickle, or what ``joblib.dump`` wrote under a pickle's name."""
    import joblib

    try:
        with path.open("rb") as stream:
            return pickle.load(stream)  # noqa: S301 (this is the sandbox's purpose)
    except pickle.UnpicklingError:
        return joblib.load(path)


def _estimators(held: Any, place: str, depth: int) -> Iterator[tuple[str, Any]]:
    """The estimators in an object: itself, or inside the dictionaries and lists that often wrap it."""
    if hasattr(held, "predict"):
        yield place, held
    elif depth and isinstance(held, dict):
        for key, value in list(held.items())[:_WRAPPED]:
            yield from _estimators(value, f"{place}[{str(key)[:50]!r}]", depth - 1)
    elif depth and isinstance(held, list | tuple):
        for position, value in enumerate(held[:_WRAPPED]):
            yield from _estimators(value, f"{place}[{position}]", depth - 1)


def _class_name(model: Any) -> str:
    kind = type(model)
    return f"{kind.__module__}.{kind.__qualname__}"[:_TEXT]


def _features(model: Any) -> list[str] | None:
    """Names seen at fitting, of the model or of the step that first received the table."""
    steps = [step for _, step in getattr(model, "steps", [])][:1]
    for holder in (model, *steps):
        names = getattr(holder, "feature_names_in_", None)
        if names is not None:
            return [str(name)[:_TEXT] for name in list(names)[:_NAMES]]
    booster = getattr(model, "feature_name_", None)
    return [str(name)[:_TEXT] for name in list(booster)[:_NAMES]] if booster is not None else None


def _count(model: Any) -> int | None:
    count = getattr(model, "n_features_in_", None)
    return int(count) if count is not None else None


@cache
def _versions() -> dict[str, str]:
    """Read once: a warm interpreter knows them before its jobs."""
    found = {}
    for name in _LIBRARIES:
        with suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return found


def _warning(item: warnings.WarningMessage) -> dict[str, str]:
    return {"category": item.category.__name__[:_TEXT], "message": str(item.message)[:_TEXT]}


def _plain_list(values: Any) -> list[Any] | None:
    """Numbers, texts and truth values as JSON has them; what is not finite becomes None."""
    if values is None:
        return None
    import numpy

    return [_plain(value) for value in numpy.asarray(values).ravel().tolist()]


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if isinstance(value, int | bool | str) or value is None else str(value)[:_TEXT]


def _fitting(model: Any, frame: Any) -> Any:
    """The columns the model was fitted on, in their order, when it says so."""
    names = _features(model)
    if names and set(names) <= {str(column) for column in frame.columns}:
        return frame[names]
    return frame


def _scores(model: Any, frame: Any) -> list[Any] | None:
    if hasattr(model, "predict_proba"):
        table = model.predict_proba(frame)
        return _plain_list(table[:, 1]) if table.ndim == 2 and table.shape[1] == 2 else None
    if hasattr(model, "decision_function"):
        values = model.decision_function(frame)
        return _plain_list(values) if values.ndim == 1 else None
    return None


def _try_prediction(model: Any, tables: Iterable[str]) -> dict[str, Any] | None:
    """A first prediction on delivered rows, else on rows of zeros; what goes wrong is told, not raised."""
    if not hasattr(model, "predict"):
        return None
    frame, source = _rows_for(model, tables)
    if frame is None:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            values = _plain_list(model.predict(frame))
    except Exception as error:  # noqa: BLE001 (code of the bundle raises what it likes)
        return {"source": source, "values": None, "error": f"{type(error).__name__}: {error}"[:_TEXT]}
    return {"source": source, "values": (values or [])[:_ROWS], "error": None}


def _rows_for(model: Any, tables: Iterable[str]) -> tuple[Any, str]:
    import numpy
    import pandas

    names = _features(model)
    if names:
        for path in tables:
            try:
                head = pandas.read_csv(Path("/bundle", path), nrows=_ROWS)
            except (ValueError, OSError):
                continue
            if set(names) <= set(head.columns):
                return head[names], path
        return pandas.DataFrame(numpy.zeros((1, len(names))), columns=names), ""
    count = _count(model)
    return (numpy.zeros((1, count)), "") if count else (None, "")
