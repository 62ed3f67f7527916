"""What each op-code of a pickle does to the machine. An op-code that is not named here pushes its argument."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from evaluator.facts.models.arrays import wrapped_array
from evaluator.facts.models.machine import Action, Machine, PickleError
from evaluator.facts.models.values import OPAQUE, Built, Global, Pairs, built


def _nothing(machine: Machine, argument: Any) -> None:
    return None


def _constant(value: Any) -> Action:
    return lambda machine, argument: machine.stack.append(value)


def _empty(make: Callable[[], Any]) -> Action:
    return lambda machine, argument: machine.stack.append(make())


def _tuple_of(size: int) -> Action:
    def act(machine: Machine, argument: Any) -> None:
        items = tuple(machine.stack.pop() for _ in range(size))
        machine.stack.append(items[::-1])

    return act


def _proto(machine: Machine, argument: Any) -> None:
    machine.reading.protocol = max(machine.reading.protocol, argument)


def _mark(machine: Machine, argument: Any) -> None:
    machine.marks.append(machine.stack)
    machine.stack = []


def _pop(machine: Machine, argument: Any) -> None:
    if machine.stack:
        machine.stack.pop()
    else:
        machine.pop_to_mark()


def _pop_mark(machine: Machine, argument: Any) -> None:
    machine.pop_to_mark()


def _dup(machine: Machine, argument: Any) -> None:
    machine.stack.append(machine.stack[-1])


def _sequence(kind: Callable[[list[Any]], Any]) -> Action:
    def act(machine: Machine, argument: Any) -> None:
        items = machine.pop_to_mark()
        machine.stack.append(kind(items))

    return act


def _paired(items: list[Any]) -> list[tuple[Any, Any]]:
    return list(zip(items[::2], items[1::2], strict=True))


def _add(machine: Machine, items: list[Any]) -> None:
    target = machine.stack[-1]
    if isinstance(target, list):
        target.extend(items)
    elif isinstance(target, Built):
        target.items.extend(items)
    elif target is not OPAQUE:
        raise PickleError("model.corrupt")


def _append(machine: Machine, argument: Any) -> None:
    item = machine.stack.pop()
    _add(machine, [item])


def _appends(machine: Machine, argument: Any) -> None:
    _add(machine, machine.pop_to_mark())


def _set_pairs(machine: Machine, pairs: list[tuple[Any, Any]]) -> None:
    target = machine.stack[-1]
    if isinstance(target, Pairs):
        target.pairs.extend(pairs)
    elif isinstance(target, Built):
        target.items.extend(pairs)
    elif target is not OPAQUE:
        raise PickleError("model.corrupt")


def _setitem(machine: Machine, argument: Any) -> None:
    value, key = machine.stack.pop(), machine.stack.pop()
    _set_pairs(machine, [(key, value)])


def _setitems(machine: Machine, argument: Any) -> None:
    _set_pairs(machine, _paired(machine.pop_to_mark()))


def _put(machine: Machine, argument: Any) -> None:
    machine.remember(argument)


def _memoize(machine: Machine, argument: Any) -> None:
    machine.remember(len(machine.memo))


def _get(machine: Machine, argument: Any) -> None:
    machine.stack.append(machine.recall(argument))


def _global(machine: Machine, argument: str) -> None:
    module, _, name = argument.partition(" ")
    machine.stack.append(machine.imported(module, name))


def _stack_global(machine: Machine, argument: Any) -> None:
    name, module = machine.stack.pop(), machine.stack.pop()
    machine.stack.append(machine.imported(module, name))


def _extension(machine: Machine, argument: Any) -> None:
    """A name by number in a registry that only the writer knows."""
    machine.stack.append(machine.imported(None, None))


def _reduce(machine: Machine, argument: Any) -> None:
    arguments, maker = machine.stack.pop(), machine.stack.pop()
    machine.stack.append(built(maker, arguments))


def _newobj(machine: Machine, argument: Any) -> None:
    arguments, maker = machine.stack.pop(), machine.stack.pop()
    machine.stack.append(Built(maker, arguments))


def _newobj_ex(machine: Machine, argument: Any) -> None:
    named, arguments, maker = machine.stack.pop(), machine.stack.pop(), machine.stack.pop()
    machine.stack.append(Built(maker, (arguments, named)))


def _inst(machine: Machine, argument: str) -> None:
    module, _, name = argument.partition(" ")
    arguments = tuple(machine.pop_to_mark())
    machine.stack.append(Built(machine.imported(module, name), arguments))


def _obj(machine: Machine, argument: Any) -> None:
    maker, *arguments = machine.pop_to_mark()
    machine.stack.append(Built(maker, tuple(arguments)))


def _build(machine: Machine, argument: Any) -> None:
    state = machine.stack.pop()
    target = machine.stack[-1]
    if not isinstance(target, Built):
        if target is OPAQUE or isinstance(target, Global):
            return
        raise PickleError("model.corrupt")
    target.state = state
    array = wrapped_array(target)
    if array is not None:
        machine.skip_array(array)


def _persistent(machine: Machine, argument: Any) -> None:
    """An object kept outside the pickle (the storages of PyTorch)."""
    if argument is None:
        machine.stack.pop()
    machine.stack.append(OPAQUE)


ACTIONS: dict[str, Action] = {
    "PROTO": _proto,
    "FRAME": _nothing,
    "MARK": _mark,
    "POP": _pop,
    "POP_MARK": _pop_mark,
    "DUP": _dup,
    "NONE": _constant(None),
    "NEWTRUE": _constant(True),
    "NEWFALSE": _constant(False),
    "NEXT_BUFFER": _constant(OPAQUE),
    "READONLY_BUFFER": _nothing,
    "EMPTY_LIST": _empty(list),
    "EMPTY_TUPLE": _constant(()),
    "EMPTY_DICT": _empty(Pairs),
    "EMPTY_SET": _empty(list),
    "LIST": _sequence(list),
    "TUPLE": _sequence(tuple),
    "FROZENSET": _sequence(tuple),
    "DICT": _sequence(lambda items: Pairs(_paired(items))),
    "TUPLE1": _tuple_of(1),
    "TUPLE2": _tuple_of(2),
    "TUPLE3": _tuple_of(3),
    "APPEND": _append,
    "APPENDS": _appends,
    "ADDITEMS": _appends,
    "SETITEM": _setitem,
    "SETITEMS": _setitems,
    "PUT": _put,
    "BINPUT": _put,
    "LONG_BINPUT": _put,
    "MEMOIZE": _memoize,
    "GET": _get,
    "BINGET": _get,
    "LONG_BINGET": _get,
    "GLOBAL": _global,
    "STACK_GLOBAL": _stack_global,
    "EXT1": _extension,
    "EXT2": _extension,
    "EXT4": _extension,
    "REDUCE": _reduce,
    "NEWOBJ": _newobj,
    "NEWOBJ_EX": _newobj_ex,
    "INST": _inst,
    "OBJ": _obj,
    "BUILD": _build,
    "PERSID": _persistent,
    "BINPERSID": _persistent,
}
