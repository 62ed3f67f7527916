"""What a pickle would build, as far as its op-codes tell: names and shapes, never the things themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Global:
    """A name that the pickle imports."""

    module: str
    name: str

    @property
    def path(self) -> str:
        return f"{self.module}.{self.name}"


@dataclass(eq=False, slots=True)
class Built:
    """An object made by calling ``maker``. ``state`` is what ``__setstate__`` would receive."""

    maker: Any
    arguments: Any = ()
    state: Any = None
    items: list[Any] = field(default_factory=list)

    @property
    def path(self) -> str:
        """The dotted name of its class, ``""`` when the maker is not an import."""
        return self.maker.path if isinstance(self.maker, Global) else ""


@dataclass(eq=False, slots=True)
class Pairs:
    """A dictionary, kept as pairs because its keys may be anything."""

    pairs: list[tuple[Any, Any]] = field(default_factory=list)

    def get(self, name: str) -> Any:
        return next((value for key, value in self.pairs if isinstance(key, str) and key == name), None)


class Opaque:
    """A value whose content is of no use here: raw bytes, a persistent object."""

    __slots__ = ()


OPAQUE = Opaque()
_RECONSTRUCTORS = frozenset({"copyreg._reconstructor", "copy_reg._reconstructor", "copyreg.__newobj__"})
_VISITS = 500_000


def built(maker: Any, arguments: Any) -> Built:
    """The object, whose class is the first argument when a reconstructor is called."""
    if isinstance(maker, Global) and maker.path in _RECONSTRUCTORS and isinstance(arguments, tuple) and arguments:
        return Built(arguments[0], arguments[1:])
    return Built(maker, arguments)


def attributes(thing: Built) -> Pairs:
    """The attributes set from the state: a dictionary, or the first half of a pair with slots."""
    state = thing.state
    if isinstance(state, tuple) and state and isinstance(state[0], Pairs):
        state = state[0]
    return state if isinstance(state, Pairs) else Pairs()


def parts(value: Any) -> list[Any]:
    """What stands directly inside a value."""
    if isinstance(value, list | tuple):
        return list(value)
    if isinstance(value, Pairs):
        return [half for pair in value.pairs for half in pair]
    if isinstance(value, Built):
        return [value.arguments, value.state, *value.items]
    return []


def walk(top: Any) -> Iterator[Built]:
    """Every object under ``top``, each once, outer ones first; bounded."""
    queue, seen = [top], {id(top)}
    for value in queue:
        if isinstance(value, Built):
            yield value
        for part in parts(value):
            if isinstance(part, list | tuple | Pairs | Built) and id(part) not in seen and len(queue) < _VISITS:
                seen.add(id(part))
                queue.append(part)
