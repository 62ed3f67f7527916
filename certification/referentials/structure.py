"""Whether a tree has the form of an edition, and what it looks like once complete. Pure functions."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from certification.referentials.errors import Problem
from certification.referentials.spec import EDITION, Field, Part
from certification.referentials.wording import say

_FORBIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_LARGEST_FLOAT = 1e15  # above, PostgreSQL's numeric and Python's float no longer print the same digits
_LARGEST_INT = 2**63


def structure_problems(tree: Any) -> list[Problem]:
    """Unknown keys, missing fields, and values of the wrong kind, with their paths in the tree."""
    return list(_part_problems(EDITION, tree, ""))


def walk(tree: dict[str, Any]) -> Iterator[tuple[str, Part, dict[str, Any]]]:
    """Every part of a well-formed tree, parents before children: (path, kind of part, part)."""
    return _walk(EDITION, tree, "")


def completed(tree: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of a well-formed tree with every field present, in the order of the form."""
    return _completed(EDITION, tree)


def content_hash(tree: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical JSON of a normalised tree, in hexadecimal.

    What the form learnt later counts where it says something: what was published before keeps its hash.
    """
    said = _plain_numbers(_said(EDITION, tree))
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _said(part: Part, node: Mapping[str, Any]) -> dict[str, Any]:
    """A normalised part less the later fields that are at their default, and the later lists that are empty."""
    said: dict[str, Any] = {}
    for name, value in node.items():
        child = part.children.get(name)
        unsaid = [] if child is not None else part.fields[name].default
        if name not in part.later or value != unsaid:
            said[name] = value if child is None or child.plain else [_said(child, each) for each in value]
    return said


def _plain_numbers(value: Any) -> Any:
    """JSON knows one kind of number: 1.0 and 1 hash alike, as the database gives back either."""
    if isinstance(value, Mapping):
        return {key: _plain_numbers(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain_numbers(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _walk(part: Part, node: dict[str, Any], path: str) -> Iterator[tuple[str, Part, dict[str, Any]]]:
    yield path, part, node
    for name, child in part.children.items():
        if child.plain:
            continue
        for rank, each in enumerate(node.get(name) or ()):
            yield from _walk(child, each, f"{_join(path, name)}[{rank}]")


def _completed(part: Part, node: Mapping[str, Any]) -> dict[str, Any]:
    whole: dict[str, Any] = {}
    for name, field in part.fields.items():
        value = node.get(name)
        whole[name] = field.fresh_default() if value is None else value
    for name, child in part.children.items():
        listed = node.get(name) or ()
        whole[name] = [str(each) for each in listed] if child.plain else [_completed(child, each) for each in listed]
    return whole


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _part_problems(part: Part, node: Any, path: str) -> Iterator[Problem]:
    if part.plain:
        yield from _text_problems(node, path, part.fields["text"])
        return
    if not isinstance(node, dict):
        yield Problem(path, "type", say("form.mapping"))
        return
    for key in node:
        if key not in part.fields and key not in part.children:
            known = [*part.fields, *part.children]
            yield Problem(_join(path, str(key)), "unknown_key", say("form.unknown_key", known=known))
    for name, field in part.fields.items():
        yield from _field_problems(field, node.get(name), _join(path, name))
    for name, child in part.children.items():
        yield from _children_problems(child, node.get(name), _join(path, name))


def _children_problems(part: Part, nodes: Any, path: str) -> Iterator[Problem]:
    if nodes is None:
        return
    if not isinstance(nodes, list):
        yield Problem(path, "type", say("form.list"))
        return
    for rank, node in enumerate(nodes):
        yield from _part_problems(part, node, f"{path}[{rank}]")


def _field_problems(field: Field, value: Any, path: str) -> Iterator[Problem]:
    if value is not None:
        yield from _READERS[field.kind](value, path, field)
    elif field.required:
        yield Problem(path, "missing", say("form.missing"))


def _text_problems(value: Any, path: str, field: Field) -> Iterator[Problem]:
    if not isinstance(value, str):
        yield Problem(path, "type", say("form.text", value=str(value)[:80]))
    elif not value.strip():
        yield Problem(path, "empty", say("form.empty"))
    elif value != value.strip():
        yield Problem(path, "spaces", say("form.spaces"))
    elif _FORBIDDEN.search(value):
        yield Problem(path, "control_character", say("form.control_character"))
    elif field.length is not None and len(value) > field.length:
        yield Problem(path, "too_long", say("form.too_long", limit=field.length))


def _int_problems(value: Any, path: str, field: Field) -> Iterator[Problem]:
    if not isinstance(value, int) or isinstance(value, bool):
        yield Problem(path, "type", say("form.integer"))
    elif not field.minimum <= value <= field.maximum:
        yield Problem(path, "range", say("form.range", least=field.minimum, most=field.maximum))


def _bool_problems(value: Any, path: str, field: Field) -> Iterator[Problem]:
    if not isinstance(value, bool):
        yield Problem(path, "type", say("form.boolean"))


def _choice_problems(value: Any, path: str, field: Field) -> Iterator[Problem]:
    if not isinstance(value, str) or value not in field.choices:
        yield Problem(path, "choice", say("form.choice", known=list(field.choices)))


def _list_problems(value: Any, path: str, field: Field) -> Iterator[Problem]:
    if not isinstance(value, list):
        yield Problem(path, "type", say("form.list"))
        return
    for rank, each in enumerate(value):
        place = f"{path}[{rank}]"
        if field.kind == "choices":
            yield from _choice_problems(each, place, field)
        else:
            yield from _text_problems(each, place, field)
        if each in value[:rank]:
            yield Problem(place, "duplicate", say("form.twice"))


def _mapping_problems(value: Any, path: str, field: Field) -> Iterator[Problem]:
    if isinstance(value, dict):
        yield from _json_problems(value, path, field)
    else:
        yield Problem(path, "type", say("form.mapping"))


def _json_problems(value: Any, path: str, field: Field) -> Iterator[Problem]:
    """What JSON and PostgreSQL's jsonb cannot hold without loss."""
    if isinstance(value, dict):
        for key, each in value.items():
            if not isinstance(key, str) or _FORBIDDEN.search(key):
                yield Problem(path, "type", say("form.key_no_text", key=str(key)[:80]))
            else:
                yield from _json_problems(each, _join(path, key), field)
    elif isinstance(value, list):
        for rank, each in enumerate(value):
            yield from _json_problems(each, f"{path}[{rank}]", field)
    elif not _is_json_scalar(value):
        yield Problem(path, "type", say("form.lossy"))


def _is_json_scalar(value: Any) -> bool:
    if value is None or isinstance(value, bool):
        return True
    if isinstance(value, str):
        return not _FORBIDDEN.search(value)
    if isinstance(value, int):
        return abs(value) < _LARGEST_INT
    return isinstance(value, float) and math.isfinite(value) and abs(value) < _LARGEST_FLOAT


_READERS: Mapping[str, Callable[[Any, str, Field], Iterator[Problem]]] = {
    "text": _text_problems,
    "option_group": _text_problems,
    "bloc": _text_problems,
    "deliverable": _text_problems,
    "int": _int_problems,
    "bool": _bool_problems,
    "choice": _choice_problems,
    "choices": _list_problems,
    "competencies": _list_problems,
    "activities": _list_problems,
    "mapping": _mapping_problems,
    "free": _json_problems,
}
