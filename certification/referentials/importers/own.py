"""Our own form, in YAML or in JSON; a CFPackage of CASE, which is JSON too, is known by its CFDocument."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from certification.referentials.errors import UnreadableForm
from certification.referentials.importers import case
from certification.referentials.importers.base import Imported, Importer, ImportRefused, Progress
from certification.referentials.importers.limits import MAX_DEPTH, MB
from certification.referentials.structure import structure_problems
from certification.referentials.wording import say
from certification.referentials.yaml_form import MAX_BYTES, read_form


def _read_yaml(path: Path, options: Mapping[str, str], progress: Progress) -> Imported:
    try:
        return _imported(read_form(path))
    except UnreadableForm as error:
        raise ImportRefused("unreadable", error.message) from error


def _read_json(path: Path, options: Mapping[str, str], progress: Progress) -> Imported:
    value = read_json(path, case.MAX_BYTES)
    if isinstance(value, dict) and "CFDocument" in value:
        return case.tree_of(value)
    return _imported(value)


def read_json(path: Path, max_bytes: int) -> Any:
    """The value written in a JSON file; refuses what is too large, not UTF-8, nested too deep, or repeats a key."""
    data = path.read_bytes()
    if len(data) > max_bytes:
        raise ImportRefused("too_large", say("read.file_too_large", limit=max_bytes // MB))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ImportRefused("encoding", say("read.not_utf8")) from error
    _refuse_depth(text)
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        place = say("place.line_column", line=error.lineno, column=error.colno)
        raise ImportRefused("unreadable", say("read.json"), place) from error
    except ValueError as error:  # such as an integer of ten thousand digits
        raise ImportRefused("unreadable", say("read.json_value")) from error


def _refuse_depth(text: str) -> None:
    """Count the brackets outside of strings, before anything is built."""
    depth, quoted, escaped, line = 0, False, False, 1
    for character in text:
        if character == "\n":
            line += 1
        if quoted:
            if escaped:
                escaped = False
            else:
                quoted, escaped = character != '"', character == "\\"
        elif character == '"':
            quoted = True
        else:
            depth += (character in "[{") - (character in "]}")
            if depth > MAX_DEPTH:
                raise ImportRefused("nesting", say("read.nesting", limit=MAX_DEPTH), say("place.line", line=line))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(key for rank, (key, _) in enumerate(pairs) if key in dict(pairs[:rank]))
        raise ImportRefused("duplicate_key", say("read.key_twice", key=twice[:80]))
    return found


def _refuse_constant(name: str) -> Any:
    raise ImportRefused("unreadable", say("read.json_constant", name=name))


def _imported(tree: Any) -> Imported:
    if not isinstance(tree, dict):
        raise ImportRefused("unreadable", say("read.no_mapping"))
    misshapen = next((each for each in structure_problems(tree) if each.code == "type"), None)
    if misshapen is not None:
        raise ImportRefused("structure", misshapen.message, say("place.text", text=misshapen.path))
    return Imported(tree)


IMPORTERS = (
    Importer("yaml", (".yaml", ".yml"), MAX_BYTES, _read_yaml),
    Importer("json", (".json",), case.MAX_BYTES, _read_json),
)
