"""Chooses what to run: the declared file, else the one that the static facts point at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from evaluator.facts.base import Facts
from evaluator.limits import MB

_LOADED = ("joblib", "pickle", "skops")
_TABLES = 40
_TABLE_BYTES = 300 * MB


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
            return Model(path, _kind(passports.get(path, {}), path), files[path]["sha256"])
    found = [path for path, passport in passports.items() if _is_loadable(passport) and path in files]
    best = max(found, key=lambda path: (_has_pipeline(passports[path]), files[path]["size"]), default=None)
    return Model(best, _kind(passports[best], best), files[best]["sha256"]) if best else None


def undeclared_format(facts: Facts) -> str | None:
    """The format of an estimator that is there but that the runtime does not load."""
    formats = [str(item.get("format")) for item in facts.get("model_files", {}).values() if item.get("estimator")]
    return next((kind for kind in formats if kind not in _LOADED), None)


def tables(facts: Facts) -> list[str]:
    """Delivered tables, those most like a test set first."""
    rows = [row for row in facts["files"] if str(row["path"]).lower().endswith(".csv") and row["size"] <= _TABLE_BYTES]
    ordered = sorted(rows, key=lambda row: ("test" not in row["path"].rsplit("/", 1)[-1].lower(), row["path"]))
    return [str(row["path"]) for row in ordered[:_TABLES]]


def same_content(facts: Facts, path: str) -> Iterator[str]:
    """``path`` and every other file of the bundle with the same bytes."""
    digest = next((row["sha256"] for row in facts["files"] if row["path"] == path), None)
    for row in facts["files"]:
        if row["sha256"] == digest:
            yield str(row["path"])


def _is_loadable(passport: Mapping[str, Any]) -> bool:
    return bool(passport.get("estimator")) and passport.get("format") in _LOADED


def _has_pipeline(passport: Mapping[str, Any]) -> bool:
    return any(str(name).endswith(".Pipeline") for name in passport.get("classes", ()))


def _kind(passport: Mapping[str, Any], path: str) -> str:
    kind = str(passport.get("format", ""))
    if kind in _LOADED:
        return kind
    return "skops" if path.endswith(".skops") else "joblib"
