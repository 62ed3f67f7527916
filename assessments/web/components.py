"""What the templates of ``templates/components`` are fed with.

Selectors and views build these from rows; the templates know no model. Every text is plain text and is escaped
when rendered. A URL left empty renders the words without a link.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Tone = Literal["neutral", "accent", "met", "not-met", "undecided", "platform"]
OutcomeCode = Literal["met", "not_met", "undecided", "error", "pending"]


@dataclass(frozen=True, slots=True)
class Crumb:
    """One step of the breadcrumb; the last one, the page itself, has no URL."""

    label: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class EvidenceLink:
    """One place a check looked at. ``kind`` is a kind of ``evaluator.results.EvidenceKind``."""

    kind: str
    label: str
    url: str = ""
    excerpt: str = ""
    thumbnail_url: str = ""


@dataclass(frozen=True, slots=True)
class CheckResultView:
    """The answer of one check. ``cause`` is ``candidate`` or ``platform`` when the outcome is ``error``.

    ``seconds`` is wall time; ``None`` while the result is pending.
    """

    code: str
    title: str
    outcome: OutcomeCode
    summary: str = ""
    cause: str = ""
    evidence: Sequence[EvidenceLink] = ()
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """One level of the scale of marks, in the order of the keys 1 to 4."""

    code: str
    label: str
    tone: Tone = "neutral"


@dataclass(frozen=True, slots=True)
class CriterionView:
    """One line of a grid. With ``levels`` it can be marked, under the names ``level-<id>`` and ``comment-<id>``.

    ``marked_by`` names who gave ``level``; ``note`` is a remark above the results ("écart avec l'automate").
    """

    id: str
    number: str
    text: str
    competency: str = ""
    results: Sequence[CheckResultView] = ()
    levels: Sequence[Level] = ()
    level: Level | None = None
    comment: str = ""
    marked_by: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class BlocProgress:
    """Counts of criteria by state; ``waiting`` counts those that nothing has answered yet."""

    met: int = 0
    not_met: int = 0
    undecided: int = 0
    platform: int = 0
    waiting: int = 0

    @property
    def total(self) -> int:
        return self.met + self.not_met + self.undecided + self.platform + self.waiting


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """Something that happened, newest first in a timeline. ``icon`` is a name of ``icons.ICONS``."""

    when: datetime
    title: str
    who: str = ""
    detail: str = ""
    icon: str = "journal"
    tone: Tone = "neutral"
    url: str = ""


@dataclass(frozen=True, slots=True)
class PersonView:
    """``role`` is the word shown under the name; ``icon`` one of person, jury, mentor."""

    name: str
    role: str = ""
    email: str = ""
    icon: str = "person"


@dataclass(frozen=True, slots=True)
class TabItem:
    label: str
    url: str
    current: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True)
class StatTile:
    """A number that answers a question; ``note`` says what to do about it."""

    label: str
    value: str
    note: str = ""
    icon: str = ""
    tone: Tone = "neutral"
    url: str = ""


@dataclass(frozen=True, slots=True)
class OutputView:
    """A saved output of a notebook cell. ``image_url`` for kind ``image``, ``columns`` and ``rows`` for ``table``."""

    kind: Literal["text", "error", "image", "table", "note"]
    text: str = ""
    image_url: str = ""
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class CellView:
    """A notebook cell. ``position`` is shown and 1-based; ``marked_lines`` are 1-based lines to set off."""

    position: int
    kind: Literal["code", "markdown", "raw"]
    source: str
    language: str = "python"
    execution_count: int | None = None
    outputs: Sequence[OutputView] = ()
    marked_lines: Sequence[int] = ()
    marked: bool = False


@dataclass(frozen=True, slots=True)
class PdfPageView:
    """A rendered page: a picture, and its text for those who do not see the picture. ``number`` is 1-based."""

    document: str
    number: int
    total: int
    text: str = ""
    image_url: str = ""
    marked: bool = False


@dataclass(frozen=True, slots=True)
class HttpExchangeView:
    """A request and its answer. ``status`` is ``None`` when none came; ``error`` then says why."""

    method: str
    url: str
    status: int | None = None
    request_body: str = ""
    response_headers: Sequence[tuple[str, str]] = ()
    response_body: str = ""
    seconds: float | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class RadarAxis:
    """A competency on the radar. ``value`` is a share between 0 and 1; ``text`` words it."""

    label: str
    value: float
    text: str


@dataclass(frozen=True, slots=True)
class FilterField:
    """A choice in the filters bar; without ``options`` it is a search box. ``value`` is what is selected."""

    name: str
    label: str
    options: Sequence[tuple[str, str]] = field(default_factory=tuple)
    value: str = ""
