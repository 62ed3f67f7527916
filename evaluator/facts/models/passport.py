"""What one model file is, as facts: its format, classes, libraries, versions, and the imports to fear."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from evaluator.facts.models.estimators import estimators
from evaluator.facts.models.known import distribution, judged
from evaluator.facts.models.pickles import Reading
from evaluator.facts.models.values import Built, Global, attributes, walk

_LISTED = 300
_TORCH_MAGIC = 0x1950A86A20F9469CFC6C
_VERSION_LENGTH = 40
# An attribute by which a library signs what it pickles -> its distribution.
_SIGNATURES = {
    "_sklearn_version": "scikit-learn",
    "_imblearn_version": "imbalanced-learn",
    "_skops_version": "skops",
    "_pandas_version": "pandas",
}


def blank(form: str, compression: str | None = None) -> dict[str, Any]:
    """The passport of a file of which nothing is known yet.

    ``classes`` and ``estimators`` are dotted names; ``libraries`` gives one version by distribution (the first
    seen) and ``versions`` all of them; ``packages`` are the distributions that loading needs; ``dangerous`` and
    ``unknown`` are imports outside the known scientific packages. ``held`` is the file of an MLflow folder that
    holds the model: ``{path, format, sha256}``.
    """
    return {
        "format": form,
        "compression": compression,
        "protocol": None,
        "classes": [],
        "estimators": [],
        "estimator": False,
        "libraries": {},
        "versions": {},
        "packages": [],
        "dangerous": [],
        "unknown": [],
        "parts": [],
        "held": None,
        "error": None,
    }


def of_reading(reading: Reading, compression: str | None) -> dict[str, Any]:
    """The passport of a pickle whose op-codes were read."""
    passport = blank(_form(reading, compression), compression)
    imports = list(reading.imports)
    passport["protocol"] = reading.protocol
    passport["classes"] = [found.path for found in imports][:_LISTED]
    passport["estimators"] = estimators(reading.tops)[:_LISTED]
    passport["packages"] = _packages(imports)
    for verdict in ("dangerous", "unknown"):
        named = [found.path for found in imports if judged(found.module, found.name) == verdict]
        passport[verdict] = named[:_LISTED]
    passport["unknown"] += [path for path in _attributes_read(reading.tops) if path not in passport["unknown"]]
    add_versions(passport, _signatures(reading.tops))
    if reading.error:
        passport["error"] = {"code": reading.error, "params": {}}
    passport["estimator"] = bool(passport["estimators"]) or _weights(passport)
    return passport


def add_versions(passport: dict[str, Any], found: Iterable[tuple[str, str]]) -> None:
    """Add versions by distribution, each once, in the order seen."""
    for name, version in found:
        seen = passport["versions"].setdefault(name, [])
        if version not in seen and len(seen) < _LISTED:
            seen.append(version)
    passport["libraries"] = {name: versions[0] for name, versions in passport["versions"].items()}
    passport["packages"] = sorted({*passport["packages"], *passport["versions"]})


def joined(passport: dict[str, Any], other: dict[str, Any], part: str) -> None:
    """Take into a container's passport what one of its parts holds."""
    for key in ("classes", "estimators", "dangerous", "unknown", "packages"):
        passport[key] = list(dict.fromkeys([*passport[key], *other[key]]))[:_LISTED]
    add_versions(passport, [(name, version) for name, seen in other["versions"].items() for version in seen])
    passport["estimator"] = passport["estimator"] or other["estimator"]
    passport["protocol"] = other["protocol"] if passport["protocol"] is None else passport["protocol"]
    passport["error"] = passport["error"] or other["error"]
    passport["parts"] += [part, *other["parts"]]


def _form(reading: Reading, compression: str | None) -> str:
    if any(isinstance(top, int) and top == _TORCH_MAGIC for top in reading.tops):
        return "torch"
    return "joblib" if reading.wrapped or compression is not None else "pickle"


def _packages(imports: list[Global]) -> list[str]:
    return sorted({name for found in imports if (name := distribution(found.module))})


def _signatures(tops: list[Any]) -> Iterator[tuple[str, str]]:
    for thing in walk(tops):
        for key, value in attributes(thing).pairs:
            name = _SIGNATURES.get(key) if isinstance(key, str) else None
            if name and isinstance(value, str) and len(value) <= _VERSION_LENGTH:
                yield name, value


def _attributes_read(tops: list[Any]) -> Iterator[str]:
    """``getattr(module.Class, "name")`` hides an import in two steps; say where it leads."""
    for thing in walk(tops):
        if thing.path in {"builtins.getattr", "__builtin__.getattr"} and isinstance(thing.arguments, tuple):
            yield ".".join(_spelt(argument) for argument in thing.arguments[:2])


def _spelt(argument: Any) -> str:
    if isinstance(argument, Global | Built):
        return argument.path
    return argument[:100] if isinstance(argument, str) else "?"


def _weights(passport: dict[str, Any]) -> bool:
    """A dictionary of tensors is a trained network, although no estimator's class is named."""
    return any(name.startswith("torch._utils._rebuild_tensor") for name in passport["classes"])
