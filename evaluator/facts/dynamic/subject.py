"""Chooses what to run: the declared file, else the one that the static facts point at."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from evaluator.facts.base import Facts
from evaluator.facts.models.folders import ModelFile, model_file, passport_of
from evaluator.limits import MB
from evaluator.runtimes.wishes import Wish, for_model

_LOADED = ("joblib", "pickle", "skops")
_TABLES = 40
_TABLE_BYTES = 300 * MB
_FRAME_BYTES = 50 * MB
_FRAMES = re.compile(r"\.(?:parquet|pq|feather|pkl|pickle|pckl|joblib|xlsx|csv\.zip|gz)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Model:
    """A model file: ``path`` in the bundle, ``kind`` as the passport names its format."""

    path: str
    kind: str
    sha256: str


def declared(facts: Facts, section: str, key: str) -> Any:
    """A value of ``jalon.toml``, or None."""
    return facts.get("declaration", {}).get(section, {}).get(key)


def base(facts: Facts) -> str:
    """The folder of the project in the bundle: ``""``, or ending in ``/``."""
    declaration = facts.get("declaration", {})
    return str(declaration.get("base", "")) if declaration.get("path") else _single_top(facts)


def _single_top(facts: Facts) -> str:
    tops = {str(row["path"]).partition("/")[0] for row in facts["files"]}
    paths = {row["path"] for row in facts["files"]}
    return f"{tops.pop()}/" if len(tops) == 1 and not tops & paths else ""


def model(facts: Facts) -> Model | None:
    """The declared model when it is there; else the estimator most like a final one: a pipeline, the largest."""
    files = {row["path"]: row for row in facts["files"]}
    passports: Mapping[str, Any] = facts.get("model_files", {})
    wanted = declared(facts, "model", "path")
    if wanted is not None:
        path = base(facts) + str(wanted)
        if path in files:
            return Model(path, _kind(_form_of(passports, path), path), files[path]["sha256"])
    found = list(_loadable(passports, files))
    best = max(found, key=lambda item: (_has_pipeline(item[1]), files[item[0].path]["size"]), default=None)
    return Model(best[0].path, _kind(best[0].form, best[0].path), files[best[0].path]["sha256"]) if best else None


def _loadable(passports: Mapping[str, Any], files: Mapping[str, Any]) -> Iterator[tuple[ModelFile, Mapping[str, Any]]]:
    """The files that the runtime can load and that hold an estimator, with what is known of them."""
    for path, passport in passports.items():
        file = model_file(path, passport)
        if passport.get("estimator") and file.form in _LOADED and file.path in files:
            yield file, passport


def model_wishes(facts: Facts) -> list[Wish]:
    """The environments in which the model may be loaded, from its passport and what the project pins."""
    found = model(facts)
    return for_model(passport(facts), found.path, facts["dependencies"]) if found else []


def passport(facts: Facts) -> Mapping[str, Any]:
    """What is known of the model that was chosen; empty where there is none."""
    found = model(facts)
    return passport_of(facts["model_files"], found.path) if found else {}


def undeclared_format(facts: Facts) -> str | None:
    """The format of an estimator that is there but that the runtime does not load."""
    passports: Mapping[str, Any] = facts.get("model_files", {})
    formats = [model_file(path, item).form for path, item in passports.items() if item.get("estimator")]
    return next((kind for kind in formats if kind not in _LOADED), None)


def tables(facts: Facts) -> list[str]:
    """Delivered tables, those most like a test set first."""
    rows = [row for row in facts["files"] if str(row["path"]).lower().endswith(".csv") and row["size"] <= _TABLE_BYTES]
    ordered = sorted(rows, key=lambda row: ("test" not in row["path"].rsplit("/", 1)[-1].lower(), row["path"]))
    return [str(row["path"]) for row in ordered[:_TABLES]]


def frames(facts: Facts) -> list[str]:
    """Delivered tables in forms that a library must open, models left out; the smallest first."""
    models = {path for path, passport in facts.get("model_files", {}).items() if passport.get("estimator")}
    rows = [row for row in facts["files"] if _FRAMES.search(str(row["path"])) and row["size"] <= _FRAME_BYTES]
    found = [row for row in rows if row["path"] not in models]
    return [str(row["path"]) for row in sorted(found, key=lambda row: (row["size"], row["path"]))[:_TABLES]]


def predictions(facts: Facts) -> list[str]:
    """Delivered tables, those that bear the name of predictions first."""
    return sorted(tables(facts), key=lambda path: "pred" not in path.rsplit("/", 1)[-1].lower())


def same_content(facts: Facts, path: str) -> Iterator[str]:
    """``path`` and every other file of the bundle with the same bytes."""
    sha256 = digest(facts, path)
    for row in facts["files"]:
        if row["sha256"] == sha256:
            yield str(row["path"])


def digest(facts: Facts, path: str) -> str | None:
    """The sha256 of a file of the bundle, None when it is not there."""
    return next((str(row["sha256"]) for row in facts["files"] if row["path"] == path), None)


def _form_of(passports: Mapping[str, Any], path: str) -> str:
    """The format of a declared file; in a folder, of the file that the folder is known to hold."""
    passport = passport_of(passports, path)
    file = model_file(path, passport) if passport else None
    return file.form if file is not None and file.path == path else ""


def _has_pipeline(passport: Mapping[str, Any]) -> bool:
    return any(str(name).endswith(".Pipeline") for name in passport.get("classes", ()))


def _kind(kind: str, path: str) -> str:
    if kind in _LOADED:
        return kind
    return "skops" if path.endswith(".skops") else "joblib"
