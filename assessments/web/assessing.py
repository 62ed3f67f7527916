"""What the mentor's and the jury's screens share: lines of a grid as components, and answers to autosave."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from assessments.domain import scale as scales
from assessments.domain.lines import LineKey
from assessments.domain.proposals import Proposal
from assessments.models import Line
from assessments.models.lines import key_of
from assessments.selectors.grid import GridLine
from assessments.selectors.lines import line_named
from assessments.services.errors import Denied, Refused
from assessments.web.access import Request
from assessments.web.components import CriterionView, Level, Tone
from assessments.web.looks import LEVELS
from assessments.web.wording import bloc_name, language, line_heading
from certification.referentials.models import Assessment


@dataclass(frozen=True, slots=True)
class AssessedLine:
    """A line as it is judged: its row, the machine's proposal, where it is saved (empty: read only)."""

    row: CriterionView
    proposal: str
    proposal_label: str
    proposal_tone: Tone
    deciding: int
    save_url: str = ""

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


def assessed_line(line: GridLine, row: CriterionView, *, save_url: str = "") -> AssessedLine:
    label, tone = proposal_word(line.proposal)
    deciding = sum(check.decides for check in line.checks)
    return AssessedLine(row, line.proposal.value, label, tone, deciding, save_url)


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


@dataclass(frozen=True, slots=True)
class Writing:
    """What a mentor or a juror writes piece by piece: a review, a ballot.

    ``page`` is where it is written; ``closed`` says why nothing can be written any more, or is empty.
    """

    page: str
    closed: str

    def keep_line(self, request: Request, key: str, save: Callable[[Line, str, str], object]) -> HttpResponse:
        """Save the level and the comment typed for a line; back to that line without script."""
        line = line_at(key)
        level, comment = answered(request, key_of(line))
        return self._answer(request, lambda: save(line, level, comment), key)

    def keep_comment(self, request: Request, save: Callable[[str], object], anchor: str) -> HttpResponse:
        """Save the general comment."""
        comment = request.POST.get("comment", "")
        return self._answer(request, lambda: save(comment), anchor)

    def _answer(self, request: Request, save: Callable[[], object], anchor: str) -> HttpResponse:
        """Save, then answer by the contract of ``static/js/autosave.js``; without script, back to the page."""
        if "X-Autosave" not in request.headers:
            return self._saved_plainly(request, save, anchor)
        try:
            save()
        except Denied as denied:
            return JsonResponse({"detail": self.closed or str(denied)}, status=409 if self.closed else 403)
        except Refused as refused:
            return JsonResponse({"code": refused.code, "detail": str(refused)}, status=422)
        return HttpResponse(status=204)

    def _saved_plainly(self, request: Request, save: Callable[[], object], anchor: str) -> HttpResponse:
        """Without script; a text that is too long comes back in a form of its own, for nothing typed is lost."""
        try:
            save()
        except Refused as refused:
            if refused.code != "text.too_long":
                raise
            return _typed_again(request, self.page, refused)
        messages.success(request, _("Enregistré."))
        return redirect(f"{self.page}#{anchor}")


def _typed_again(request: Request, page: str, refused: Refused) -> HttpResponse:
    typed = [(name, value) for name, value in request.POST.items() if name != "csrfmiddlewaretoken"]
    context = {
        "page_title": _("Texte trop long"),
        "sentence": str(refused),
        "texts": [(name, value) for name, value in typed if name.startswith("comment")],
        "others": [(name, value) for name, value in typed if not name.startswith("comment")],
        "page": page,
    }
    return render(request, "web/assessing/too_long.html", context, status=422)
