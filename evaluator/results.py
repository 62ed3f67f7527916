"""What a check answers: an outcome, a sentence, and the places it looked at.

The JSON form is the one printed by ``python -m evaluator check --json`` and stored by the platform.
Sentences are kept as a code with parameters, so that one stored result reads in French and in English.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from evaluator.masking import masked


class Outcome(StrEnum):
    MET = "met"
    NOT_MET = "not_met"
    UNDECIDED = "undecided"
    ERROR = "error"


class Cause(StrEnum):
    """Whose fault an error is. A platform error never counts against a candidate."""

    CANDIDATE = "candidate"
    PLATFORM = "platform"


class EvidenceKind(StrEnum):
    CODE = "code"
    FIGURE = "figure"
    PAGE = "page"
    FILE = "file"
    COMMIT = "commit"
    HTTP = "http"
    METRIC = "metric"


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence by code; ``evaluator.messages.render(message, lang)`` words it."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A pointer to what was seen.

    ``cell`` is the 0-based position among all cells of the notebook, ``line`` and ``end_line`` are 1-based in the
    cell or file, ``output`` is the 0-based output of the cell, ``page`` is 1-based. ``attachment`` is the sha256 of
    a picture (PNG or JPEG) that the sandbox wrote: a figure or a rendered page. ``sha256`` is the digest of the
    file pointed at. ``detail`` holds what is special to the kind: the exchange for ``http``
    (``{"request": {method, url, body}, "response": {status, headers, body}, "seconds"}``), the values for ``metric``,
    ``{"commit", "author", "date", "subject"}`` for ``commit``.
    """

    kind: EvidenceKind
    path: str
    cell: int | None = None
    line: int | None = None
    end_line: int | None = None
    output: int | None = None
    page: int | None = None
    excerpt: str = ""
    sha256: str | None = None
    attachment: str | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check function returns; the runner adds code, version and time.

    ``cause`` is set when, and only when, the outcome is ``error``.
    """

    outcome: Outcome
    message: Message
    evidence: Sequence[Evidence] = ()
    cause: Cause | None = None

    def __post_init__(self) -> None:
        if (self.outcome is Outcome.ERROR) != (self.cause is not None):
            raise ValueError("an error has a cause, and nothing else has one")


@dataclass(frozen=True, slots=True)
class Result:
    """A finding signed by the check that made it. ``seconds`` is wall time."""

    check: str
    version: int
    params: Mapping[str, Any]
    finding: Finding
    seconds: float

    def to_json(self, summary: str) -> dict[str, Any]:
        """The public form (docs/checks/README.md), credentials hidden; ``summary`` is the message already worded."""
        finding = self.finding
        shown: dict[str, Any] = masked(
            {
                "summary": summary,
                "message": {"code": finding.message.code, "params": dict(finding.message.params)},
                "evidence": [asdict(item) for item in finding.evidence],
            }
        )
        return {
            "check": self.check,
            "version": self.version,
            "params": dict(self.params),
            "outcome": finding.outcome.value,
            "cause": finding.cause.value if finding.cause else None,
            "summary": shown["summary"],
            "message": shown["message"],
            "seconds": round(self.seconds, 4),
            "evidence": shown["evidence"],
        }
