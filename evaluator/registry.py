"""A closed, ordered table of named entries. Filled once, when its module is imported."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

Entry = TypeVar("Entry")


class Registry(Mapping[str, Entry]):
    """Read-only; a name given twice is refused."""

    def __init__(self, pairs: Iterable[tuple[str, Entry]]) -> None:
        self._entries: dict[str, Entry] = {}
        for name, entry in pairs:
            if name in self._entries:
                raise ValueError(f"registered twice: {name}")
            self._entries[name] = entry

    def __getitem__(self, name: str) -> Entry:
        return self._entries[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)
