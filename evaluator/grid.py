"""The checks that a référentiel's file names, read as data: this package knows nothing else of référentiels."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from evaluator.runner import CheckRequest

_DATA = Path(__file__).resolve().parents[1] / "certification" / "referentials" / "data"


def requests_of(referential: str, bloc: str | None) -> list[CheckRequest]:
    """The checks of a référentiel (its code, or the path of its YAML file), of one bloc or of all; each once.

    Raises:
        LookupError: no such référentiel or bloc; the text says which there are.
    """
    document = _read(referential)
    blocs = {str(item["code"]): item for item in document.get("blocs", [])}
    if bloc is not None and bloc not in blocs:
        raise LookupError(f"no bloc {bloc} in {referential}; there are: {', '.join(blocs)}")
    chosen = [blocs[bloc]] if bloc is not None else list(blocs.values())
    requests: list[CheckRequest] = []
    for item in _named_checks(chosen):
        request = CheckRequest(str(item["code"]), item.get("params") or {})
        if request not in requests:
            requests.append(request)
    return requests


def _read(referential: str) -> Any:
    path = Path(referential) if referential.endswith((".yaml", ".yml")) else _DATA / f"{referential}.yaml"
    if not path.is_file():
        known = ", ".join(sorted(item.stem for item in _DATA.glob("*.yaml")))
        raise LookupError(f"no référentiel {referential}; there are: {known}")
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _named_checks(node: Any) -> Iterator[dict[str, Any]]:
    """Every entry of a ``checks`` list, at any depth."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "checks":
                yield from value
            else:
                yield from _named_checks(value)
    elif isinstance(node, list):
        for value in node:
            yield from _named_checks(value)
