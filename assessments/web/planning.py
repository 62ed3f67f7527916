"""One's own part of a planning: a juror's hours, anybody's convocations with their calendar files."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.models import Availability, Convocation, Role
from assessments.selectors import planning as reads
from assessments.services import availabilities, convocations
from assessments.web.access import Request, back, get_visible, member, role_required
from assessments.web.administration.forms import carried_out
from assessments.web.administration.planning import tell_clashes
from assessments.web.planning_forms import OwnHoursForm


@require_http_methods(["GET", "POST"])
@role_required(Role.JUROR)
def juror_hours(request: Request) -> HttpResponse:
    form = OwnHoursForm(request.POST or None)
    said = carried_out(form, lambda: availabilities.say(actor=request.user, person=request.user, **form.cleaned_data))
    if said is not None:
        tell_clashes(request, availabilities.clashes(said))
        return redirect("web:juror_hours")
    context = {
        "page_title": _("Mes disponibilités"),
        "rows": reads.own_hours(request.user),
        "convocations": _shown(request),
        "form": form,
    }
    return render(request, "web/planning/hours.html", context)


@require_POST
@member
def hours_remove(request: Request, pk: int) -> HttpResponse:
    said = get_visible(Availability.objects.visible_to(request.user).select_related("person"), pk=pk)
    availabilities.take_back(actor=request.user, said=said)
    return back(request)


@require_safe
@member
def convocations_own(request: Request) -> HttpResponse:
    context = {"page_title": _("Mes convocations"), "convocations": _shown(request)}
    return render(request, "web/planning/convocations.html", context)


@require_safe
@member
def convocation(request: Request, pk: int) -> HttpResponse:
    """The file for a calendar: one's own, or for an administrator anybody's."""
    related = ("person", "convoked_by", "session", "work__assessment__bloc")
    found = get_visible(Convocation.objects.visible_to(request.user).select_related(*related), pk=pk)
    response = HttpResponse(convocations.calendar_of(found), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="convocation-{found.pk}.ics"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _shown(request: Request) -> list[dict[str, Any]]:
    return [convocations.letter_context(row) for row in reads.convocations_of(request.user)]


urlpatterns = [
    path("jury/disponibilites/", juror_hours, name="juror_hours"),
    path("disponibilites/<int:pk>/retirer/", hours_remove, name="hours_remove"),
    path("convocations/", convocations_own, name="convocations"),
    path("convocations/<int:pk>.ics", convocation, name="convocation"),
]
