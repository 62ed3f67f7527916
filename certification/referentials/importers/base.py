"""What every importer gives back, and how it refuses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

Progress = Callable[[int, int], None]
"""Told, now and then, how many bytes of how many have been read."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to look at before accepting: in the tree (`path`, as in a Problem) and in the file (`place`).

    `level` is `warning` (to decide) or `info` (worth knowing).
    """

    path: str
    place: str
    code: str
    message: str
    level: str = "warning"


@dataclass(frozen=True, slots=True)
class Imported:
    """The tree as understood, and what is doubtful about it. The tree may lack what the file does not say."""

    tree: dict[str, Any]
    remarks: tuple[Remark, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {"tree": self.tree, "remarks": [asdict(remark) for remark in self.remarks]}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Imported:
        return cls(value["tree"], tuple(Remark(**each) for each in value["remarks"]))


class ImportRefused(Exception):
    """The file cannot be read, or is refused for what it could do; `place` names sheet, line, element."""

    def __init__(self, code: str, message: str, place: str = "") -> None:
        super().__init__(code, message, place)
        self.code = code
        self.message = message
        self.place = place

    def __str__(self) -> str:
        return f"{self.place} : {self.message}" if self.place else self.message


@dataclass(frozen=True, slots=True)
class Importer:
    """One format: `read` takes the path, the options and a progress callback; raises ImportRefused."""

    kind: str
    suffixes: tuple[str, ...]
    max_bytes: int
    read: Callable[[Path, Mapping[str, str], Progress], Imported]
