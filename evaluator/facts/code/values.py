"""Abstract values: what the interpreter knows of an object without running anything."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

# Type of an object whose origin is out of sight: a parameter, a missing module, an unknown library.
UNSEEN = "?"
# Type of a number that takes several values in turn: the variable of a loop over a range.
NUMBERS = "numbers"
NO_MARKS: frozenset[str] = frozenset()
_MANY = 24
_LOOKED_AT = 60
_USER_STATE = ("streamlit.session_state", "streamlit.query_params")
_ROOM = 400
_LONGEST = 500
_LARGEST = 2**53


@dataclass(frozen=True, slots=True)
class Place:
    """Where a piece of code stands: ``cell`` 0-based or None for a script, lines 1-based."""

    path: str
    cell: int | None
    line: int
    end_line: int

    def to_json(self) -> list[Any]:
        return [self.path, self.cell, self.line, self.end_line]


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nothing known, except whether a user's choice went into it."""

    choice: bool = False


@dataclass(frozen=True, slots=True)
class Const:
    value: str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Ref:
    """Something of a library by qualified name, ``seaborn.boxplot``; ``owner`` for a bound method."""

    name: str
    owner: Value | None = None


@dataclass(eq=False, slots=True)
class Obj:
    """The result of a library call. ``parts`` are the values it was built with, or given later."""

    type: str
    place: Place
    parts: list[Value] = field(default_factory=list)
    choice: bool = False
    labels: dict[str, str] = field(default_factory=dict)  # constant keyword arguments worth keeping
    marks: frozenset[str] = NO_MARKS  # what it is known to be: see ``marks``
    columns: dict[str, frozenset[str]] = field(default_factory=dict)  # the marks of a frame's columns


@dataclass(eq=False, slots=True)
class Group:
    """A list, tuple, set (``items``) or dictionary (``items`` are the values, ``keys`` those known)."""

    items: list[Value] = field(default_factory=list)
    keys: dict[Any, Value] | None = None


@dataclass(eq=False, slots=True)
class Scope:
    """Names bound in a module, a function call or a class body."""

    module: ModuleCode
    outer: Scope | None = None
    names: dict[str, Value] = field(default_factory=dict)
    shared: set[str] = field(default_factory=set)

    def find(self, name: str) -> Value | None:
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.outer
        return None

    def bind(self, name: str, value: Value) -> None:
        if name in self.shared and self.outer is not None:
            self.top().names[name] = value
        else:
            self.names[name] = value

    def top(self) -> Scope:
        scope = self
        while scope.outer is not None:
            scope = scope.outer
        return scope


@dataclass(eq=False, slots=True)
class ModuleCode:
    """One notebook or module of the project: ``blocks`` are its cells, or one block for a script."""

    path: str
    dotted: str
    blocks: list[tuple[int | None, tuple[ast.stmt, ...]]]
    sha256: str = ""
    source: str = ""
    is_notebook: bool = False
    broken: list[list[int | None]] = field(default_factory=list)
    hoisted: dict[str, tuple[int | None, ast.stmt]] = field(default_factory=dict)
    bound: set[str] = field(default_factory=set)
    stars: list[str] = field(default_factory=list)  # libraries imported with a star
    libraries: set[str] = field(default_factory=set)  # first names of everything imported at its top
    open_imports: bool = False  # imports from modules that are neither known libraries nor in the bundle


