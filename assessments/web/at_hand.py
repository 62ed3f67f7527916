"""What stands at hand on the marking page: documents, addresses, questions to ask, the clock, the next passage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from assessments.domain.lines import LineKey
from assessments.models import MarkNote, Slot, Submission
from assessments.selectors.jury import BallotPage
from assessments.selectors.marking import AtHand
from assessments.web.assessing import bloc_title
from assessments.web.recognised import KINDS
from assessments.web.wording import ADDRESSES, bloc_name, line_number, line_text

OPENED = ("pdf", "notebooks", "readme")
"""The kinds of files that are read as documents."""
TEXT = 110


@dataclass(frozen=True, slots=True)
class Reachable:
    """A link of the page; ``opens`` in a window of its own, on a host of the candidate's choosing."""

    label: str
    url: str
    icon: str
    opens: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """A line worth a question, and why: what the mentor or the juror noted of it."""

    key: LineKey
    number: str
    text: str
    why: Sequence[str]
    flagged: bool


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom and what a dialog is about to act on."""

    candidate: str
    assessment: str
    unit: str


def documents_of(submission: Submission) -> list[Reachable]:
    """The deposit, then each document that was recognised in it."""
    files = reverse("web:file_view", kwargs={"pk": submission.pk})
    links = [
        Reachable(_("Le dépôt et ses résultats"), reverse("web:submission", kwargs={"pk": submission.pk}), "archive"),
        Reachable(_("Tous les fichiers"), files, "file"),
    ]
    for kind, icon, _label in KINDS:
        if kind in OPENED:
            paths = (submission.bundle.recognised.get(kind) or {}).get("paths", [])
            links += [Reachable(str(path), f"{files}?{urlencode({'path': path})}", icon) for path in paths]
    return links


def addresses_of(hand: AtHand) -> list[Reachable]:
    """The addresses that the candidate declared and that a browser may follow."""
    return [
        Reachable(str(ADDRESSES[row.kind]), row.url, row.kind, opens=True)
        for row in hand.addresses
        if row.url.startswith(("http://", "https://"))
    ]


def questions_of(page: BallotPage, notes: Mapping[LineKey, MarkNote], said: Mapping[LineKey, str]) -> list[Question]:
    """The lines left to the jury on which the mentor (``said``) or the juror noted something."""
    return [
        question
        for rank, line in enumerate(page.grid.lines, start=1)
        if line.key in page.grid.jury_lines
        for question in [
            _question(line.key, line_number(line.line, rank), line_text(line.line), notes.get(line.key), said)
        ]
        if question.why or question.flagged
    ]


def _question(key: LineKey, number: str, text: str, note: MarkNote | None, said: Mapping[LineKey, str]) -> Question:
    short = text if len(text) <= TEXT else f"{text[: TEXT - 1].rstrip()}…"
    why = [words for words in (said.get(key, ""), note.text if note else "") if words]
    return Question(key, number, short, why, note.flagged if note else False)


def subject_of(slot: Slot, codes: Sequence[str] = ()) -> Subject:
    assessment = slot.work.assessment
    unit = bloc_title(assessment, codes) if assessment.bloc else bloc_name(None)
    return Subject(str(slot.work.enrolment.candidate), assessment.title, unit)
