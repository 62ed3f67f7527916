"""Reads the op-codes of a pickle by hand: nothing is imported, called or loaded.

Op-codes are those of :mod:`pickletools` (protocols 0 to 5). joblib writes the raw bytes of each numpy array in the
middle of the stream, just after the ``BUILD`` of its ``NumpyArrayWrapper``: they are skipped from the wrapper's
dtype and shape, or the nested pickle is read when the array holds objects.
"""

from __future__ import annotations

from evaluator.facts.models.machine import NESTING, Machine, PickleError, Reading
from evaluator.facts.models.opcodes import ACTIONS
from evaluator.facts.models.source import Source, SourceError

__all__ = ["Reading", "read_pickle"]


def read_pickle(source: Source, *, many: bool = True) -> Reading:
    """Read one pickle, or the several that follow one another. Never raises: what stopped it is in ``error``."""
    reading = Reading()
    try:
        machine = Machine(source, reading, ACTIONS)
        reading.tops.append(machine.run())
        while many and len(reading.tops) < NESTING and (byte := source.next_byte()) == b"\x80":
            machine = Machine(source, reading, ACTIONS, earlier=machine.memo)
            reading.tops.append(machine.run(byte))
    except (PickleError, SourceError) as error:
        reading.error = error.code
    return reading
