"""``jalon.toml``: what the candidate declares of the project, worth more than guessing. Everything is optional."""

from __future__ import annotations

import tomllib
from pathlib import PurePosixPath
from typing import Any

from evaluator.errors import SubmissionFault
from evaluator.facts.base import Extractor, Workspace
from evaluator.limits import KB
from evaluator.plain import plain

NAME = "jalon.toml"
_BYTES = 16 * KB  # a dotted key as long as the file takes the parser the square of it
_TEXT = 1000
_SHAPE: dict[str, dict[str, type | tuple[type, ...]]] = {
    "model": {"path": str},
    "metric": {"data": str, "target": str, "name": str, "claimed": (int, float)},
    "predictions": {"path": str, "identifier": str, "column": str},
    "api": {"app": str, "route": str, "identifier": (str, int)},
    "dashboard": {"app": str},
    "urls": {"api": str, "dashboard": str},
}


def extract(workspace: Workspace) -> dict[str, Any]:
    """``{"path", "base", "model", "metric", "predictions", "api", "dashboard", "urls", "error"}``.

    ``base`` is the folder, ``""`` or ending in ``/``, to which the declared paths are relative; ``path`` is None
    without a declaration. Values of another type than expected are left out, as are
    numbers that are not finite.
    """
    path, base = _find(workspace)
    found: dict[str, Any] = {"path": path, "base": base, "error": None} | {name: {} for name in _SHAPE}
    if path is None:
        return found
    try:
        text = workspace.read_bytes(path, _BYTES).decode("utf-8-sig")
        declared = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # text that is no UTF-8, no TOML, or a number too long
        found["error"] = {"code": "declaration.invalid", "params": {"path": path, "reason": str(error)[:_TEXT]}}
        return found
    except SubmissionFault as fault:
        found["error"] = {"code": fault.code, "params": fault.params}
        return found
    for section, keys in _SHAPE.items():
        found[section] = _expected(declared.get(section), keys)
    return found


def _find(workspace: Workspace) -> tuple[str | None, str]:
    """At the root of the bundle, or of its single top folder."""
    paths = {entry.path for entry in workspace.files}
    tops = {PurePosixPath(path).parts[0] for path in paths}
    base = ""
    if len(tops) == 1 and not tops & paths:
        base = f"{tops.pop()}/"
    for candidate in ("", base):
        if f"{candidate}{NAME}" in paths:
            return f"{candidate}{NAME}", candidate
    return None, base


def _expected(section: Any, keys: dict[str, type | tuple[type, ...]]) -> dict[str, Any]:
    if not isinstance(section, dict):
        return {}
    kept: dict[str, Any] = {}
    for key, kind in keys.items():
        value = section.get(key)
        if isinstance(value, kind) and not isinstance(value, bool) and plain(value) is not None:
            kept[key] = value[:_TEXT] if isinstance(value, str) else value
    return kept


EXTRACTOR = Extractor("declaration", 3, extract)
