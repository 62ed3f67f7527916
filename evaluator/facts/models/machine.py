"""The unpickling machine over symbolic values: nothing is imported, called or loaded."""

from __future__ import annotations

import pickletools
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from evaluator.facts.models.arrays import Wrapped
from evaluator.facts.models.source import Source
from evaluator.facts.models.values import OPAQUE, Built, Global

OPCODES = 8_000_000
NESTING = 20
_MEMO = 5_000_000
_IMPORTS = 5_000
_KEPT_BYTES = 64 * 1024
_OPCODES = {opcode.code: opcode for opcode in pickletools.opcodes}
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


Action = Callable[["Machine", Any], None]


class Machine:
    """The unpickling machine over symbolic values: a stack, marks, a memo."""

    def __init__(
        self,
        source: Source,
        reading: Reading,
        actions: Mapping[str, Action],
        depth: int = 0,
        earlier: Mapping[int, Any] | None = None,
    ) -> None:
        """``earlier`` is the memo of the pickle before in the same file: one pickler may have written both."""
        self.earlier = earlier or {}
        self.source = source
        self.actions = actions
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
            opcode = _OPCODES.get(code.decode("latin-1"))
            if opcode is None:
                raise PickleError("model.corrupt")
            if opcode.name == "STOP":
                return self.stack.pop()
            argument = self._argument(opcode)
            action = self.actions.get(opcode.name)
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

    def recall(self, key: int) -> Any:
        """What was remembered as ``key``; an unknown key says that the memo of the pickle before goes on here."""
        if key not in self.memo and self.earlier:
            after = len(self.earlier) if 0 in self.memo else 0  # numbered from the start again, or told its numbers
            self.memo = {**self.earlier, **{mine + after: value for mine, value in self.memo.items()}}
            self.earlier = {}
        return self.memo[key]

    def skip_array(self, array: Wrapped) -> None:
        """Leave out the raw bytes that follow a wrapper, or read the pickle that stands there instead."""
        self.reading.arrays += 1
        self.reading.wrapped = True
        if array.objects:
            if self.depth >= NESTING:
                raise PickleError("model.too_large")
            nested = Machine(self.source, self.reading, self.actions, self.depth + 1).run()
            cast("Built", self.stack[-1]).items.append(nested)
            return
        if array.padded:
            self.source.skip(self.source.read(1)[0])
        self.source.skip(array.size)
