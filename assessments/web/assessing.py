"""What the mentor's and the jury's screens share: lines of a grid as components."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.http import Http404
from django.utils.translation import gettext as _

from assessments.domain import scale as scales
from assessments.domain.lines import LineKey
from assessments.domain.proposals import Proposal
from assessments.models import Line
from assessments.selectors.grid import GridLine
from assessments.selectors.lines import line_named
from assessments.web.access import Request
from assessments.web.components import CriterionView, Level, Tone
from assessments.web.looks import LEVELS
from assessments.web.wording import bloc_name, language, line_heading
from certification.referentials.models import Assessment


@dataclass(frozen=True, slots=True)
class KeptLine:
    """What a juror's line carries besides: the version of the mark that is shown, and their own note on it.

    ``note_url`` is where the note is saved, empty when it is not written any more.
    """

    version: int
    note_url: str
    note_version: int
    flagged: bool
    note: str


@dataclass(frozen=True, slots=True)
class AssessedLine:
    """A line as it is judged: its row, the machine's proposal, where it is saved (empty: read only)."""

    row: CriterionView
    proposal: str
    proposal_label: str
    proposal_tone: Tone
    deciding: int
    save_url: str = ""
    kept: KeptLine | None = None

    @property
    def is_proposed(self) -> bool:
        return self.proposal != Proposal.NONE


@dataclass(frozen=True, slots=True)
class AssessedGroup:
    """The lines under one heading."""

    title: str
    lines: Sequence[AssessedLine]


def bloc_title(assessment: Assessment, codes: Sequence[str] = ()) -> str:
    """``Bloc 5 · Concevoir…``; the assessment's own title where it crosses blocs.

    In a bloc, the ``codes`` of the competencies covered follow: they tell its assessments apart.
    """
    bloc = assessment.bloc
    if bloc is None:
        return assessment.title
    return " · ".join(filter(None, (bloc_name(bloc), bloc.title, ", ".join(filter(None, codes)))))


def levels_of(scale: Sequence[scales.Level]) -> list[Level]:
    """The edition's levels in the order of the keys, worded in the reader's language."""
    return [Level(level.code, _label(level), _tone(level)) for level in scale]


def _label(level: scales.Level) -> str:
    text = level.labels.get(language()[:2]) or level.labels.get("fr") or level.code
    return text[:1].upper() + text[1:]


def _tone(level: scales.Level) -> Tone:
    if level.acquired:
        return "met"
    return LEVELS[level.code].tone if level.code in LEVELS else "undecided"


def proposal_word(proposal: Proposal) -> tuple[str, Tone]:
    """What the machine proposes, and its hue."""
    words: dict[Proposal, tuple[str, Tone]] = {
        Proposal.ACQUIRED: (_("acquis"), "met"),
        Proposal.NOT_ACQUIRED: (_("non acquis"), "not-met"),
        Proposal.NONE: (_("sans proposition"), "neutral"),
    }
    return words[proposal]


def assessed_line(
    line: GridLine, row: CriterionView, *, save_url: str = "", kept: KeptLine | None = None
) -> AssessedLine:
    label, tone = proposal_word(line.proposal)
    deciding = sum(check.decides for check in line.checks)
    return AssessedLine(row, line.proposal.value, label, tone, deciding, save_url, kept)


def grouped(pairs: Iterable[tuple[Line, AssessedLine]]) -> list[AssessedGroup]:
    """Consecutive lines under one heading."""
    groups = groupby(pairs, key=lambda pair: line_heading(pair[0]))
    return [AssessedGroup(title, [line for _line, line in rows]) for title, rows in groups]


def line_at(text: str) -> Line:
    """The line that an address names. Raises Http404."""
    try:
        line = line_named(LineKey.parse(text))
    except ValueError:
        line = None
    if line is None:
        raise Http404
    return line


def answered(request: Request, key: LineKey) -> tuple[str, str]:
    """The level and the comment that a line's form holds."""
    return request.POST.get(f"level-{key}", ""), request.POST.get(f"comment-{key}", "")
