"""What every export is given, and what a format is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Tree = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a tree comes from: the edition's status, when it last changed, the platform's address without path."""

    status: str
    changed_at: datetime
    base_url: str


@dataclass(frozen=True, slots=True)
class Format:
    """A file format: `write` makes its bytes out of a normalised tree."""

    name: str
    title: str
    media_type: str
    suffix: str
    write: Callable[[Tree, Origin], bytes]
