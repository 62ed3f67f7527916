"""What every export is given, and what a format is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from certification.referentials.identity import Identities

Tree = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a tree comes from.

    The edition's status, when it last changed, the platform's address without path, the uid of each part by its path
    (without which a part is known by its place).
    """

    status: str
    changed_at: datetime
    base_url: str
    identities: Identities = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Format:
    """A file format: `write` makes its bytes out of a normalised tree."""

    name: str
    title: str
    media_type: str
    suffix: str
    write: Callable[[Tree, Origin], bytes]
