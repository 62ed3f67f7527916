"""Reading the YAML form of a référentiel: bounded, without alias, tag, or repeated key."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from certification.referentials.errors import UnreadableForm
from certification.referentials.wording import Message, say

MAX_BYTES = 2_000_000
MAX_DEPTH = 24
MAX_EVENTS = 200_000


class _Loader(yaml.CSafeLoader):
    """Safe loader that refuses a key given twice and leaves dates as text."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key_node, _ in node.value:
            key = key_node.value
            if not isinstance(key_node, yaml.ScalarNode) or key_node.tag == "tag:yaml.org,2002:merge":
                raise UnreadableForm(_at(key_node.start_mark.line + 1, say("yaml.key")))
            if key in seen:
                raise UnreadableForm(_at(key_node.start_mark.line + 1, say("yaml.key_twice", key=key[:80])))
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


def _without_dates() -> dict[str, list[tuple[str, Any]]]:
    """The implicit resolvers of the safe loader, less that of timestamps: an edition may be a date."""
    dates = "tag:yaml.org,2002:timestamp"
    return {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != dates]
        for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
    }


_Loader.yaml_implicit_resolvers = _without_dates()


def read_form(path: Path) -> Any:
    """The tree written in the file `path`, as plain dicts, lists and scalars.

    Raises UnreadableForm when the file is missing, above 2 MB, not UTF-8, not YAML, nested too deep, or uses
    aliases, anchors, explicit tags or repeated keys.
    """
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise UnreadableForm(say("file.failed", path=str(path), reason=error.strerror or "")) from error
    return parse_form(data)


def parse_form(data: bytes) -> Any:
    """The tree written in `data`; raises as `read_form`."""
    if len(data) > MAX_BYTES:
        raise UnreadableForm(say("yaml.too_large", limit=MAX_BYTES // 1_000_000))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableForm(say("yaml.encoding")) from error
    try:
        _refuse_dangers(text)
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - derives from the safe loader
    except yaml.YAMLError as error:
        raise UnreadableForm(say("yaml.unreadable", reason=str(error))) from error
    except (ValueError, OverflowError) as error:  # such as an integer of ten thousand digits
        raise UnreadableForm(say("yaml.value", reason=str(error))) from error


def _refuse_dangers(text: str) -> None:
    """Walk the events, which costs no memory and no recursion, before anything is built."""
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=yaml.CSafeLoader)):
        if count > MAX_EVENTS:
            raise UnreadableForm(say("yaml.too_many"))
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise UnreadableForm(_at(_line(event), say("yaml.nested")))
        _refuse_event(event)


def _at(line: int, reason: Message) -> Message:
    return say("yaml.line", line=line, reason=reason)


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0


def _refuse_event(event: yaml.Event) -> None:
    line = _line(event)
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        raise UnreadableForm(_at(line, say("yaml.alias")))
    if getattr(event, "tag", None):
        raise UnreadableForm(_at(line, say("yaml.tag")))


class _Dumper(yaml.SafeDumper):
    """Safe dumper that repeats rather than aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def write_form(tree: dict[str, Any]) -> str:
    """The YAML text of a tree, readable by `parse_form`."""
    return yaml.dump(tree, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110)
