"""Facts kept from one evaluation to the next, by what they were read from and by whom."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol


class FactStore(Protocol):
    """Where facts are kept. A key names content: what was put under it is never changed."""

    def get(self, key: str) -> dict[str, Any] | None: ...

    def put(self, key: str, facts: dict[str, Any]) -> None: ...


class FolderStore:
    """Facts in a folder of the file system, one JSON file for each key."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def get(self, key: str) -> dict[str, Any] | None:
        try:
            facts = json.loads(self._path(key).read_bytes())
        except FileNotFoundError:
            return None
        return facts if isinstance(facts, dict) else None

    def put(self, key: str, facts: dict[str, Any]) -> None:
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(descriptor, "w") as stream:
            json.dump(facts, stream)
        Path(name).replace(path)

    def _path(self, key: str) -> Path:
        return self._root / key[:2] / f"{key}.json"


class NoStore:
    """Keeps nothing."""

    def get(self, key: str) -> dict[str, Any] | None:
        return None

    def put(self, key: str, facts: dict[str, Any]) -> None:
        return None


def fact_key(bundle: str, name: str, version: int, runtime: str = "", params: Mapping[str, Any] | None = None) -> str:
    """sha256 in hexadecimal of all that a fact depends on."""
    parts = [bundle, name, version, runtime, dict(params or {})]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def with_pictures(facts: dict[str, Any], pictures: Mapping[str, Path]) -> dict[str, Any]:
    """The stored form: facts, and the pictures they name."""
    packed = {name: base64.b64encode(path.read_bytes()).decode() for name, path in pictures.items()}
    return {"facts": facts, "pictures": packed}


def restore(stored: Mapping[str, Any], folder: Path) -> tuple[dict[str, Any], dict[str, Path]] | None:
    """Facts and pictures of a stored form, the pictures written in ``folder``; None for another form."""
    facts, packed = stored.get("facts"), stored.get("pictures")
    if not isinstance(facts, dict) or not isinstance(packed, dict):
        return None
    pictures: dict[str, Path] = {}
    for name, text in packed.items():
        try:
            content = base64.b64decode(text, validate=True)
        except (binascii.Error, TypeError, ValueError):
            return None
        if hashlib.sha256(content).hexdigest() != name:
            return None
        pictures[name] = folder / name
        pictures[name].write_bytes(content)
    return facts, pictures
