"""What the mentor's and the jury's screens share: lines of a grid as components, and answers to autosave."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from assessments.domain import scale as scales
from assessments.domain.proposals import Proposal
from assessments.selectors.grid import GridLine
from assessments.services.errors import Denied, Refused
from assessments.web.access import Request
from assessments.web.components import CriterionView, Level, Tone
from assessments.web.looks import LEVELS
from assessments.web.wording import bloc_name, language
from certification.referentials.models import Assessment, Criterion


@dataclass(frozen=True, slots=True)
class AssessedLine:
    """A criterion as it is judged: its row, the machine's proposal, where it is saved (empty: read only)."""

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
    """The criteria of one competency."""

    title: str
    lines: Sequence[AssessedLine]


def bloc_title(assessment: Assessment) -> str:
    """``Bloc 5 · Concevoir…``; the assessment's own title where it crosses blocs."""
    bloc = assessment.bloc
    return f"{bloc_name(bloc)} · {bloc.title}" if bloc is not None else assessment.title


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


def assessed_line(line: GridLine, row: CriterionView, *, save_url: str = "") -> AssessedLine:
    labels: dict[Proposal, tuple[str, Tone]] = {
        Proposal.ACQUIRED: (_("acquis"), "met"),
        Proposal.NOT_ACQUIRED: (_("non acquis"), "not-met"),
        Proposal.NONE: (_("sans proposition"), "neutral"),
    }
    label, tone = labels[line.proposal]
    deciding = sum(check.decides for check in line.checks)
    return AssessedLine(row, line.proposal.value, label, tone, deciding, save_url)


def grouped(pairs: Iterable[tuple[Criterion, AssessedLine]]) -> list[AssessedGroup]:
    """Consecutive lines of one competency under one heading."""
    groups: list[tuple[str, list[AssessedLine]]] = []
    for criterion, line in pairs:
        title = _heading(criterion)
        if not groups or groups[-1][0] != title:
            groups.append((title, []))
        groups[-1][1].append(line)
    return [AssessedGroup(title, lines) for title, lines in groups]


def _heading(criterion: Criterion) -> str:
    if criterion.competency is not None:
        return f"{criterion.competency.code} {criterion.competency.text}".strip()
    if criterion.activity is not None:
        return f"{criterion.activity.code} {criterion.activity.title}".strip()
    return _("Critères du bloc")


def answered(request: Request, criterion: int) -> tuple[str, str]:
    """The level and the comment that a criterion's form holds."""
    return request.POST.get(f"level-{criterion}", ""), request.POST.get(f"comment-{criterion}", "")


def save_and_answer(request: Request, save: Callable[[], object], *, closed: str, page: str) -> HttpResponse:
    """Save, then answer by the contract of ``static/js/autosave.js``; without script, back to ``page``.

    ``closed`` is why nothing can be written any more, or empty.
    """
    if "X-Autosave" not in request.headers:
        save()
        messages.success(request, _("Enregistré."))
        return redirect(page)
    try:
        save()
    except Denied as denied:
        return JsonResponse({"detail": closed or str(denied)}, status=409 if closed else 403)
    except Refused as refused:
        return JsonResponse({"code": refused.code, "detail": str(refused)}, status=422)
    return HttpResponse(status=204)
