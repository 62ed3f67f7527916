"""Where jurors' private notes and the president's rulings are saved as they are typed."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from assessments.models import Line, Role, Slot
from assessments.selectors.jury import juror_slots, own_ballots
from assessments.services import jottings
from assessments.web.access import Request, get_visible, role_required
from assessments.web.assessing import line_at
from assessments.web.writing import ON, Writing, base_of


@require_POST
@role_required(Role.JUROR)
def ballot_note(request: Request, pk: int, line: str) -> HttpResponse:
    found = get_visible(own_ballots(request.user), pk=pk)
    about = line_at(line)

    def save() -> object:
        return jottings.save_note(
            actor=request.user,
            ballot=found,
            line=about,
            flagged=request.POST.get(f"flagged-{line}") == ON,
            text=request.POST.get(f"text-{line}", ""),
            base=base_of(request),
        )

    writing = Writing(page=reverse("web:ballot", kwargs={"pk": found.slot_id}), words=lambda: {ON: _("À revoir")})
    return writing.keep(request, save, line, f"-{line}")


def _writing(slot: Slot) -> Writing:
    return Writing(
        page=reverse("web:deliberation", kwargs={"pk": slot.pk}),
        closed=lambda: _("La décision est enregistrée : plus rien ne change ici.") if slot.decisions.exists() else "",
    )


@require_POST
@role_required(Role.JUROR)
def ruling_draft(request: Request, pk: int, line: str) -> HttpResponse:
    slot = get_visible(juror_slots(request.user), pk=pk)

    def save(about: Line, level: str, comment: str) -> object:
        return jottings.save_ruling(
            actor=request.user, slot=slot, line=about, level=level, comment=comment, base=base_of(request)
        )

    return _writing(slot).keep_line(request, line, save)


@require_POST
@role_required(Role.JUROR)
def motive_draft(request: Request, pk: int) -> HttpResponse:
    slot = get_visible(juror_slots(request.user), pk=pk)
    motive = request.POST.get("motive", "")
    return _writing(slot).keep(
        request,
        lambda: jottings.save_motive(actor=request.user, slot=slot, motive=motive, base=base_of(request)),
        "decision",
    )


urlpatterns = [
    path("jury/bulletins/<int:pk>/lignes/<slug:line>/note/", ballot_note, name="ballot_note"),
    path("jury/passages/<int:pk>/deliberation/lignes/<slug:line>/", ruling_draft, name="ruling_draft"),
    path("jury/passages/<int:pk>/deliberation/motivation/", motive_draft, name="motive_draft"),
]
