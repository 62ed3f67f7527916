"""The deliberation of one passage: votes, the president's rulings, the decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from assessments.domain.deliberation import outcome_of
from assessments.domain.lines import LineKey, common_kind
from assessments.domain.proposals import Settled
from assessments.domain.scale import acquired_codes
from assessments.models import Decision, Role, Slot
from assessments.models.decisions import DecidedBy
from assessments.selectors.deliberation import DeliberationLine
from assessments.selectors.jury import DeliberationPage, deliberation_page, juror_slots
from assessments.selectors.lines import codes_of
from assessments.services import decisions, seats
from assessments.services.decisions import Ruling
from assessments.services.errors import Denied, Refused, conflicts_refused
from assessments.web.access import Request, get_visible, role_required
from assessments.web.assessing import answered, bloc_title, levels_of
from assessments.web.at_hand import subject_of
from assessments.web.components import Crumb, Level
from assessments.web.wording import counted, line_number, line_text
from certification.referentials.models import Criterion

Rulings = Mapping[LineKey, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Vote:
    juror: str
    level: Level
    comment: str


@dataclass(frozen=True, slots=True)
class RulingLine:
    """One line before the president. ``final`` is the level decided, ``ruling`` what is being typed.

    ``settled``: before the defence, by the machine or the mentor; nobody voted. ``cast``: proposed by the president's
    casting vote.
    """

    id: str
    number: str
    competency: str
    text: str
    spread: Sequence[tuple[Level, int]]
    votes: Sequence[Vote]
    proposed: Level | None
    proposed_by: str
    ruling: str
    reason: str
    final: Level | None
    final_by: str
    settled: bool
    cast: bool
    draft_url: str
    version: int

    @property
    def is_shared(self) -> bool:
        return len(self.spread) > 1

    @property
    def is_unanimous_and_silent(self) -> bool:
        return len(self.spread) == 1 and not any(vote.comment for vote in self.votes)


@require_GET
@role_required(Role.JUROR)
def deliberation(request: Request, pk: int) -> HttpResponse:
    slot = get_visible(juror_slots(request.user), pk=pk)
    page = deliberation_page(request.user, slot)
    if not (page.opened or page.decision or page.is_president):
        messages.info(request, _why_shut(page))
        return redirect("web:ballot", pk=slot.pk)
    typed = {key: (draft.level, draft.comment) for key, draft in page.drafts.rulings.items()}
    return _rendered(request, page, typed, page.drafts.motive)


def _why_shut(page: DeliberationPage) -> str:
    if any(seat.mine and seat.away for seat in page.seats):
        return _("Vous ne siégez pas pour ce passage : le jury délibère sans vous.")
    return _("La délibération s’ouvrira quand chaque juré aura scellé son bulletin.")


def _rendered(
    request: Request, page: DeliberationPage, rulings: Rulings | None = None, motive: str = "", error: str = ""
) -> HttpResponse:
    candidate = str(page.slot.work.enrolment.candidate)
    levels = levels_of(page.scale)
    lines = _lines(page, levels, rulings or {})
    codes = codes_of(line.grid.line for line in page.lines)
    context = {
        "page_title": _("Délibération : %(name)s") % {"name": candidate},
        "crumbs": [
            Crumb(_("Aujourd’hui"), reverse("web:juror_home")),
            Crumb(candidate, reverse("web:ballot", kwargs={"pk": page.slot.pk})),
            Crumb(_("Délibération")),
        ],
        "page": page,
        "bloc": bloc_title(page.slot.work.assessment, codes),
        "subject": subject_of(page.slot, codes),
        "levels": levels,
        "to_discuss": [line for line in lines if not line.settled],
        "settled": [line for line in lines if line.settled],
        "motive": motive,
        "error": error,
        **_outcome(page, rulings or {}),
    }
    return render(request, "web/jury/deliberation.html", context, status=409 if error else 200)


def _outcome(page: DeliberationPage, rulings: Rulings) -> dict[str, object]:
    proposed = {line.key: line.proposed for line in page.lines}
    found = outcome_of(proposed, rulings, acquired_codes(page.scale))
    code = {True: "acquired", False: "not_acquired", None: ""}[found.acquired]
    numbers = {line.key: line_number(line.grid.line, rank) for rank, line in enumerate(page.lines, 1)}
    waiting = [(key, numbers[key]) for key in (*found.undecided, *found.unexplained)]
    undecided = counted(len(found.undecided), common_kind(line.key for line in page.lines))
    return {"outcome": found, "outcome_code": code, "waiting": waiting, "undecided": undecided}


def _lines(page: DeliberationPage, levels: Sequence[Level], rulings: Rulings) -> list[RulingLine]:
    named = {level.code: level for level in levels}
    decided = {line.line_key: line for line in page.decision.lines.all()} if page.decision else {}
    return [
        _line(page, line, number, named, rulings.get(line.key, ("", "")), decided.get(line.key))
        for number, line in enumerate(page.lines, start=1)
        if line.key in decided or not page.decision
    ]


def _line(
    page: DeliberationPage,
    line: DeliberationLine,
    number: int,
    named: Mapping[str, Level],
    ruling: tuple[str, str],
    decided: object,
) -> RulingLine:
    asked = line.grid.line
    competency = asked.competency if isinstance(asked, Criterion) else None
    final = getattr(decided, "level", "")
    return RulingLine(
        id=str(line.key),
        number=line_number(asked, number),
        competency=competency.code if competency else "",
        text=line_text(asked),
        spread=[(level, line.votes[code]) for code, level in named.items() if line.votes.get(code)],
        votes=[
            Vote(str(mark.ballot.juror.user), named[mark.level], mark.comment)
            for mark in line.marks
            if mark.level in named
        ],
        proposed=named.get(line.proposed),
        proposed_by=str(DecidedBy(line.proposed_by).label),
        ruling=ruling[0],
        reason=getattr(decided, "comment", "") or ruling[1],
        final=named.get(final),
        final_by=str(DecidedBy(getattr(decided, "decided_by", line.proposed_by)).label) if final else "",
        settled=line.grid.settled is not Settled.NOBODY,
        cast=line.proposed_by is DecidedBy.CASTING,
        draft_url=reverse("web:ruling_draft", kwargs={"pk": page.slot.pk, "line": line.key}) if page.can_decide else "",
        version=page.drafts.rulings[line.key].version if line.key in page.drafts.rulings else 0,
    )


def _typed(request: Request, page: DeliberationPage) -> Rulings:
    return {line.key: answered(request, line.key) for line in page.lines}


def _presided(request: Request, pk: int) -> tuple[Slot, DeliberationPage]:
    """The passage as its president decides it. Raises Denied, also before the last seal."""
    slot = get_visible(juror_slots(request.user), pk=pk)
    page = deliberation_page(request.user, slot)
    if not page.can_decide:
        raise Denied
    return slot, page


@require_POST
@role_required(Role.JUROR)
def deliberation_preview(request: Request, pk: int) -> HttpResponse:
    """Where the rulings typed would lead. Nothing is written."""
    try:
        slot, page = _presided(request, pk)
    except Denied:
        if request.htmx and Decision.objects.filter(slot__in=juror_slots(request.user), slot=pk).exists():
            return HttpResponse(status=204)  # asked while it was being recorded: there is nothing left to preview
        raise
    rulings = _typed(request, page)
    if not request.htmx:
        return _rendered(request, page, rulings, request.POST.get("motive", ""))
    context = {"page": page, "subject": subject_of(slot), "fresh": True, **_outcome(page, rulings)}
    return render(request, "web/jury/_outcome.html", context)


@require_POST
@role_required(Role.JUROR)
def decide(request: Request, pk: int) -> HttpResponse:
    slot = get_visible(juror_slots(request.user), pk=pk)
    seats.recuse_conflicted(slot=slot)  # for good, and before what was announced is compared with what stands
    page = deliberation_page(request.user, slot)
    rulings, motive = _typed(request, page), request.POST.get("motive", "")
    given = {key: Ruling(level, comment) for key, (level, comment) in rulings.items()}
    if page.can_decide and (changed := _unlike_what_was_shown(request, page, rulings, motive)):
        return _rendered(request, page, rulings, motive, changed)
    try:
        with conflicts_refused():
            decisions.decide(actor=request.user, slot=slot, rulings=given, motive=motive)
    except Refused as refused:
        if not page.can_decide or refused.code == "decision.made":
            raise  # nothing is left to type
        return _rendered(request, page, rulings, motive, str(refused))
    messages.success(request, _("La décision est enregistrée ; le rapport d’évaluation est en préparation."))
    return redirect("web:deliberation", pk=slot.pk)


def _unlike_what_was_shown(request: Request, page: DeliberationPage, rulings: Rulings, motive: str) -> str:
    """Why the decision asked for is not the one that the president read; empty when it is, or nothing was announced.

    The page announces an outcome, which the dialog names; and it shows what was typed, here or on another device.
    """
    announced = request.POST.get("announced")
    if announced is None:
        return ""
    if announced != _outcome(page, rulings)["outcome_code"]:
        return _("Le résultat n’est pas celui qui vous était annoncé : relisez-le, puis enregistrez.")
    drafts = page.drafts
    typed: list[tuple[str, int, object, object]] = [
        (f"version-{key}", draft.version, (draft.level, draft.comment), rulings.get(key))
        for key, draft in drafts.rulings.items()
    ]
    typed.append(("version-motive", drafts.motive_version, drafts.motive, motive))
    if any(stands != here and request.POST.get(name) != str(version) for name, version, stands, here in typed):
        return _("Des niveaux ou des motifs ont été saisis dans une autre fenêtre : rechargez la page pour les lire.")
    return ""


urlpatterns = [
    path("jury/passages/<int:pk>/deliberation/", deliberation, name="deliberation"),
    path("jury/passages/<int:pk>/deliberation/apercu/", deliberation_preview, name="deliberation_preview"),
    path("jury/passages/<int:pk>/deliberation/decider/", decide, name="decide"),
]
