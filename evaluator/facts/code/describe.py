"""The JSON form of abstract values, as the facts keep them."""

from __future__ import annotations

from typing import Any

from evaluator.facts.code.marks import columns_of, marks_of
from evaluator.facts.code.values import Const, Function, Group, Obj, Ref, Several, Value, beginning, options
from evaluator.masking import HIDDEN, is_drawn, names_secret

_SHOWN = 200
_MOST = 12
_ROOM = 60


def describe(value: Value) -> Any:
    """A JSON form: the constant, ``{"any": [constants]}``, ``{"starts": text}``, ``{"type": name}`` or None.

    A type comes with ``"marks": [...]`` and ``"columns": {name: [marks]}`` when there are any.
    """
    if isinstance(value, Const):
        return _shortened(value.value)
    values = [option.value for option in options(value) if isinstance(option, Const)]
    if values:
        return {"any": [_shortened(item) for item in values[:_MOST]]}
    start = next((text for option in options(value) if (text := beginning(option))), "")
    described: dict[str, Any] = {"starts": _shortened(start)} if start else {}
    kind = type_name(value)
    if kind and not start:
        described["type"] = kind
    marks, columns = marks_of(value), columns_of(value)
    if marks:
        described["marks"] = sorted(marks)
    if columns:
        described["columns"] = {name: sorted(of) for name, of in columns.items()}
    if isinstance(value, Group):
        described |= _held(value)
    return described or None


def _held(group: Group) -> dict[str, Any]:
    """The constants that a container holds; whether it turns words into numbers, one by one."""
    secret = {id(item) for key, item in (group.keys or {}).items() if isinstance(key, str) and names_secret(key)}
    values = [HIDDEN if id(item) in secret else item.value for item in group.items[:_ROOM] if isinstance(item, Const)]
    held: dict[str, Any] = {"holds": [_shortened(item) for item in values[:_MOST]]} if values else {}
    if group.keys and (_encodes(group) or any(_encodes(item) for item in group.items[:_ROOM])):
        held["encodes"] = True
    return held


def _encodes(value: Value) -> bool:
    """Whether a dictionary gives a number to each of several words."""
    if not isinstance(value, Group) or not value.keys or len(value.keys) < 2 or len(value.items) > _ROOM:
        return False
    numbers = [item.value for item in value.items if isinstance(item, Const)]
    told = len(numbers) == len(value.items) and all(isinstance(item, int | float) for item in numbers)
    return told and all(isinstance(key, str) for key in value.keys)


def _shortened(item: Any) -> Any:
    """A text is cut short, and one drawn at random hidden: out of its line nothing says any more that it is a key."""
    if not isinstance(item, str):
        return item
    return HIDDEN if is_drawn(item) else item[:_SHOWN]


def type_name(value: Value) -> str | None:
    match value:
        case Obj(type=kind):
            return kind
        case Ref(name=name):
            return name
        case Function():
            return "function"
        case Group(keys=keys):
            return "list" if keys is None else "dict"
        case Several(options=inner):
            return next((found for option in inner if (found := type_name(option))), None)
    return None
