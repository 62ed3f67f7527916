"""What an evaluation report says, and the bytes it is hashed, stored and printed from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from assessments.domain.digests import canonical
from assessments.domain.lines import LineKind


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """One answer of a check: its sentence, and its first pointers as text ("notebooks/eda.ipynb, cellule 12").

    ``title`` and ``answer`` word the check and its outcome; the version is that of the check which answered.
    """

    check: str
    version: int
    title: str
    outcome: str
    answer: str
    summary: str
    places: Sequence[str]


@dataclass(frozen=True, slots=True)
class Remark:
    """What was said of a line, and in which capacity; the jury speaks with one voice."""

    by: str
    text: str


@dataclass(frozen=True, slots=True)
class ReportLine:
    """``text`` is the criterion, else the competency without any, else the assessment judged as a whole."""

    number: int
    kind: LineKind
    text: str
    items: Sequence[str]
    level: str
    acquired: bool
    decided_by: str
    votes: str
    comments: Sequence[Remark]
    evidence: Sequence[EvidenceLine]


@dataclass(frozen=True, slots=True)
class ReportGroup:
    """The lines of one competency: its criteria, or itself; those under none together."""

    activity: str
    competency: str
    lines: Sequence[ReportLine]

    @property
    def title(self) -> str:
        """What stands above the lines; empty where the only line is the competency itself."""
        return "" if self.lines[0].kind == "competency" else self.competency

    @property
    def acquired_count(self) -> int:
        return sum(line.acquired for line in self.lines)


@dataclass(frozen=True, slots=True)
class Report:
    """Everything printed but the verification code. ``kind`` is what the lines are, None: both.

    Documents issued long ago are read back from their content: a field added later has a default.
    """

    number: str
    candidate: str
    certification: str
    rncp_code: str
    edition: str
    session: str
    bloc: str
    assessment: str
    acquired: bool
    motive: str
    decided_on: str
    president: str
    jurors: Sequence[str]
    mentor: str
    mentor_comment: str
    submission_number: int
    submitted_at: str
    bundle_sha256: str
    engine_version: str
    groups: Sequence[ReportGroup]
    kind: LineKind | None
    acquired_count: int
    lines_count: int

    @property
    def content(self) -> bytes:
        """The canonical JSON that is hashed, and stored with the document."""
        return canonical(asdict(self))

    @property
    def content_hash(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def report_from(content: bytes) -> Report:
    """The report that ``Report.content`` was made of."""
    stored = json.loads(content)
    return Report(**stored | {"groups": [_group(group) for group in stored["groups"]]})


def _group(stored: Mapping[str, Any]) -> ReportGroup:
    return ReportGroup(**dict(stored) | {"lines": [_line(line) for line in stored["lines"]]})


def _line(stored: Mapping[str, Any]) -> ReportLine:
    comments = [Remark(**remark) for remark in stored["comments"]]
    evidence = [EvidenceLine(**line) for line in stored["evidence"]]
    return ReportLine(**dict(stored) | {"comments": comments, "evidence": evidence})
