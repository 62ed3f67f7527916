"""The schema of a skops file: a tree of nodes that name their class, written as JSON."""

from __future__ import annotations

from typing import Any

from evaluator.facts.models.machine import Reading
from evaluator.facts.models.passport import add_versions, of_reading
from evaluator.facts.models.values import Built, Global, Pairs

_DEPTH = 200
_NODES = 500_000
_CONTAINERS = {"ListNode": list, "TupleNode": tuple, "SetNode": list}


def of_schema(schema: Any) -> dict[str, Any]:
    """The passport, from the same symbolic values as a pickle's."""
    reading = Reading()
    tree = _Tree(reading)
    reading.tops.append(tree.value(schema, 0))
    passport = of_reading(reading, None) | {"format": "skops", "protocol": None}
    version = schema.get("_skops_version") if isinstance(schema, dict) else None
    add_versions(passport, [("skops", version[:40])] if isinstance(version, str) else [])
    return passport


class _Tree:
    def __init__(self, reading: Reading) -> None:
        self.reading = reading

    def value(self, node: Any, depth: int) -> Any:
        """The symbolic value of a node; an unreadable one is None."""
        self.reading.opcodes += 1
        if not isinstance(node, dict) or depth > _DEPTH or self.reading.opcodes > _NODES:
            return None
        loader = node.get("__loader__")
        content = node.get("content")
        if loader == "JsonNode" or isinstance(content, str):
            return content.strip('"') if isinstance(content, str) else None
        if loader in _CONTAINERS and isinstance(content, list):
            return _CONTAINERS[loader](self.value(item, depth + 1) for item in content)
        if loader == "DictNode":
            return self._pairs(content, depth)
        made = Built(self._maker(node))
        made.state = self.value(content, depth + 1) if isinstance(content, dict) else None
        return made

    def _pairs(self, content: Any, depth: int) -> Pairs:
        items = content.items() if isinstance(content, dict) else ()
        return Pairs([(key, self.value(item, depth + 1)) for key, item in items])

    def _maker(self, node: dict[str, Any]) -> Global:
        found = Global(str(node.get("__module__"))[:300], str(node.get("__class__"))[:300])
        self.reading.imports.setdefault(found)
        return found
