"""The certification jury's pages: the candidates of a session, then one: units, title, and a last look before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from assessments import policies
from assessments.models import Enrolment, Role, Sitting, User
from assessments.models.awards import TitleOutcome, UnitOutcome
from assessments.selectors.award_words import reason_said
from assessments.selectors.awarding import awarding_page, certification_sittings, enrolment_in_sight
from assessments.selectors.standing import Standing, standing_of
from assessments.services import awards
from assessments.services.awards import Ruling
from assessments.services.errors import Denied, Refused
from assessments.web.access import Request, get_visible, member, role_required
from assessments.web.administration.frame import Asked
from assessments.web.components import Crumb, FilterField
from assessments.web.standings import UnitView, beside_of, title_shown, units_of


@dataclass(frozen=True, slots=True)
class Asking:
    """A unit, as the form asks for it: the outcomes that there are, the one proposed chosen."""

    unit: UnitView
    field: str
    outcomes: Sequence[tuple[str, str]]
    chosen: str


@require_GET
@member
def awarding(request: Request, pk: int) -> HttpResponse:
    sitting = get_visible(certification_sittings(request.user), pk=pk)
    asked, state = Asked.of(request), request.GET.get("state", "")
    page = awarding_page(sitting, request.user, query=asked.query, state=state, page=asked.page)
    choices = [("", _("Tous")), ("waiting", _("À décider")), ("decided", _("Décidés"))]
    context = {
        "page_title": sitting.name,
        "crumbs": _crumbs(request.user, sitting),
        "sitting": sitting,
        "presides": policies.can_preside(request.user, sitting),
        "to_declare": _to_declare(request.user, sitting),
        "page": page,
        "rows": [(found, units_of(found), title_shown(found, found.titled())) for found in page],
        "filters": [
            FilterField("q", _("Rechercher un candidat"), value=asked.query),
            FilterField("state", _("État"), choices, state),
        ],
    }
    return render(request, "web/jury/awarding.html", context)


def _crumbs(user: User, sitting: Sitting, *more: Crumb) -> list[Crumb]:
    """From the juror's day, or from the administrator's session."""
    crumbs = [Crumb(_("Aujourd’hui"), reverse("web:juror_home"))]
    if not user.has_role(Role.JUROR):
        crumbs = [Crumb(sitting.session.name, reverse("web:admin_session_juries", args=[sitting.session_id]))]
    own = Crumb(sitting.name, reverse("web:awarding", args=[sitting.pk]) if more else "")
    return [*crumbs, own, *more]


def _to_declare(user: User, sitting: Sitting) -> bool:
    """Whether the user is a member who has yet to sign: without their word they do not count in the quorum."""
    return policies.can_sit(user, sitting) and not policies.has_declared(user, sitting)


def _seen(request: Request, pk: int, enrolment: int) -> tuple[Sitting, Standing]:
    sitting = get_visible(certification_sittings(request.user), pk=pk)
    found = get_visible(enrolment_in_sight(request.user).filter(session=sitting.session_id), pk=enrolment)
    return sitting, standing_of(found)


@require_GET
@member
def awarding_candidate(request: Request, pk: int, enrolment: int) -> HttpResponse:
    """The units with what is proposed of each and why; to the president, what to answer."""
    sitting, found = _seen(request, pk, enrolment)
    proposed, units = found.titled(), units_of(found)
    context = {
        **_about(request, sitting, found),
        "asked": [_asking(unit) for unit in units if not unit.won],
        "won": [unit for unit in units if unit.won],
        "beside": beside_of(found),
        "title_outdated": found.title_outdated,
        "title_shown": title_shown(found, proposed),
        "title_reasons": [*map(reason_said, proposed.reasons)],
    }
    return render(request, "web/jury/award.html", context)


def _about(request: Request, sitting: Sitting, found: Standing) -> dict[str, object]:
    enrolment = found.enrolment
    return {
        "page_title": str(enrolment.candidate),
        "crumbs": _crumbs(request.user, sitting, Crumb(str(enrolment.candidate))),
        "sitting": sitting,
        "enrolment": enrolment,
        "can_award": policies.can_award(request.user, sitting, enrolment),
        "to_declare": _to_declare(request.user, sitting),
    }


def _asking(unit: UnitView) -> Asking:
    outcomes = [(code, str(label)) for code, label in UnitOutcome.choices]
    if unit.state == "pending":
        outcomes = [choice for choice in outcomes if choice[0] not in awards.JUDGED]
    chosen = unit.state if not unit.award and unit.state in UnitOutcome.values else ""
    return Asking(unit, f"unit-{unit.code}", [("", _("Ne pas décider maintenant")), *outcomes], chosen)


def _motive(request: Request, field: str) -> str:
    return request.POST.get(f"motive-{field}", "")


def _rulings(request: Request, found: Standing) -> dict[str, Ruling]:
    """What was chosen for units, by code; those left for later are not in it."""
    asked = [unit.code for unit in found.proposed.units if unit.code not in found.given.won]
    chosen = {code: request.POST.get(f"unit-{code}", "") for code in asked}
    return {code: Ruling(outcome, _motive(request, f"unit-{code}")) for code, outcome in chosen.items() if outcome}


@require_POST
@role_required(Role.JUROR)
def award_check(request: Request, pk: int, enrolment: int) -> HttpResponse:
    """The last look: what is about to be recorded, and the title that follows. Nothing is written."""
    sitting, found = _seen(request, pk, enrolment)
    if not policies.can_award(request.user, sitting, found.enrolment):
        raise Denied
    return _check(request, sitting, found)


def _is_full(found: Standing) -> bool:
    return found.title is not None and found.title.outcome == TitleOutcome.FULL


def _preselected(found: Standing, proposed: str) -> str:
    """What is proposed of the title, unless it is what is recorded of it already."""
    recorded = found.title.outcome if found.title else ""
    return "" if proposed == recorded or proposed not in TitleOutcome.values else proposed


def _check(request: Request, sitting: Sitting, found: Standing, error: str = "") -> HttpResponse:
    rulings = _rulings(request, found)
    proposed = found.titled({code: ruling.outcome for code, ruling in rulings.items()})
    names = {unit.code: unit.name for unit in found.proposed.units}
    choices = [("", _("Ne pas décider maintenant")), *TitleOutcome.choices]
    context = {
        **_about(request, sitting, found),
        "rulings": [(code, names[code], ruling) for code, ruling in rulings.items()],
        "title_proposed": proposed.title.value,
        "title_reasons": [*map(reason_said, proposed.reasons)],
        "title": found.title,
        "title_choices": [] if _is_full(found) else choices,
        "title_chosen": request.POST.get("title", _preselected(found, proposed.title.value)),
        "title_motive": _motive(request, "title"),
        "error": error,
    }
    return render(request, "web/jury/award_check.html", context, status=409 if error else 200)


@require_POST
@role_required(Role.JUROR)
def award(request: Request, pk: int, enrolment: int) -> HttpResponse:
    """Record what was looked at; what is refused comes back with all that was typed."""
    sitting, found = _seen(request, pk, enrolment)
    outcome = request.POST.get("title", "")
    title = Ruling(outcome, _motive(request, "title")) if outcome else None
    try:
        awards.decide(
            actor=request.user,
            sitting=sitting,
            enrolment=found.enrolment,
            units=_rulings(request, found),
            title=title,
        )
    except Refused as refused:
        return _check(request, sitting, found, str(refused))
    messages.success(request, _told(found.enrolment, _rulings(request, found), outcome))
    return redirect("web:awarding", sitting.pk)


def _told(enrolment: Enrolment, units: Mapping[str, Ruling], title: str) -> str:
    said = [f"{code} {str(UnitOutcome(ruling.outcome).label).lower()}" for code, ruling in units.items()]
    if title:
        said.append(str(TitleOutcome(title).label).lower())
    words = {"name": enrolment.candidate, "said": ", ".join(said)}
    return _("%(name)s : %(said)s.") % words if said else _("Rien n’a été décidé pour %(name)s.") % words


urlpatterns = [
    path("jury/certification/<int:pk>/", awarding, name="awarding"),
    path("jury/certification/<int:pk>/candidats/<int:enrolment>/", awarding_candidate, name="awarding_candidate"),
    path("jury/certification/<int:pk>/candidats/<int:enrolment>/relire/", award_check, name="award_check"),
    path("jury/certification/<int:pk>/candidats/<int:enrolment>/attribuer/", award, name="award"),
]