@dataclass(eq=False, slots=True)
class Function:
    """A function or lambda of the project. ``owner`` is the instance or class it is bound to."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    scope: Scope
    cell: int | None
    defaults: dict[str, Value] = field(default_factory=dict)
    owner: Value | None = None
    kind: str = ""  # "static", "class" or "property", by its decorator

    def bound_to(self, owner: Value) -> Function:
        """The function as a method of ``owner``."""
        if self.kind == "static":
            return self
        return Function(self.node, self.scope, self.cell, self.defaults, owner, self.kind)


@dataclass(eq=False, slots=True)
class Klass:
    """A class of the project, with the names bound in its body."""

    name: str
    bases: list[Value]
    body: dict[str, Value]
    fields: list[str] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class Instance:
    klass: Klass
    attributes: dict[str, Value] = field(default_factory=dict)


@dataclass(eq=False, slots=True)
class Module:
    """A module of the project, loaded."""

    scope: Scope


@dataclass(frozen=True, slots=True)
class Several:
    """Alternatives: one of these values."""

    options: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Partial:
    target: Value
    args: tuple[Value, ...]
    keywords: tuple[tuple[str, Value], ...]


Value = Unknown | Const | Ref | Obj | Group | Function | Klass | Instance | Module | Several | Partial

UNKNOWN = Unknown()
ANY_NUMBER = Obj(NUMBERS, Place("", None, 1, 1))


def known(value: object) -> Value:
    """A constant kept when it is small enough to be worth knowing and has a JSON form."""
    if isinstance(value, str):
        return Const(value[:_LONGEST])
    if value is None or isinstance(value, bool) or (isinstance(value, int) and abs(value) < _LARGEST):
        return Const(value)
    return Const(value) if isinstance(value, float) and math.isfinite(value) else UNKNOWN


def grow(group: Group, items: Iterable[Value]) -> Group:
    """Add ``items`` to ``group``, up to what a group may hold."""
    group.items.extend(islice(items, max(0, _ROOM - len(group.items))))
    return group


def either(values: Iterable[Value]) -> Value:
    """One value standing for all of ``values``, without repeats, at most a couple of dozen."""
    flat: list[Value] = []
    for value in values:
        for option in options(value):
            if len(flat) < _MANY and not any(_same(option, kept) for kept in flat):
                flat.append(option)
    if not flat:
        return UNKNOWN
    return flat[0] if len(flat) == 1 else Several(tuple(flat))


def _same(one: Value, other: Value) -> bool:
    if isinstance(one, Const) and isinstance(other, Const):
        return type(one.value) is type(other.value) and one.value == other.value
    return one is other or (isinstance(one, Ref | Unknown) and one == other)


def options(value: Value) -> tuple[Value, ...]:
    return value.options if isinstance(value, Several) else (value,)


def reachable(value: Value, limit: int = 400, closed: Callable[[str], bool] | None = None) -> Iterator[Value]:
    """``value`` and everything it was built from, each once, breadth first; not what is in objects that are closed."""
    seen: set[int] = set()
    queue: list[Value] = [value]
    while queue and len(seen) < limit:
        item = queue.pop(0)
        if id(item) in seen:
            continue
        seen.add(id(item))
        yield item
        if closed is None or not isinstance(item, Obj) or not closed(item.type):
            queue.extend(_inside(item))


def _inside(value: Value) -> Iterable[Value]:
    match value:
        case Several(options=inner):
            return inner
        case Obj(parts=inner) | Group(items=inner):
            return inner
        case Instance(attributes=attributes):
            return attributes.values()
        case Ref(owner=owner):
            return () if owner is None else (owner,)
        case Partial(target=target, args=args):
            return (target, *args)
    return ()


def contents(value: Value) -> list[Value]:
    """What alternatives and nested containers hold, each once and not too many: some hold themselves, or grow."""
    queue, seen, found = [value], set[int](), list[Value]()
    while queue and len(seen) < _LOOKED_AT:
        item = queue.pop(0)
        if id(item) in seen:
            continue
        seen.add(id(item))
        if isinstance(item, Several | Group):
            queue.extend(item.options if isinstance(item, Several) else item.items[:_LOOKED_AT])
        else:
            found.append(item)
    return found


def chosen(value: Value) -> bool:
    """Whether a user's choice (a widget's value) went into ``value``."""
    match value:
        case Unknown(choice=choice) | Obj(choice=choice):
            return choice
        case Ref(name=name, owner=owner):
            return name.startswith(_USER_STATE) or (owner is not None and chosen(owner))
        case Several() | Group():
            return any(chosen(item) for item in contents(value))
    return False


def constants(value: Value) -> list[str | int | float | bool | None]:
    """The constants ``value`` may be; empty when one alternative is not a constant."""
    found = [option.value for option in options(value) if isinstance(option, Const)]
    return found if len(found) == len(options(value)) else []


def beginning(value: Value) -> str:
    """How the text ``value`` starts, where that much is known: ``s3://bucket/`` of a path completed later.

    Of alternatives, the one that is an address: a folder for trials often stands beside it.
    """
    if isinstance(value, Const) and isinstance(value.value, str):
        return value.value
    if isinstance(value, Several):
        return next((start for option in value.options if "://" in (start := beginning(option))), "")
    return value.labels.get("starts", "") if isinstance(value, Obj) else ""
