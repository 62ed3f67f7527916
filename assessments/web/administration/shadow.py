"""Checks whose version has risen: what would change before it counts, and making it count."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from assessments.models import Role, Session
from assessments.selectors.administration.paging import page_of
from assessments.selectors.administration.runs import session_choices
from assessments.services import shadow
from assessments.services.rerunning import Counted
from assessments.web.access import Request, role_required
from assessments.web.administration.frame import Asked, language
from assessments.web.components import Crumb, FilterField
from certification.edges import whole_number, whole_numbers
from evaluator.checks import REGISTRY, Check
from evaluator.messages import render as worded

_FIRST = ("changed", "missing", "same")


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row with the sentence of the current version, empty where it could not be had."""

    row: shadow.ShadowRow
    sentence: str


@require_safe
@role_required(Role.ADMINISTRATOR)
def admin_shadow(request: Request) -> HttpResponse:
    sessions, session = _sessions(request)
    context = {
        "page_title": _("Contrôles dont la version a monté"),
        "crumbs": _crumbs(_("Nouvelles versions")),
        "checks": [(_title(REGISTRY[each.code]), each) for each in shadow.risen(sessions)],
        "filters": [_session_filter(request, session)],
        "session": session,
    }
    return render(request, "web/administration/shadow.html", context)


@require_safe
@role_required(Role.ADMINISTRATOR)
def admin_shadow_check(request: Request, code: str) -> HttpResponse:
    check = _check(code)
    sessions, session = _sessions(request)
    page = page_of(shadow.results_behind(sessions, code), Asked.of(request).page, _shown)
    rows = sorted(page.object_list, key=lambda shown: _FIRST.index(shown.row.kind))
    context = {
        "page_title": _title(check),
        "crumbs": _crumbs(_("Nouvelles versions"), check),
        "check": check,
        "page": page,
        "rows": rows,
        "counts": Counter(shown.row.kind for shown in rows),
        "session": session,
        "choosable": any(not shown.row.stands for shown in rows),
        "filters": [_session_filter(request, session)],
    }
    return render(request, "web/administration/shadow_check.html", context)


@require_POST
@role_required(Role.ADMINISTRATOR)
def admin_shadow_count(request: Request, code: str) -> HttpResponse:
    check = _check(code)
    chosen = whole_numbers(request.POST.getlist("submission"))
    counted = shadow.make_count(actor=request.user, check=check.code, submissions=chosen)
    if counted.queued:
        messages.success(
            request,
            ngettext("%d dépôt va être réévalué.", "%d dépôts vont être réévalués.", counted.queued) % counted.queued,
        )
    else:
        messages.info(request, _("Aucun dépôt à réévaluer parmi ceux que vous avez choisis."))
    _say_left_out(request, counted)
    session = _sessions(request)[1]
    address = reverse("web:admin_shadow_check", args=[check.code])
    return redirect(f"{address}?session={session}" if session else address)


def _say_left_out(request: Request, counted: Counted) -> None:
    if counted.stands:
        said = ngettext(
            "%d dépôt laissé de côté : une personne a déjà décidé.",
            "%d dépôts laissés de côté : une personne a déjà décidé.",
            counted.stands,
        )
        messages.warning(request, said % counted.stands)
    if counted.busy:
        said = ngettext(
            "%d dépôt est déjà en cours d’évaluation.", "%d dépôts sont déjà en cours d’évaluation.", counted.busy
        )
        messages.info(request, said % counted.busy)


def _check(code: str) -> Check:
    if code not in REGISTRY:
        raise Http404
    return REGISTRY[code]


def _title(check: Check) -> str:
    return check.title.get(language()) or check.title["fr"]


def _shown(result: object) -> ShownRow:
    row = next(shadow.compare([result]))  # type: ignore[list-item]  # results_behind gives results
    return ShownRow(row, worded(row.message, language()) if row.message else "")


def _sessions(request: Request) -> tuple[QuerySet[Session], str]:
    """The session of the address, else those that are open."""
    asked = request.GET.get("session", "")
    if (key := whole_number(asked)) is not None:
        return Session.objects.visible_to(request.user).filter(pk=key), asked
    return shadow.open_sessions(), ""


def _session_filter(request: Request, session: str) -> FilterField:
    choices = [("", _("Sessions ouvertes")), *session_choices(request.user)]
    return FilterField("session", _("Session"), choices, session)


def _crumbs(here: str, check: Check | None = None) -> list[Crumb]:
    first = Crumb(_("Évaluations automatiques"), reverse("web:admin_runs"))
    if check is None:
        return [first, Crumb(here)]
    return [first, Crumb(here, reverse("web:admin_shadow")), Crumb(_title(check))]


urlpatterns = [
    path("administration/evaluations/versions/", admin_shadow, name="admin_shadow"),
    path("administration/evaluations/versions/<str:code>/", admin_shadow_check, name="admin_shadow_check"),
    path("administration/evaluations/versions/<str:code>/compter/", admin_shadow_count, name="admin_shadow_count"),
]
