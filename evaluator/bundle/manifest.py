"""What was unpacked: every file with its digest, and what was left out on purpose."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from evaluator.facts.base import FileEntry

_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Manifest:
    """The content of a bundle.

    ``sha256`` identifies the bundle: the digest of the archive's own bytes, or ``digest_of(files)`` for a folder.
    ``files`` are sorted by path, ``bytes`` is their total size. ``left_out`` names folders and files that were seen
    and not taken (virtual environments, caches, what macOS adds; links and devices of a folder).
    """

    sha256: str
    files: tuple[FileEntry, ...]
    bytes: int
    left_out: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """A plain dictionary, read back by ``from_json``."""
        return {
            "sha256": self.sha256,
            "bytes": self.bytes,
            "files": [{"path": entry.path, "size": entry.size, "sha256": entry.sha256} for entry in self.files],
            "left_out": list(self.left_out),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Manifest:
        """The manifest written by ``to_json``, which may have crossed the border of a sandbox.

        Raises:
            KeyError, TypeError, ValueError: ``data`` has another shape, a digest is none, a path leaves the bundle.
        """
        files = tuple(
            FileEntry(_relative(row["path"]), _natural(row["size"]), _sha256(row["sha256"])) for row in data["files"]
        )
        left_out = tuple(str(path) for path in data["left_out"])
        return cls(_sha256(data["sha256"]), files, _natural(data["bytes"]), left_out)


def _relative(path: str) -> str:
    parts = path.split("/")
    if {"", ".", ".."} & set(parts) or "\0" in path:
        raise ValueError("not a path inside a bundle")
    return path


def _natural(value: int) -> int:
    if not isinstance(value, int) or value < 0:
        raise ValueError("not a number of bytes")
    return value


def _sha256(value: str) -> str:
    if not _DIGEST.fullmatch(value):
        raise ValueError("not a sha256")
    return value


def digest_of(files: Iterable[FileEntry]) -> str:
    """One sha256 for a set of files: the digest of ``path NUL sha256 LF`` for each of them, by path."""
    digest = hashlib.sha256()
    for entry in sorted(files, key=lambda entry: entry.path):
        digest.update(f"{entry.path}\0{entry.sha256}\n".encode())
    return digest.hexdigest()
