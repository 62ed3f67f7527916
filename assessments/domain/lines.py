"""The name of a line of the grid: a criterion, a competency without criterion, or an épreuve as a whole."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

LineKind = Literal["criterion", "competency", "assessment"]

_WRITTEN = re.compile(rf"(?P<kind>{'|'.join(get_args(LineKind))})-(?P<pk>[1-9][0-9]{{0,17}})", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class LineKey:
    """Names a line in forms and addresses, as ``criterion-12``, ``competency-7`` or ``assessment-3``."""

    kind: LineKind
    pk: int

    def __str__(self) -> str:
        return f"{self.kind}-{self.pk}"

    @classmethod
    def parse(cls, text: str) -> LineKey:
        """Raises ValueError for anything that ``str`` would not have written."""
        found = _WRITTEN.fullmatch(text)
        if found is None:
            raise ValueError(f"not the name of a line: {text!r}")
        kinds: dict[str, LineKind] = {kind: kind for kind in get_args(LineKind)}
        return cls(kinds[found["kind"]], int(found["pk"]))


def common_kind(keys: Iterable[LineKey]) -> LineKind | None:
    """The kind that all the lines share; None for several kinds. Without any line, they are called criteria."""
    kinds = {key.kind for key in keys}
    return kinds.pop() if len(kinds) == 1 else None if kinds else "criterion"
