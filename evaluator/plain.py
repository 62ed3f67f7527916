"""Values as every JSON store keeps them. Facts are read from candidates' material, which holds whatever it likes."""

from __future__ import annotations

import math
import re
from typing import Any

_LARGEST = 2**1023  # what a float still holds
_REPLACED = re.compile("[\0\ud800-\udfff]")
_REPLACEMENT = "\ufffd"
# JSON that may hold a NUL, half of a surrogate pair, or a number that no float holds.
_SUSPECT = re.compile(rb"\\u0000|\\u[dD][89a-fA-F]|[0-9.][eE]\+?[0-9]{3}|[0-9]{300}")


def plain(value: Any) -> Any:
    """``value``, of JSON types, without what PostgreSQL and other readers refuse.

    NUL and halves of surrogate pairs become U+FFFD; numbers that are not finite, or that no float holds, become None.
    """
    if isinstance(value, str):
        return _REPLACED.sub(_REPLACEMENT, value)
    if isinstance(value, dict):
        return {plain(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, int):
        return value if -_LARGEST < value < _LARGEST else None
    return value


def is_suspect(data: bytes) -> bool:
    """Whether the value of this JSON may differ once ``plain``; spares the walk of large harmless ones."""
    return _SUSPECT.search(data) is not None
