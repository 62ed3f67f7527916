"""What every importer gives back, and how it refuses."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from certification.referentials.errors import ReferentialError
from certification.referentials.wording import NOTHING, Message, say

Progress = Callable[[int, int, int], None]
"""Told, now and then, how many bytes of how many have been read, and how many fiches have gone by."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to look at before accepting: in the tree (`path`, as in a Problem) and in the file (`place`).

    `level` is `warning` (to decide) or `info` (worth knowing).
    """

    path: str
    place: Message
    code: str
    message: Message
    level: str = "warning"

    def as_json(self) -> dict[str, Any]:
        said = {"place": self.place.as_json(), "message": self.message.as_json()}
        return {"path": self.path, "code": self.code, "level": self.level, **said}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Remark:
        said = {name: Message.from_json(value[name]) for name in ("place", "message")}
        return cls(path=value["path"], code=value["code"], level=value["level"], **said)


@dataclass(frozen=True, slots=True)
class Imported:
    """The tree as understood, and what is doubtful about it. The tree may lack what the file does not say."""

    tree: dict[str, Any]
    remarks: tuple[Remark, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {"tree": self.tree, "remarks": [remark.as_json() for remark in self.remarks]}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Imported:
        return cls(value["tree"], tuple(Remark.from_json(each) for each in value["remarks"]))


def named_after(imported: Imported, file_name: str) -> Imported:
    """The same import with a code, an edition and a title where the file gave none."""
    stem = Path(file_name).stem
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode().lower()
    tree = imported.tree | {
        "code": imported.tree.get("code") or re.sub(r"[^a-z0-9]+", "-", plain)[:60].strip("-") or "referentiel",
        "edition": imported.tree.get("edition") or "1",
        "title": imported.tree.get("title") or " ".join(stem.split())[:200] or "Référentiel",
    }
    return replace(imported, tree=tree)


class ImportRefused(ReferentialError):
    """The file cannot be read, or is refused for what it could do; `place` names sheet, line, element."""

    def __init__(self, code: str, message: Message, place: Message = NOTHING) -> None:
        super().__init__(message)
        self.code = code
        self.place = place

    def as_json(self) -> dict[str, Any]:
        return {"code": self.code, "message": self.message.as_json(), "place": self.place.as_json()}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> ImportRefused:
        return cls(value["code"], Message.from_json(value["message"]), Message.from_json(value["place"]))

    def __str__(self) -> str:
        return str(say("place.refused", place=self.place, message=self.message) if self.place else self.message)


@dataclass(frozen=True, slots=True)
class Importer:
    """One format: `read` takes the path, the options and a progress callback; raises ImportRefused."""

    kind: str
    suffixes: tuple[str, ...]
    max_bytes: int
    read: Callable[[Path, Mapping[str, str], Progress], Imported]
