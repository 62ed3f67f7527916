"""Facts kept from one evaluation to the next, by what they were read from and by whom."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

from evaluator.errors import EngineFault

_PICTURE_VERSION = 1


class FactStore(Protocol):
    """Where facts are kept. A key names content: what was put under it is never changed."""

    def get(self, key: str) -> dict[str, Any] | None: ...

    def has(self, key: str) -> bool: ...

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

    def has(self, key: str) -> bool:
        return self._path(key).exists()

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

    def has(self, key: str) -> bool:
        return False

    def put(self, key: str, facts: dict[str, Any]) -> None:
        return None


def fact_key(bundle: str, name: str, version: int, runtime: str = "", params: Mapping[str, Any] | None = None) -> str:
    """sha256 in hexadecimal of all that a fact depends on."""
    parts = [bundle, name, version, runtime, dict(params or {})]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def keep_with_pictures(store: FactStore, key: str, facts: dict[str, Any], pictures: Mapping[str, Path]) -> None:
    """The stored form of a static fact: beside it, each under a key of its own, the pictures that it names."""
    for name, path in pictures.items():
        if not store.has(_picture_key(name)):
            store.put(_picture_key(name), {"picture": base64.b64encode(path.read_bytes()).decode()})
    store.put(key, {"facts": facts, "pictures": sorted(pictures)})


def restore(store: FactStore, key: str) -> tuple[dict[str, Any], list[str]] | None:
    """A fact and the names of its pictures; None unless both are stored."""
    stored = store.get(key) or {}
    facts, names = stored.get("facts"), stored.get("pictures")
    if not isinstance(facts, dict) or not isinstance(names, list):
        return None
    return (facts, names) if all(store.has(_picture_key(str(name))) for name in names) else None


class Pictures(Mapping[str, Path]):
    """Files by sha256, in ``folder``. Those that were only ``promised`` are taken from the store when first wanted:
    most evaluations show few of them.
    """

    def __init__(self, store: FactStore, folder: Path) -> None:
        self._store, self._folder = store, folder
        self._files: dict[str, Path] = {}
        self._promised: dict[str, None] = {}

    def add(self, files: Mapping[str, Path]) -> None:
        self._files.update(files)

    def promise(self, names: Iterable[str]) -> None:
        self._promised.update(dict.fromkeys(names))

    def __getitem__(self, name: str) -> Path:
        """Raises EngineFault ``engine.facts_invalid`` for a picture that the store has spoilt."""
        if name not in self._files:
            if name not in self._promised:
                raise KeyError(name)
            self._files[name] = self._fetched(name)
        return self._files[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._promised | dict.fromkeys(self._files))

    def __len__(self) -> int:
        return len(self._promised.keys() | self._files.keys())

    def _fetched(self, name: str) -> Path:
        stored = self._store.get(_picture_key(name)) or {}
        try:
            content = base64.b64decode(stored["picture"], validate=True)
        except (KeyError, binascii.Error, TypeError, ValueError) as error:
            raise EngineFault("engine.facts_invalid", name=name) from error
        if hashlib.sha256(content).hexdigest() != name:
            raise EngineFault("engine.facts_invalid", name=name)
        target = self._folder / name
        target.write_bytes(content)
        return target


def _picture_key(name: str) -> str:
    return fact_key(name, "picture", _PICTURE_VERSION)
