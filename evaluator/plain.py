"""Values as every JSON store keeps them. Facts are read from candidates' material, which holds whatever it likes."""

from __future__ import annotations

import math
import re
from typing import Any

_LARGEST = 2**1023  # what a float still holds
_REPLACED = re.compile("[\0\ud800-\udfff]")
_REPLACEMENT = "\ufffd"
_SUSPECT_TEXT = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
# What a pattern begins with is looked for, so let it be rare, and one letter: a choice takes eight times as long.
_SUSPECT_POWERS = tuple(re.compile(rb"%b(?<=[0-9.]%b)\+?[0-9]{3}" % (letter, letter)) for letter in (b"e", b"E"))
_DIGITS = 150  # of the 300 and more of a number that no float holds, as many in a row begin at a multiple of it


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
    """Whether the value of this JSON may differ once ``plain``; spares the walk of large harmless ones.

    It may hold a NUL, half of a surrogate pair, or a number that no float holds.
    """
    if any(pattern.search(data) for pattern in (_SUSPECT_TEXT, *_SUSPECT_POWERS)):
        return True
    return any(data[start : start + _DIGITS].isdigit() for start in range(0, len(data) - _DIGITS + 1, _DIGITS))
