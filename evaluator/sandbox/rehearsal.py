"""What a warm interpreter does once, before any job: imports what jobs ask for, and uses it.

Libraries import and remember a good deal at their first use only; what is done here, on figures of ours, each job
inherits. Nothing may start threads of OpenMP, which a fork would wait for in vain: no gradient boosting, no neighbours.
"""

from __future__ import annotations

import ctypes
import io
import pickle
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

# What models, tables and readers most often ask for; a runtime without one of them is none the worse.
_IMPORTED = (
    "joblib", "numpy", "pandas", "scipy.sparse", "sklearn.pipeline", "sklearn.compose", "sklearn.ensemble",
    "sklearn.linear_model", "sklearn.preprocessing", "sklearn.impute", "sklearn.tree", "sklearn.metrics", "imblearn",
    "lightgbm", "skops.io", "yaml", "csv", "PIL.Image", "PIL.PngImagePlugin", "PIL.JpegImagePlugin", "pypdfium2",
    "evaluator.bundle", "evaluator.facts", "evaluator.inside.models", "evaluator.inside.reading",
    "evaluator.inside.tables", "evaluator.inside.exchange", "evaluator.inside.dashboards", "evaluator.sandbox.causes",
    "fastapi", "uvicorn", "flask", "werkzeug.serving",
)  # fmt: skip
_STAGE = Path("/tmp/rehearsal")  # noqa: S108 (the sandbox's own; a job has another /tmp)
_KEPT: list[bytes] = []
_ARRAYS_BYTES, _OBJECTS_BYTES = 16 << 20, 4 << 20
ROOM_BYTES = _ARRAYS_BYTES + _OBJECTS_BYTES
_BLOCK_BYTES = 512  # the largest that Python keeps in arenas of its own
_APART = 256 << 10  # the smallest arena of any Python
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # malloc.h
_HEAP_BYTES = 32 << 20  # the most that the C library accepts for the second
_HUGE_BYTES, _MADV_HUGEPAGE = 2 << 20, 14  # mman.h
_ROWS = "a,b,c,y\n" + "".join(f"{n},{n / 7},{'uv'[n % 2]},{n % 2}\n" for n in range(20)) + ",,,1\n"


def rehearse() -> None:
    """Never raises: what a runtime cannot do, its jobs will do without."""
    for name in _IMPORTED:
        with suppress(Exception):
            import_module(name)
    for scene in (_models, _pictures, _play):
        with suppress(Exception):
            scene()


def refresh() -> None:
    """A little of it again, in a fork: what a fork touches first is copied for it, and this way before its job."""
    with suppress(Exception):
        _play()


def make_room() -> None:
    """Have ``ROOM_BYTES`` of free memory at hand, of which the kernel has already given every page.

    Half the time that it takes to open a model goes into asking for its memory, page by page.
    """
    with suppress(Exception):
        _touch_heap()
        blocks = [bytes(_BLOCK_BYTES - 64) for _ in range(_OBJECTS_BYTES // _BLOCK_BYTES)]
        _KEPT.extend(blocks[:: _APART // _BLOCK_BYTES])  # one in each arena, which is then not given back


def _touch_heap() -> None:
    """The C library's part, in huge pages where there are any: 500 times fewer to ask for, and to give back."""
    libc = ctypes.CDLL(None)
    libc.mallopt(_M_MMAP_THRESHOLD, _HEAP_BYTES)  # else each array would be asked of the kernel
    libc.mallopt(_M_TRIM_THRESHOLD, 2 * _HEAP_BYTES)  # nor is what is free given back to it
    libc.malloc.restype = ctypes.c_void_p
    block = libc.malloc(ctypes.c_size_t(_ARRAYS_BYTES))
    if block:
        first = -(-block // _HUGE_BYTES) * _HUGE_BYTES
        size = (block + _ARRAYS_BYTES - first) // _HUGE_BYTES * _HUGE_BYTES
        libc.madvise(ctypes.c_void_p(first), ctypes.c_size_t(size), _MADV_HUGEPAGE)
        ctypes.memset(block, 0, _ARRAYS_BYTES)
        libc.free(ctypes.c_void_p(block))


def _play() -> None:
    """What jobs do most often, by the functions that do it: a table split, a model opened, asked, described."""
    from evaluator.inside import models, tables

    model, table = str(_STAGE / "model.joblib"), str(_STAGE / "table.csv")
    parts = tables.split({"tables": [table], "target": "y", "features": None})
    asked = {"path": model, "format": "joblib", "tables": [table], "columns": parts["columns"]}
    models.describe(asked)
    models.answer(asked)


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
        accuracy_score(target, model.predict(table).round())
    roc_auc_score(target, make_pipeline(SimpleImputer(), RandomForestClassifier(2)).fit(table[["a"]], target)
                  .predict_proba(table[["a"]])[:, 1])  # fmt: skip
    _STAGE.mkdir()
    (_STAGE / "table.csv").write_text(_ROWS)
    forest = make_pipeline(SimpleImputer(), StandardScaler(), RandomForestClassifier(2))
    joblib.dump(forest.fit(table[["a", "b"]], target), _STAGE / "model.joblib")


def _pictures() -> None:
    from PIL import Image

    for kind in ("PNG", "JPEG"):
        kept = io.BytesIO()
        Image.new("RGB", (8, 8), "white").save(kept, kind)
        Image.open(kept).convert("RGB").load()
