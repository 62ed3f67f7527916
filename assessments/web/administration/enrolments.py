"""Enrolments of a session: entering candidates, changing the terms of one, the list as a table to download."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.models import Enrolment, Role, Session
from assessments.selectors.administration import session as reads
from assessments.selectors.carried import blocs_won_before
from assessments.services import carried
from assessments.services import sessions as services
from assessments.services.entrants import NamesDiffer
from assessments.web.access import Request, get_visible, role_required
from assessments.web.administration.carry_over import VERDICT_LOOKS
from assessments.web.administration.forms import EnrolForm, EnrolmentForm, carried_out
from assessments.web.administration.frame import session_crumbs, session_seen
from assessments.web.looks import STATES
from certification.edges import whole_numbers
from certification.referentials.models import Bloc
from certification.visible import visible

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMINISTRATOR)
def admin_enrol(request: Request, pk: int) -> HttpResponse:
    session = session_seen(request, pk)
    form = EnrolForm(request.POST or None, session=session)
    intake = carried_out(form, lambda: _enrolled(request, session, form))
    if intake is not None:
        messages.success(request, _told(intake))
        return redirect("web:admin_session", session.pk)
    context = {
        "page_title": _("Inscrire des candidats"),
        "crumbs": session_crumbs(session, _("Inscrire")),
        "session": session,
        "form": form,
    }
    return render(request, "web/administration/enrol.html", context)


def _enrolled(request: Request, session: Session, form: EnrolForm) -> services.Intake:
    """Names that differ stay with the form, which shows them; it is sent again with what says that they were read."""
    terms = form.cleaned_data
    try:
        return services.enrol_all(
            actor=request.user,
            session=session,
            entrants=terms["people"],
            mentor=terms["mentor"],
            access_path=terms["access_path"],
            options=terms.get("options", ()),
            names_seen=request.POST.get("names_seen", ""),
        )
    except NamesDiffer as differing:
        form.differing = differing
        raise


def _told(intake: services.Intake) -> str:
    count = len(intake.enrolments)
    parts = [ngettext("%(count)d candidat inscrit", "%(count)d candidats inscrits", count) % {"count": count}]
    if intake.invited:
        invited = ngettext("%(count)d compte ouvert", "%(count)d comptes ouverts", intake.invited)
        parts.append(invited % {"count": intake.invited})
    if intake.already:
        already = ngettext("%(count)d l’était déjà", "%(count)d l’étaient déjà", intake.already)
        parts.append(already % {"count": intake.already})
    if intake.carried:
        carried_over = ngettext(
            "%(count)d bloc déjà acquis repris", "%(count)d blocs déjà acquis repris", intake.carried
        )
        parts.append(carried_over % {"count": intake.carried})
    return ", ".join(parts) + "."


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMINISTRATOR)
def admin_enrolment_edit(request: Request, pk: int) -> HttpResponse:
    enrolment = _seen(request, pk)
    initial = {"mentor": enrolment.mentor, "access_path": enrolment.access_path, "options": enrolment.options.all()}
    form = EnrolmentForm(request.POST or None, session=enrolment.session, initial=initial)
    changed = carried_out(form, lambda: _changed(request, enrolment, form.cleaned_data))
    if changed is not None:
        messages.success(request, _("L’inscription est modifiée."))
        return redirect("web:admin_session", enrolment.session_id)
    context = {
        "page_title": enrolment.candidate.full_name,
        "crumbs": session_crumbs(enrolment.session, enrolment.candidate.full_name),
        "enrolment": enrolment,
        "form": form,
        "works": reads.works_of(enrolment, request.user),
        **_acquired(enrolment),
    }
    return render(request, "web/administration/enrolment_form.html", context)


def _changed(request: Request, enrolment: Enrolment, terms: Mapping[str, Any]) -> Enrolment:
    """An edition without options has no field for them."""
    return services.edit_enrolment(actor=request.user, enrolment=enrolment, **{"options": [], **terms})


def _seen(request: Request, pk: int) -> Enrolment:
    visible = Enrolment.objects.visible_to(request.user)
    return get_visible(visible.select_related("session__referential", "candidate", "mentor"), pk=pk)


def _acquired(enrolment: Enrolment) -> dict[str, object]:
    """The blocs recorded as won before, and those that may still be, each with what makes it count."""
    recorded = enrolment.acquired_blocs.select_related("bloc", "recorded_by")
    known = {row.bloc_id for row in recorded}
    found = blocs_won_before(enrolment)
    return {
        "recorded": [(row, _rows(row.reason["rows"])) for row in recorded],
        "carried": [(each.bloc, _rows(each.reason["rows"])) for each in found if each.bloc.pk not in known],
    }


def _rows(rows: Iterable[Mapping[str, str]]) -> list[str]:
    """The rows of a carry-over table in words; without any, it was won in the edition itself."""
    return [
        _("édition %(edition)s, « %(bloc)s » : %(verdict)s")
        % {**row, "verdict": str(VERDICT_LOOKS[row["verdict"]].label).lower()}
        for row in rows
    ] or [_("dans une autre session de cette édition")]


@require_POST
@role_required(Role.ADMINISTRATOR)
def admin_enrolment_carry(request: Request, pk: int) -> HttpResponse:
    """Record the blocs ticked."""
    enrolment = _seen(request, pk)
    chosen = whole_numbers(request.POST.getlist("bloc"))
    blocs = list(Bloc.objects.filter(referential=enrolment.session.referential_id, pk__in=chosen))
    recorded = carried.record(actor=request.user, enrolment=enrolment, blocs=blocs)
    if recorded:
        words = ngettext(
            "%(count)d bloc déjà acquis est repris.", "%(count)d blocs déjà acquis sont repris.", len(recorded)
        )
        messages.success(request, words % {"count": len(recorded)})
    return redirect("web:admin_enrolment_edit", enrolment.pk)


@require_safe
@role_required(Role.ADMINISTRATOR)
def admin_enrolments_csv(request: Request, pk: int) -> StreamingHttpResponse:
    session = session_seen(request, pk)
    response = StreamingHttpResponse(_csv(session, request), content_type="text/csv; charset=utf-8")
    name = slugify(session.name) or f"session-{session.pk}"
    response["Content-Disposition"] = f'attachment; filename="inscriptions-{name}.csv"'
    return response


def _csv(session: Session, request: Request) -> Iterator[str]:
    """Semicolons and a mark of UTF-8, as the French spreadsheets open it without being asked."""
    writer = csv.writer(_Echo(), delimiter=";", quoting=csv.QUOTE_ALL)
    blocs = [str(item.bloc or item) for item in reads.assessments_of(session)]
    head = [_("Candidat"), _("Adresse électronique"), _("Mentor"), _("Voie d’accès"), *blocs]
    yield "\ufeff" + writer.writerow(map(neutralised, head))
    for row in reads.enrolments_of(session, request.user):
        states = [str(STATES[bloc.kind][bloc.state].label) for bloc in row.blocs]
        cells: Iterable[str] = [row.candidate, row.email, row.mentor, row.access_path, *states]
        yield writer.writerow(map(neutralised, cells))


class _Echo:
    """What a csv writer writes to, when its lines are wanted one by one."""

    def write(self, line: str) -> str:
        return line


def neutralised(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP, CSV injection), what it hides shown."""
    cell = visible(cell)
    return f"'{cell}" if cell.startswith(FORMULA) else cell


urlpatterns = [
    path("administration/sessions/<int:pk>/inscrire/", admin_enrol, name="admin_enrol"),
    path("administration/sessions/<int:pk>/inscriptions.csv", admin_enrolments_csv, name="admin_enrolments_csv"),
    path("administration/inscriptions/<int:pk>/", admin_enrolment_edit, name="admin_enrolment_edit"),
    path("administration/inscriptions/<int:pk>/report/", admin_enrolment_carry, name="admin_enrolment_carry"),
]
