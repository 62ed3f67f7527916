"""The award rule of an edition, tried on levels made up by hand: nobody's data are read, and nothing is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from assessments.domain.award import Assessment, Award, Edition, Proposal, award
from assessments.domain.award_trial import GivenRefused, assessments_of, given_of
from assessments.domain.lines import LineKey
from assessments.models import AccessPath, Role
from assessments.selectors.award import edition_of
from assessments.selectors.award_words import reason_said, wrong_said
from assessments.web.access import Request, role_required
from assessments.web.administration import editor_words as words
from assessments.web.administration.frame import referential_crumbs
from assessments.web.assessing import levels_of
from assessments.web.wording import labelled
from certification.referentials.models import Referential


@dataclass(frozen=True, slots=True)
class Asking:
    """A level to choose, for an épreuve or for one of its lines: the field, what it is about, what was chosen."""

    field: str
    name: str
    chosen: str
    lines: Sequence[Asking] = ()

    @property
    def has_lines_apart(self) -> bool:
        return any(line.chosen for line in self.lines)


@dataclass(frozen=True, slots=True)
class UnitTried:
    """What is proposed of a unit, or of an épreuve beside the units. ``state`` names a look of awards."""

    name: str
    state: str
    reasons: Sequence[str]


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.ADMINISTRATOR)
def admin_award_trial(request: Request, pk: int) -> HttpResponse:
    referential = get_object_or_404(Referential.objects.select_related("certification"), pk=pk)
    edition = edition_of(referential)
    result = _result(request.POST, edition)
    if request.htmx:  # a script shows only what succeeds: what cannot be read is said in the answer
        return render(request, "web/administration/_award_trial.html", result)
    context = {
        "page_title": _("Essayer la règle d’obtention"),
        "crumbs": referential_crumbs(_("Essayer la règle"), referential),
        "referential": referential,
        "rule": list(_rule(referential.award_rule)),
        "path": request.POST.get("path", AccessPath.FC),
        "paths": AccessPath.choices,
        "options": _options(edition, request.POST.getlist("options")),
        "levels": levels_of(edition.scale),
        "asked": [_asking(request.POST, each) for each in assessments_of(edition)],
        **result,
    }
    return render(request, "web/administration/award_trial.html", context, status=422 if result["wrongs"] else 200)


def _options(edition: Edition[LineKey], chosen: Sequence[str]) -> list[tuple[str, str, bool]]:
    return [(unit.code, unit.name, unit.code in chosen) for unit in edition.units if unit.group]


def _asking(typed: QueryDict, found: Assessment[LineKey]) -> Asking:
    field = f"assessment-{found.number}"
    lines = [
        Asking(name, line.name, typed.get(name, ""))
        for rank, line in enumerate(found.lines, start=1)
        for name in [f"line-{found.number}-{rank}"]
    ]
    return Asking(field, f"{found.number}. {found.name}", typed.get(field, ""), lines if len(lines) > 1 else ())


def _given(typed: QueryDict, edition: Edition[LineKey]) -> dict[str, Any]:
    """What was typed, in the form that the command takes: a level for every line, less the lines set apart."""
    given: dict[str, Any] = {}
    for found in assessments_of(edition):
        asking = _asking(typed, found)
        apart = {str(rank): line.chosen for rank, line in enumerate(asking.lines, start=1) if line.chosen}
        levels = ({"*": asking.chosen} if asking.chosen else {}) | apart
        if levels:
            given[str(found.number)] = levels
    path = typed.get("path", AccessPath.FC)
    return {"path": path, "options": typed.getlist("options"), "assessments": given}


def _result(typed: QueryDict, edition: Edition[LineKey]) -> dict[str, Any]:
    """What the rule proposes, or what cannot be read of what was typed."""
    try:
        found = award(edition, given_of(_given(typed, edition), edition, AccessPath.values))
    except GivenRefused as refused:
        return {"wrongs": [*map(wrong_said, refused.wrongs)]}
    return {"wrongs": [], "tried": _tried(found.units), "beside": _tried(found.beside), **_title(found)}


def _title(found: Award[LineKey]) -> dict[str, Any]:
    return {"title_state": f"proposed_{found.title.value}", "title_reasons": [*map(reason_said, found.reasons)]}


def _tried(proposals: Sequence[Proposal[LineKey]]) -> list[UnitTried]:
    return [
        UnitTried(each.name, f"proposed_{each.state.value}", [*map(reason_said, each.reasons)]) for each in proposals
    ]


def _rule(rule: Mapping[str, Any]) -> Iterator[str]:
    """The rule as the editor words it."""
    bloc, whole = rule.get("bloc", {}), rule.get("certification", {})
    asked = str(words.BLOC_RULES[bloc.get("rule", "jury")])
    threshold = f" ({bloc['threshold']:g})" if "threshold" in bloc else ""
    yield labelled(_("Un bloc est obtenu"), f"{asked}{threshold}")
    yield labelled(
        _("Une ligne évaluée dans plusieurs épreuves"), str(words.REPEATED_RULES[bloc.get("repeated", "all")])
    )
    yield labelled(_("La certification est obtenue"), str(words.CERTIFICATION_RULES[whole.get("rule", "jury")]))
    if whole.get("assessments"):
        kinds = ", ".join(str(words.CHOICES["kind"][each]) for each in whole["assessments"])
        yield labelled(_("Épreuves exigées avec les blocs"), kinds)
    if whole.get("exempt"):
        yield labelled(_("Voies d’accès dispensées de ces épreuves"), ", ".join(whole["exempt"]))


urlpatterns = [path("administration/referentiels/<int:pk>/essai/", admin_award_trial, name="admin_award_trial")]
