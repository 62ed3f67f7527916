"""The numpy arrays that joblib leaves out of the pickle and writes raw in its stream."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from evaluator.facts.models.values import Built, Global, Pairs, attributes

_WRAPPER = "NumpyArrayWrapper"
_MODULE = "joblib.numpy_pickle"  # also below sklearn.externals, until scikit-learn 0.22
_DTYPE = re.compile(r"([?a-zA-Z])(\d*)")
_WIDTHS = {"U": 4}
_SINGLE = {"?": 1, "b": 1, "B": 1, "h": 2, "H": 2, "e": 2, "i": 4, "I": 4, "f": 4, "d": 8}
_HAS_OBJECTS = 0x01  # NPY_ITEM_REFCOUNT in the flags of a structured dtype
_STATE_FLAGS = 7


@dataclass(frozen=True, slots=True)
class Wrapped:
    """What follows a wrapper: ``size`` raw bytes after a padding, or a nested pickle when ``objects``."""

    size: int
    objects: bool
    padded: bool


def wrapped_array(thing: Built) -> Wrapped | None:
    """The array that follows ``thing``, None when ``thing`` is not a wrapper.

    Raises:
        ValueError: the wrapper does not tell how long the array is.
    """
    maker = thing.maker
    if not (isinstance(maker, Global) and maker.name == _WRAPPER and maker.module.endswith(_MODULE)):
        return None
    state = attributes(thing)
    itemsize, objects = _item(state.get("dtype"))
    return Wrapped(itemsize * _count(state.get("shape")), objects, _padded(state))


def _padded(state: Pairs) -> bool:
    """joblib before 1.2 neither aligned the arrays nor wrote the attribute."""
    return state.get("numpy_array_alignment_bytes") is not None


def _count(shape: Any) -> int:
    if not isinstance(shape, tuple):
        raise ValueError("no shape")
    count = 1
    for length in shape:
        value = _integer(length)
        if value < 0:
            raise ValueError("negative shape")
        count *= value
    return count


def _integer(value: Any) -> int:
    """An int, or the numpy scalar that stands for it."""
    if isinstance(value, int):
        return value
    if isinstance(value, Built) and isinstance(value.arguments, tuple) and isinstance(value.arguments[-1], bytes):
        return int.from_bytes(value.arguments[-1], "little", signed=True)
    raise ValueError("not a length")


def _item(dtype: Any) -> tuple[int, bool]:
    """The size of one item in bytes, and whether items are Python objects."""
    if not isinstance(dtype, Built) or not isinstance(dtype.arguments, tuple) or not dtype.arguments:
        raise ValueError("no dtype")
    text = dtype.arguments[0]
    match = _DTYPE.fullmatch(text.lstrip("<>=|")) if isinstance(text, str) else None
    if match is None:
        raise ValueError("unknown dtype")
    letter, digits = match.groups()
    size = int(digits) * _WIDTHS.get(letter, 1) if digits else _SINGLE.get(letter, 8)
    return size, letter == "O" or _holds_objects(dtype.state)


def _holds_objects(state: Any) -> bool:
    if not isinstance(state, tuple) or len(state) <= _STATE_FLAGS or not isinstance(state[_STATE_FLAGS], int):
        return False
    return bool(state[_STATE_FLAGS] & _HAS_OBJECTS)
