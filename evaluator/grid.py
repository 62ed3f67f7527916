"""The checks that a référentiel's file names, read as data: this package knows nothing else of référentiels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from evaluator.runner import CheckRequest

_DATA = Path(__file__).resolve().parents[1] / "certification" / "referentials" / "data"


@dataclass(frozen=True, slots=True)
class Row:
    """What a criterion asks to check; ``bloc`` and ``text`` are empty when no référentiel asks."""

    bloc: str
    text: str
    requests: tuple[CheckRequest, ...]


def rows_of(referential: str, bloc: str | None) -> list[Row]:
    """The criteria with checks of a référentiel (its code, or the path of its YAML file), of one bloc or of all.

    Raises:
        LookupError: no such référentiel or bloc; the text says which there are.
    """
    document = _read(referential)
    blocs = {str(item["code"]): item for item in document.get("blocs", [])}
    if bloc is not None and bloc not in blocs:
        raise LookupError(f"no bloc {bloc} in {referential}; there are: {', '.join(blocs)}")
    chosen = [bloc] if bloc is not None else list(blocs)
    return [Row(_title(blocs[code]), text, requests) for code in chosen for text, requests in _asking(blocs[code])]


def _read(referential: str) -> Any:
    path = Path(referential) if referential.endswith((".yaml", ".yml")) else _DATA / f"{referential}.yaml"
    if not path.is_file():
        known = ", ".join(sorted(item.stem for item in _DATA.glob("*.yaml")))
        raise LookupError(f"no référentiel {referential}; there are: {known}")
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _title(bloc: dict[str, Any]) -> str:
    return f"{bloc['code']} · {bloc.get('title', '')}".rstrip(" ·")


def _asking(node: Any) -> Iterator[tuple[str, tuple[CheckRequest, ...]]]:
    """Every node with ``checks``, at any depth: its text and what it asks."""
    if isinstance(node, dict):
        if node.get("checks"):
            asked = tuple(CheckRequest(str(item["code"]), item.get("params") or {}) for item in node["checks"])
            yield str(node.get("text", "")), asked
        for key, value in node.items():
            if key != "checks":
                yield from _asking(value)
    elif isinstance(node, list):
        for value in node:
            yield from _asking(value)
