"""What the facts say of the values that calls are given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from evaluator.checks._code import Call

FRAME = "pandas.DataFrame"


def given(call: Call, name: str, position: int | None = None) -> Any:
    """The description of an argument given by name or by position, None when there is none."""
    if name in call.keywords:
        return call.keywords[name]
    return call.args[position] if position is not None and position < len(call.args) else None


def every(call: Call) -> Iterator[Any]:
    yield from call.args
    yield from call.keywords.values()


def kind(value: Any) -> str:
    """The type of a described value, empty when it is a constant or unknown."""
    return str(value.get("type", "")) if isinstance(value, Mapping) else ""


def is_frame(value: Any) -> bool:
    """Whether a value is a frame or a column of one."""
    name = kind(value)
    return name == FRAME or name.startswith(FRAME + ".")


def marks(value: Any) -> frozenset[str]:
    return frozenset(value.get("marks", ())) if isinstance(value, Mapping) else frozenset()


def column_marks(value: Any, names: set[str]) -> frozenset[str]:
    """The marks of the columns ``names`` of a frame."""
    columns: Mapping[str, list[str]] = value.get("columns", {}) if isinstance(value, Mapping) else {}
    return frozenset(mark for name in names for mark in columns.get(name, ()))


def numbers(value: Any) -> list[float]:
    """The numbers that a value may be, when they are known."""
    if isinstance(value, Mapping):
        value = value.get("any", [])
    values = value if isinstance(value, list) else [value]
    return [item for item in values if isinstance(item, int | float) and not isinstance(item, bool)]


def takes_several_values(value: Any) -> bool:
    """Whether an argument is a number that takes several values in turn."""
    return kind(value) == "numbers" or len(set(numbers(value))) > 1


def shows_projection(call: Call) -> bool:
    """Whether what is drawn, or the columns of it that are named, comes from a reduction of dimension."""
    if "reduced" in call.on or any("reduced" in marks(value) for value in every(call)):
        return True
    names = call.keyword("x", 0) | call.keyword("y", 1)
    return any("reduced" in column_marks(value, names) for value in every(call) if is_frame(value))
