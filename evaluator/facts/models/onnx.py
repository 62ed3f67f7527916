"""The outer fields of an ONNX model: who made it, and which operators it holds. Protobuf read by hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from evaluator.facts.models.passport import add_versions, blank

_IR_VERSION, _PRODUCER, _PRODUCER_VERSION, _GRAPH = 1, 2, 3, 7
_NODE, _OPERATOR = 1, 4
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_NODES = 20_000
_IR_VERSIONS = range(1, 30)
_PREPARING = frozenset(
    {"Scaler", "Normalizer", "Imputer", "Identity", "Cast", "LabelEncoder", "OneHotEncoder", "Concat", "Reshape"}
)


class _NotProtobuf(ValueError):
    pass


def of_onnx(data: bytes) -> dict[str, Any] | None:
    """The passport, None when ``data`` is not an ONNX model."""
    try:
        fields = list(_fields(memoryview(data), limit=200))
        by_number = dict(reversed(fields))
        graph = by_number.get(_GRAPH)
        if by_number.get(_IR_VERSION) not in _IR_VERSIONS or not isinstance(graph, memoryview):
            return None
        operators = list(dict.fromkeys(_operators(graph)))
    except _NotProtobuf:
        return None
    passport = blank("onnx")
    passport["classes"] = [f"onnx.{operator}" for operator in operators][:300]
    passport["estimators"] = [name for name in passport["classes"] if name.removeprefix("onnx.") not in _PREPARING]
    passport["estimator"] = bool(passport["estimators"])
    producer, version = _text(by_number.get(_PRODUCER)), _text(by_number.get(_PRODUCER_VERSION))
    add_versions(passport, [(producer, version)] if producer and version else [])
    return passport


def _operators(graph: memoryview) -> Iterator[str]:
    for number, node in _fields(graph, limit=_NODES):
        if number == _NODE and isinstance(node, memoryview):
            named = [value for key, value in _fields(node, limit=2_000) if key == _OPERATOR]
            yield from (_text(value)[:100] for value in named if isinstance(value, memoryview))


def _fields(data: memoryview, limit: int) -> Iterator[tuple[int, int | memoryview]]:
    """The first ``limit`` fields: number and value. Raises _NotProtobuf."""
    position = 0
    for _ in range(limit):
        if position >= len(data):
            return
        key, position = _varint(data, position)
        number, kind = key >> 3, key & 7
        value: int | memoryview
        if kind == _VARINT:
            value, position = _varint(data, position)
        else:
            length, position = _length(data, position, kind)
            value, position = data[position : position + length], position + length
        if number == 0 or position > len(data):
            raise _NotProtobuf
        yield number, value


def _length(data: memoryview, position: int, kind: int) -> tuple[int, int]:
    if kind == _BYTES:
        return _varint(data, position)
    if kind in {_FIXED64, _FIXED32}:
        return (8 if kind == _FIXED64 else 4), position
    raise _NotProtobuf


def _varint(data: memoryview, position: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if position >= len(data):
            raise _NotProtobuf
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
    raise _NotProtobuf


def _text(value: int | memoryview | None) -> str:
    return bytes(value[:100]).decode("utf-8", "replace") if isinstance(value, memoryview) else ""
