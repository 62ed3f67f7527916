"""What a check is: a pure function over facts and parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from evaluator.facts.base import Facts, Fault
from evaluator.results import Cause, Evidence, EvidenceKind, Finding, Message, Outcome

# How long a file takes depends on the day, and on what else has to be read: a person looks at it.
_OUT_OF_TIME = frozenset({"file.too_slow", "file.not_reached"})
_LOST = _OUT_OF_TIME | {"file.too_heavy", "file.stops_reader"}


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


def unreadable(error: Fault, evidence: Sequence[Evidence]) -> Finding:
    """The answer where a fact tells of ``error``: the candidate's, unless there was no time to read the file."""
    message = Message(error["code"], error["params"])
    if error["code"] in _OUT_OF_TIME:
        return Finding(Outcome.UNDECIDED, message, evidence)
    return Finding(Outcome.ERROR, message, evidence, Cause.CANDIDATE)


def lost(files: Facts) -> Finding | None:
    """The answer where one of ``files`` stopped its reader or was not reached: what is looked for may stand there."""
    for path, fact in files.items():
        if fact["error"] and fact["error"]["code"] in _LOST:
            return unreadable(fact["error"], [Evidence(EvidenceKind.FILE, path, sha256=fact["sha256"])])
    return None
