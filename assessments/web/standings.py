"""Where a candidate stands towards the title: units, épreuves, what is missing, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from assessments.domain import award
from assessments.domain.lines import LineKey
from assessments.models import Award, User
from assessments.selectors.appeals import award_appeals_of, contestable_until
from assessments.selectors.award_words import reason_said
from assessments.selectors.awarding import enrolment_in_sight
from assessments.selectors.standing import Standing, standing_of
from assessments.web.access import Request, get_visible, member
from assessments.web.components import Crumb
from assessments.web.ways import way_to


@dataclass(frozen=True, slots=True)
class EpreuveView:
    """An épreuve of a unit: ``state`` names a look of ``decision`` or ``work`` by ``of``; ``work`` may be empty."""

    number: int
    name: str
    of: str
    state: str
    work: int | None


@dataclass(frozen=True, slots=True)
class UnitView:
    """A unit, or an épreuve beside them. ``award`` is the jury's word, if it has spoken; ``won``: for good.

    ``outdated``: the award rests on a decision replaced since. ``beside``: its decision is all there is to say of it.
    """

    code: str
    name: str
    state: str
    award: Award | None
    won: bool
    outdated: bool
    carried: str
    reasons: Sequence[str]
    epreuves: Sequence[EpreuveView]
    beside: bool = False

    @property
    def shown(self) -> str:
        """The look of it: what was awarded or, beside the units, decided; else what is proposed."""
        if self.won:
            return "acquired"
        if self.beside and self.state != "pending":
            return self.state
        return self.award.outcome if self.award else f"proposed_{self.state}"


@dataclass(frozen=True, slots=True)
class Contestable:
    """An award that the reader may contest, ``until`` then."""

    award: int
    name: str
    until: datetime


def title_shown(standing: Standing, proposed: award.Award[LineKey]) -> str:
    """The look of the title: what was decided, else what is proposed."""
    return standing.title.outcome if standing.title else f"proposed_{proposed.title.value}"


def units_of(standing: Standing) -> list[UnitView]:
    """The units required of the candidate, in the edition's order."""
    by_code = {unit.code: unit for unit in standing.edition.units}
    return [_unit(standing, found, by_code[found.code].assessments) for found in standing.proposed.units]


def beside_of(standing: Standing) -> list[UnitView]:
    """The required épreuves beside the units."""
    by_number = {str(found.number): found for found in standing.edition.beside}
    rows = [_unit(standing, found, [by_number[found.code]]) for found in standing.proposed.beside]
    return [replace(row, beside=True) for row in rows]


def _unit(
    standing: Standing, found: award.Proposal[LineKey], assessments: Sequence[award.Assessment[LineKey]]
) -> UnitView:
    carried, awarded = standing.carried.get(found.code), standing.awards.get(found.code)
    return UnitView(
        code=found.code,
        name=found.name,
        state=found.state.value,
        award=awarded,
        won=found.code in standing.given.won,
        outdated=awarded is not None and awarded.pk in standing.outdated,
        carried=_carried(carried.reason) if carried else "",
        reasons=[*map(reason_said, found.reasons)],
        epreuves=[_epreuve(standing, each) for each in assessments],
    )


def _carried(reason: Mapping[str, list[dict[str, str]]]) -> str:
    return ", ".join(f"{row['edition']} · {row['bloc']}" for row in reason.get("rows", ()))


def _epreuve(standing: Standing, found: award.Assessment[LineKey]) -> EpreuveView:
    decision, work = standing.decisions.get(found.number), standing.works.get(found.number)
    if decision is not None:
        return EpreuveView(found.number, found.name, "decision", decision.outcome, decision.work_id)
    if work is None or work.state in ("decided", "appealed"):
        return EpreuveView(found.number, found.name, "award", "proposed_pending", work.pk if work else None)
    return EpreuveView(found.number, found.name, "work", work.state, work.pk)


def _contestable(user: User, found: Standing, units: Sequence[UnitView]) -> list[Contestable]:
    awards = [(unit.name, unit.award) for unit in units if unit.award is not None]
    if found.title is not None:
        awards.append((_("Le titre"), found.title))
    until = contestable_until(user, [row for _name, row in awards])
    return [Contestable(row.pk, name, until[row.pk]) for name, row in awards if row.pk in until]


@require_GET
@member
def standing(request: Request, pk: int) -> HttpResponse:
    enrolment = get_visible(enrolment_in_sight(request.user), pk=pk)
    found = standing_of(enrolment)
    proposed, units = found.titled(), units_of(found)
    context = {
        "page_title": _("Vers le titre"),
        "crumbs": [*way_to(request.user, enrolment), Crumb(_("Vers le titre"))],
        "enrolment": enrolment,
        "title": found.title,
        "title_outdated": found.title_outdated,
        "title_shown": title_shown(found, proposed),
        "title_reasons": [*map(reason_said, proposed.reasons)],
        "units": units,
        "beside": beside_of(found),
        "contestable": _contestable(request.user, found, units),
        "appeals": award_appeals_of(request.user, enrolment),
        "won": sum(code in found.given.won for code in (unit.code for unit in found.proposed.units)),
    }
    return render(request, "web/standing/standing.html", context)


urlpatterns = [path("inscriptions/<int:pk>/titre/", standing, name="standing")]
