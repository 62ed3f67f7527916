"""What a warm interpreter does once, before any job: imports what jobs ask for, and uses it.

Libraries import and remember a good deal at their first use only; what is done here, on figures of ours, each job
inherits. Nothing may start threads of OpenMP, which a fork would wait for in vain: no gradient boosting, no neighbours.
"""

from __future__ import annotations

import io
import pickle
from contextlib import suppress
from importlib import import_module
from typing import Any

# What models, tables and readers most often ask for; a runtime without one of them is none the worse.
_IMPORTED = (
    "joblib", "numpy", "pandas", "scipy.sparse", "sklearn.pipeline", "sklearn.compose", "sklearn.ensemble",
    "sklearn.linear_model", "sklearn.preprocessing", "sklearn.impute", "sklearn.tree", "sklearn.metrics", "imblearn",
    "lightgbm", "skops.io", "yaml", "csv", "PIL.Image", "PIL.PngImagePlugin", "PIL.JpegImagePlugin", "pypdfium2",
    "evaluator.bundle", "evaluator.facts", "evaluator.inside.models", "evaluator.inside.reading",
    "evaluator.inside.tables", "evaluator.inside.exchange", "evaluator.sandbox.causes",
)  # fmt: skip
_KEPT: list[bytes] = []  # a model of the rehearsal
_ROWS = "a,b,c,y\n" + "".join(f"{n},{n / 7},{'uv'[n % 2]},{n % 2}\n" for n in range(20)) + ",,,1\n"


def rehearse() -> None:
    """Never raises: what a runtime cannot do, its jobs will do without."""
    for name in _IMPORTED:
        with suppress(Exception):
            import_module(name)
    for scene in (_models, _pictures):
        with suppress(Exception):
            scene()


def refresh() -> None:
    """A little of it again, in a fork: what a fork touches first is copied for it, and this way before its job."""
    with suppress(Exception):
        _play_again()


def _play_again() -> None:
    import joblib
    import pandas

    table = pandas.read_csv(io.StringIO(_ROWS))
    joblib.load(io.BytesIO(_KEPT[0])).predict(table)


def _models() -> None:
    import joblib
    import pandas
    from sklearn.compose import make_column_transformer
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LinearRegression, LogisticRegression
    from sklearn.metrics import accuracy_score, roc_auc_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    table = pandas.read_csv(io.StringIO(_ROWS))
    target = table.pop("y")
    pandas.DataFrame(table.to_dict("list")).describe()
    estimators: tuple[Any, ...] = (
        RandomForestClassifier(2),
        RandomForestRegressor(2),
        LogisticRegression(),
        LinearRegression(),
    )
    for estimator in estimators:
        numbers = make_pipeline(SimpleImputer(), StandardScaler())
        columns = make_column_transformer((numbers, ["a", "b"]), (OneHotEncoder(handle_unknown="ignore"), ["c"]))
        model = make_pipeline(columns, estimator).fit(table, target)
        kept = io.BytesIO()
        joblib.dump(model, kept)
        kept.seek(0)
        pickle.loads(pickle.dumps(joblib.load(kept))).predict(table)  # noqa: S301 (made above)
        _KEPT.append(kept.getvalue())
        accuracy_score(target, model.predict(table).round())
    roc_auc_score(target, make_pipeline(SimpleImputer(), RandomForestClassifier(2)).fit(table[["a"]], target)
                  .predict_proba(table[["a"]])[:, 1])  # fmt: skip


def _pictures() -> None:
    from PIL import Image

    for kind in ("PNG", "JPEG"):
        kept = io.BytesIO()
        Image.new("RGB", (8, 8), "white").save(kept, kind)
        Image.open(kept).convert("RGB").load()
