"""Reads the op-codes of a pickle by hand: nothing is imported, called or loaded.

Op-codes are those of :mod:`pickletools` (protocols 0 to 5). joblib writes the raw bytes of each numpy array in the
middle of the stream, just after the ``BUILD`` of its ``NumpyArrayWrapper``: they are skipped from the wrapper's
dtype and shape, or the nested pickle is read when the array holds objects.
"""

from __future__ import annotations

import pickletools
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

from evaluator.facts.models.arrays import Wrapped, wrapped_array
from evaluator.facts.models.source import Source, SourceError
from evaluator.facts.models.values import OPAQUE, Built, Global, Pairs, built

OPCODES = 8_000_000
_NESTING = 20
_MEMO = 5_000_000
_IMPORTS = 5_000
_KEPT_BYTES = 64 * 1024
_PRINTED = pickletools.code2op
_NO_MODULE = "?"

_LENGTHS: dict[str, tuple[str, bool]] = {
    "BINBYTES": ("<I", False),
    "BINBYTES8": ("<Q", False),
    "BYTEARRAY8": ("<Q", False),
    "BINSTRING": ("<i", False),
    "BINUNICODE": ("<I", True),
    "BINUNICODE8": ("<Q", True),
}


class PickleError(Exception):
    """The op-codes are not those of a pickle, or are too many. ``code`` names which."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(slots=True)
class Reading:
    """What the op-codes said. ``imports`` are in order, each once; ``error`` is a code when reading stopped early."""

    imports: dict[Global, None] = field(default_factory=dict)
    tops: list[Any] = field(default_factory=list)
    protocol: int = 0
    arrays: int = 0
    opcodes: int = 0
    error: str | None = None
    wrapped: bool = False


def read_pickle(source: Source, *, many: bool = True) -> Reading:
    """Read one pickle, or the several that follow one another. Never raises: what stopped it is in ``error``."""
    reading = Reading()
    try:
        reading.tops.append(_Machine(source, reading).run())
        while many and len(reading.tops) < _NESTING and (byte := source.next_byte()) == b"\x80":
            reading.tops.append(_Machine(source, reading).run(byte))
    except (PickleError, SourceError) as error:
        reading.error = error.code
    return reading


class _Machine:
    """The unpickling machine over symbolic values: a stack, marks, a memo."""

    def __init__(self, source: Source, reading: Reading, depth: int = 0) -> None:
        self.source = source
        self.reading = reading
        self.depth = depth
        self.stack: list[Any] = []
        self.marks: list[list[Any]] = []
        self.memo: dict[int, Any] = {}

    def run(self, first: bytes = b"") -> Any:
        """Read up to STOP and return what would stand on the stack.

        Raises:
            PickleError, SourceError
        """
        try:
            return self._run(first)
        except (IndexError, KeyError, TypeError, ValueError, AttributeError, OverflowError, struct.error) as error:
            # Op-codes in an order that no pickler writes: an empty stack, an unknown memo, a malformed number.
            raise PickleError("model.corrupt") from error
        except (MemoryError, RecursionError) as error:
            raise PickleError("model.too_large") from error

    def _run(self, byte: bytes) -> Any:
        reading = self.reading
        while True:
            code = byte or self.source.read(1)
            byte = b""
            reading.opcodes += 1
            if reading.opcodes > OPCODES:
                raise PickleError("model.too_many_opcodes")
            opcode = _PRINTED.get(code.decode("latin-1"))
            if opcode is None:
                raise PickleError("model.corrupt")
            if opcode.name == "STOP":
                return self.stack.pop()
            argument = self._argument(opcode)
            action = _ACTIONS.get(opcode.name)
            if action is None:
                self.stack.append(argument)
            else:
                action(self, argument)

    def _argument(self, opcode: pickletools.OpcodeInfo) -> Any:
        if opcode.name in _LENGTHS:
            return self._long_text(*_LENGTHS[opcode.name])
        if opcode.arg is None:
            return None
        return opcode.arg.reader(cast("Any", self.source))

    def _long_text(self, form: str, textual: bool) -> Any:
        """A string or bytes with a length before it; a long one is left out unread."""
        (length,) = struct.unpack(form, self.source.read(struct.calcsize(form)))
        if length > _KEPT_BYTES:
            self.source.skip(length)
            return OPAQUE
        data = self.source.read(length)
        return data.decode("utf-8", "surrogatepass") if textual else data

    def pop_to_mark(self) -> list[Any]:
        items = self.stack
        self.stack = self.marks.pop()
        return items

    def imported(self, module: Any, name: Any) -> Global:
        """An import, kept even when its name is computed and cannot be read."""
        known = isinstance(module, str) and isinstance(name, str)
        found = Global(module[:300], name[:300]) if known else Global(_NO_MODULE, _NO_MODULE)
        if len(self.reading.imports) < _IMPORTS:
            self.reading.imports.setdefault(found)
        return found

    def remember(self, key: int) -> None:
        if len(self.memo) >= _MEMO:
            raise PickleError("model.too_large")
        self.memo[key] = self.stack[-1]

    def skip_array(self, array: Wrapped) -> None:
        """Leave out the raw bytes that follow a wrapper, or read the pickle that stands there instead."""
        self.reading.arrays += 1
        self.reading.wrapped = True
        if array.objects:
            if self.depth >= _NESTING:
                raise PickleError("model.too_large")
            nested = _Machine(self.source, self.reading, self.depth + 1).run()
            cast("Built", self.stack[-1]).items.append(nested)
            return
        if array.padded:
            self.source.skip(self.source.read(1)[0])
        self.source.skip(array.size)


_Action = Callable[[_Machine, Any], None]


def _nothing(machine: _Machine, argument: Any) -> None:
    return None


def _constant(value: Any) -> _Action:
    return lambda machine, argument: machine.stack.append(value)


def _empty(make: Callable[[], Any]) -> _Action:
    return lambda machine, argument: machine.stack.append(make())


def _tuple_of(size: int) -> _Action:
    def act(machine: _Machine, argument: Any) -> None:
        items = tuple(machine.stack.pop() for _ in range(size))
        machine.stack.append(items[::-1])

    return act


def _proto(machine: _Machine, argument: Any) -> None:
    machine.reading.protocol = max(machine.reading.protocol, argument)


def _mark(machine: _Machine, argument: Any) -> None:
    machine.marks.append(machine.stack)
    machine.stack = []


def _pop(machine: _Machine, argument: Any) -> None:
    if machine.stack:
        machine.stack.pop()
    else:
        machine.pop_to_mark()


def _pop_mark(machine: _Machine, argument: Any) -> None:
    machine.pop_to_mark()


def _dup(machine: _Machine, argument: Any) -> None:
    machine.stack.append(machine.stack[-1])


def _sequence(kind: Callable[[list[Any]], Any]) -> _Action:
    def act(machine: _Machine, argument: Any) -> None:
        items = machine.pop_to_mark()
        machine.stack.append(kind(items))

    return act


def _paired(items: list[Any]) -> list[tuple[Any, Any]]:
    return list(zip(items[::2], items[1::2], strict=True))


def _add(machine: _Machine, items: list[Any]) -> None:
    target = machine.stack[-1]
    if isinstance(target, list):
        target.extend(items)
    elif isinstance(target, Built):
        target.items.extend(items)
    elif target is not OPAQUE:
        raise PickleError("model.corrupt")


def _append(machine: _Machine, argument: Any) -> None:
    item = machine.stack.pop()
    _add(machine, [item])


def _appends(machine: _Machine, argument: Any) -> None:
    _add(machine, machine.pop_to_mark())


def _set_pairs(machine: _Machine, pairs: list[tuple[Any, Any]]) -> None:
    target = machine.stack[-1]
    if isinstance(target, Pairs):
        target.pairs.extend(pairs)
    elif isinstance(target, Built):
        target.items.extend(pairs)
    elif target is not OPAQUE:
        raise PickleError("model.corrupt")


def _setitem(machine: _Machine, argument: Any) -> None:
    value, key = machine.stack.pop(), machine.stack.pop()
    _set_pairs(machine, [(key, value)])


def _setitems(machine: _Machine, argument: Any) -> None:
    _set_pairs(machine, _paired(machine.pop_to_mark()))


def _put(machine: _Machine, argument: Any) -> None:
    machine.remember(argument)


def _memoize(machine: _Machine, argument: Any) -> None:
    machine.remember(len(machine.memo))


def _get(machine: _Machine, argument: Any) -> None:
    machine.stack.append(machine.memo[argument])


def _global(machine: _Machine, argument: str) -> None:
    module, _, name = argument.partition(" ")
    machine.stack.append(machine.imported(module, name))


def _stack_global(machine: _Machine, argument: Any) -> None:
    name, module = machine.stack.pop(), machine.stack.pop()
    machine.stack.append(machine.imported(module, name))


def _extension(machine: _Machine, argument: Any) -> None:
    """A name by number in a registry that only the writer knows."""
    machine.stack.append(machine.imported(None, None))


def _reduce(machine: _Machine, argument: Any) -> None:
    arguments, maker = machine.stack.pop(), machine.stack.pop()
    machine.stack.append(built(maker, arguments))


def _newobj(machine: _Machine, argument: Any) -> None:
    arguments, maker = machine.stack.pop(), machine.stack.pop()
    machine.stack.append(Built(maker, arguments))


def _newobj_ex(machine: _Machine, argument: Any) -> None:
    named, arguments, maker = machine.stack.pop(), machine.stack.pop(), machine.stack.pop()
    machine.stack.append(Built(maker, (arguments, named)))


def _inst(machine: _Machine, argument: str) -> None:
    module, _, name = argument.partition(" ")
    arguments = tuple(machine.pop_to_mark())
    machine.stack.append(Built(machine.imported(module, name), arguments))


def _obj(machine: _Machine, argument: Any) -> None:
    maker, *arguments = machine.pop_to_mark()
    machine.stack.append(Built(maker, tuple(arguments)))


def _build(machine: _Machine, argument: Any) -> None:
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


def _persistent(machine: _Machine, argument: Any) -> None:
    """An object kept outside the pickle (the storages of PyTorch)."""
    if argument is None:
        machine.stack.pop()
    machine.stack.append(OPAQUE)


_ACTIONS: dict[str, _Action] = {
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
