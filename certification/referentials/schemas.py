"""What a JSON Schema refuses, in our own words."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import jsonschema
from jsonschema.exceptions import ValidationError

from certification.referentials.wording import Message, say

_SHOWN = 80


def schema_reasons(value: Any, schema: Mapping[str, Any]) -> Iterator[tuple[str, Message]]:
    """Where `value` does not hold (`.label.fr`, `[2]`) and why, in the order of the validator."""
    for error in jsonschema.Draft202012Validator(schema).iter_errors(value):
        place = "".join(f".{step}" if isinstance(step, str) else f"[{step}]" for step in error.path)
        word = _WORDS.get(str(error.validator), _other)
        yield place, word(error)


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _other(error: ValidationError) -> Message:
    return say("schema.other", value=_shown(error.instance))


def _type(error: ValidationError) -> Message:
    expected: Any = error.validator_value
    first = expected[0] if isinstance(expected, list) else expected
    return say("schema.type", expected=say(f"type.{first}"), value=_shown(error.instance))


def _required(error: ValidationError) -> Message:
    wanted: Any = error.validator_value
    given: Any = error.instance
    missing = [name for name in wanted if name not in given]
    # One error comes for each name: jsonschema tells which in its own sentence only.
    named = next((name for name in missing if f"'{name}'" in error.message), missing[0])
    return say("schema.required", names=named)


def _unknown(error: ValidationError) -> Message:
    schema: Any = error.schema
    given: Any = error.instance
    return say("schema.unknown", names=[name for name in given if name not in schema.get("properties", {})])


def _enum(error: ValidationError) -> Message:
    known: Any = error.validator_value
    return say("schema.enum", value=_shown(error.instance), known=[_shown(each) for each in known])


def _const(error: ValidationError) -> Message:
    return say("schema.const", value=_shown(error.instance), known=_shown(error.validator_value))


def _limited(code: str) -> Callable[[ValidationError], Message]:
    return lambda error: say(code, value=_shown(error.instance), limit=str(error.validator_value))


def _twice(error: ValidationError) -> Message:
    return say("schema.twice", value=_shown(error.instance))


_WORDS: Mapping[str, Callable[[ValidationError], Message]] = {
    "type": _type,
    "required": _required,
    "additionalProperties": _unknown,
    "enum": _enum,
    "const": _const,
    "uniqueItems": _twice,
    "minimum": _limited("schema.minimum"),
    "exclusiveMinimum": _limited("schema.above"),
    "maximum": _limited("schema.maximum"),
    "exclusiveMaximum": _limited("schema.below"),
    "minLength": _limited("schema.too_short"),
    "minItems": _limited("schema.too_short"),
    "maxLength": _limited("schema.too_long"),
    "maxItems": _limited("schema.too_long"),
    "pattern": _limited("schema.pattern"),
}
