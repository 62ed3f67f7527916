"""What a check is: a pure function over facts and parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from evaluator.facts.base import Facts
from evaluator.results import Finding


def _no_parameters() -> Mapping[str, Any]:
    return {"type": "object", "properties": {}, "additionalProperties": False}


@dataclass(frozen=True, slots=True)
class Check:
    """A check of the catalogue.

    ``code`` is dotted and stable; ``version`` rises whenever the same facts would give another finding.
    ``facts`` names what ``run`` reads. ``parameters`` is the JSON schema of the parameters, an object with
    defaults and without additional properties; ``run`` receives them complete and validated. An ``advisory`` check
    helps a reader and never decides: whatever it finds, its outcome is *undecided*. A ``confidential`` one tells of
    other people's works: no criterion may name it, for a candidate reads what the checks of criteria say.
    """

    code: str
    version: int
    family: str
    title: Mapping[str, str]
    facts: tuple[str, ...]
    run: Callable[[Facts, Mapping[str, Any]], Finding]
    parameters: Mapping[str, Any] = field(default_factory=_no_parameters)
    advisory: bool = False
    confidential: bool = False
