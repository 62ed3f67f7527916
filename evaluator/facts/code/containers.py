"""Python's own containers and the built-in functions that pass values through."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from evaluator.facts.code import knowledge
from evaluator.facts.code.marks import COUNT
from evaluator.facts.code.members import element, subscript
from evaluator.facts.code.values import (
    ANY_NUMBER,
    UNKNOWN,
    UNSEEN,
    Const,
    Group,
    Obj,
    Place,
    Ref,
    Several,
    Unknown,
    Value,
    beginning,
    chosen,
    constants,
    either,
    grow,
    options,
)

Keywords = Mapping[str, Value]
_FEW = 12


def call_builtin(callee: Ref, args: Sequence[Value], keywords: Keywords) -> Value:
    """The result of a built-in function, or of a method of a container or a string."""
    tail = knowledge.last(callee.name)
    if isinstance(callee.owner, Group):
        handler = _METHODS.get(tail)
        return handler(callee.owner, args) if handler else UNKNOWN
    if callee.owner is not None:
        return _text(callee.owner, tail, args)
    function = _FUNCTIONS.get(tail)
    if function is not None:
        return function(args, keywords)
    return Unknown(any(chosen(value) for value in args))


def _text(owner: Value, tail: str, args: Sequence[Value]) -> Value:
    known = constants(owner)
    if tail in {"lower", "upper", "strip", "title", "capitalize"} and known and not args:
        return either(Const(getattr(item, tail)()) for item in known if isinstance(item, str))
    if tail == "format" and (start := beginning(owner).partition("{")[0]):
        choice = any(chosen(value) for value in args)
        return Obj(UNSEEN, Place("", None, 1, 1), choice=choice, labels={"starts": start})
    return Unknown(any(chosen(value) for value in args))


def _append(group: Group, args: Sequence[Value]) -> Value:
    grow(group, args[-1:])
    return UNKNOWN


def _extend(group: Group, args: Sequence[Value]) -> Value:
    for value in args:
        for option in options(value):
            if isinstance(option, Group):
                grow(group, list(option.items))
                if group.keys is not None and option.keys:
                    group.keys.update(option.keys)
    return UNKNOWN


def _items(group: Group, args: Sequence[Value]) -> Value:
    if group.keys and len(group.keys) == len(group.items):
        return Group([Group([Const(key), value]) for key, value in group.keys.items()])
    return Group([Group([UNKNOWN, either(group.items)])])


def _values(group: Group, args: Sequence[Value]) -> Value:
    return Group(list(group.items))


def _keys(group: Group, args: Sequence[Value]) -> Value:
    return Group([Const(key) for key in group.keys or ()])


def _get(group: Group, args: Sequence[Value]) -> Value:
    return subscript(group, args[0]) if args else UNKNOWN


def _copy(group: Group, args: Sequence[Value]) -> Value:
    return Group(list(group.items), None if group.keys is None else dict(group.keys))


_METHODS: dict[str, Callable[[Group, Sequence[Value]], Value]] = {
    "append": _append,
    "add": _append,
    "insert": _append,
    "extend": _extend,
    "update": _extend,
    "items": _items,
    "values": _values,
    "keys": _keys,
    "get": _get,
    "setdefault": _get,
    "pop": _get,
    "copy": _copy,
}


def _same(args: Sequence[Value], keywords: Keywords) -> Value:
    return args[0] if args else Group([])


def _same_number(args: Sequence[Value], keywords: Keywords) -> Value:
    """A conversion keeps a number that takes several values."""
    several = bool(args) and isinstance(args[0], Obj | Several)
    return args[0] if several else Unknown(any(chosen(value) for value in args))


def _zip(args: Sequence[Value], keywords: Keywords) -> Value:
    return Group([Group([element(value) for value in args])])


def _enumerate(args: Sequence[Value], keywords: Keywords) -> Value:
    return Group([Group([UNKNOWN, element(args[0]) if args else UNKNOWN])])


def _dictionary(args: Sequence[Value], keywords: Keywords) -> Value:
    group = Group(list(keywords.values()), dict(keywords))
    for value in args:
        if isinstance(value, Group) and value.keys is not None:
            _extend(group, [value])
        elif isinstance(value, Group):
            grow(group, [item.items[-1] for item in value.items if isinstance(item, Group) and item.items])
    return group


def _element(args: Sequence[Value], keywords: Keywords) -> Value:
    return element(args[0]) if args else UNKNOWN


def _length(args: Sequence[Value], keywords: Keywords) -> Value:
    return Obj(UNSEEN, Place("", None, 1, 1), marks=frozenset({COUNT}))


def _range(args: Sequence[Value], keywords: Keywords) -> Value:
    """The numbers themselves when they are few and known, else a number that takes several values."""
    known = [value for arg in args for value in constants(arg)[:1] if isinstance(value, int)]
    if len(known) == len(args) and 0 < len(args) <= 3 and 0 not in known[2:]:
        numbers = range(*known)
        if len(numbers) <= _FEW:
            return Group([Const(number) for number in numbers])
    return Group([ANY_NUMBER])


_FUNCTIONS: dict[str, Callable[[Sequence[Value], Keywords], Value]] = {
    "list": _same,
    "tuple": _same,
    "set": _same,
    "sorted": _same,
    "reversed": _same,
    "iter": _same,
    "zip": _zip,
    "enumerate": _enumerate,
    "dict": _dictionary,
    "len": _length,
    "range": _range,
    "int": _same_number,
    "float": _same_number,
    "next": _element,
    "max": _element,
    "min": _element,
}
