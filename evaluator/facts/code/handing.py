"""What a library adds to each item when it calls a function of the project that was handed to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evaluator.facts.code import knowledge
from evaluator.facts.code.values import Group, Value


@dataclass(frozen=True, slots=True)
class Besides:
    """What is given to a function besides the item: ``frame.apply(clean, args=("fr",), stem=True)``."""

    args: Sequence[Value]
    keywords: Mapping[str, Value]


def given_besides(name: str, keywords: Mapping[str, Value]) -> Besides | None:
    """What the method ``name`` adds to each item it gives to a function; None when that is out of sight."""
    if not knowledge.calls_item_by_item(name):
        return None
    more = keywords.get("args")
    told = {key: value for key, value in keywords.items() if not knowledge.is_of_the_caller(key)}
    return Besides(more.items if isinstance(more, Group) else [], told)
