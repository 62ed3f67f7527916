"""What comes of a work: another attempt, giving it up, a passage without decision, a decision corrected."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from assessments import policies
from assessments.domain.passages import PassageEvent
from assessments.models import Decision, Role, Work
from assessments.selectors.appeals import decided_lines, decisions_in_sight
from assessments.selectors.outcomes import passages_in_sight
from assessments.services import corrections, passages, retakes
from assessments.services.errors import Denied
from assessments.web.access import Request, get_visible, role_required
from assessments.web.administration.forms import carried_out
from assessments.web.components import Crumb
from assessments.web.outcome_forms import CorrectionForm, PassageForm
from assessments.web.ways import way_to
from assessments.web.wording import short_name


@require_POST
@role_required(Role.CANDIDATE, Role.ADMINISTRATOR)
def work_again(request: Request, pk: int) -> HttpResponse:
    """Open the next attempt."""
    work = get_visible(Work.objects.visible_to(request.user), pk=pk)
    following = retakes.open_next(actor=request.user, work=work)
    messages.success(request, _("La tentative n° %(number)d est ouverte.") % {"number": following.attempt})
    return redirect("web:work", pk=following.pk)


@require_POST
@role_required(Role.CANDIDATE, Role.ADMINISTRATOR)
def work_withdraw(request: Request, pk: int) -> HttpResponse:
    work = get_visible(Work.objects.visible_to(request.user), pk=pk)
    retakes.withdraw(actor=request.user, work=work, reason=request.POST.get("reason", ""))
    messages.success(request, _("Le travail est retiré. Ce qui a été déposé reste consultable."))
    return redirect("web:work", pk=work.pk)


@require_http_methods(["GET", "POST"])
@role_required(Role.JUROR, Role.ADMINISTRATOR)
def passage_tell(request: Request, pk: int) -> HttpResponse:
    """Say what became of a passage: its president, or an administrator."""
    slot = get_visible(passages_in_sight(request.user), pk=pk)
    if not policies.can_tell_of(request.user, slot):
        raise Denied
    form = PassageForm(request.POST or None, slot=slot)
    told = carried_out(
        form,
        lambda: passages.tell(
            actor=request.user,
            slot=slot,
            event=PassageEvent(form.cleaned_data["event"]),
            reason=form.cleaned_data["reason"],
            proof=form.cleaned_data["proof"],
        ),
    )
    if told is not None:
        messages.success(request, _("C’est enregistré, et le candidat est prévenu."))
        return redirect("web:work", pk=slot.work_id)
    context = {
        "page_title": _("Ce passage n’a pas eu lieu, ou n’est pas fini"),
        "crumbs": _crumbs(request, slot.work, _("Passage")),
        "slot": slot,
        "form": form,
    }
    return render(request, "web/outcomes/passage.html", context)


@require_http_methods(["GET", "POST"])
@role_required(Role.JUROR)
def decision_correct(request: Request, pk: int) -> HttpResponse:
    """Correct a material error: the president of the passage."""
    decision = get_visible(decisions_in_sight(request.user), pk=pk)
    if not policies.can_correct(request.user, decision):
        raise Denied
    form = CorrectionForm(request.POST or None, decision=decision, lines=list(decided_lines(decision)))
    corrected = carried_out(form, lambda: _corrected(request, decision, form))
    if corrected is not None:
        messages.success(request, _("La décision corrigée remplace l’ancienne ; son rapport est en préparation."))
        return redirect("web:work", pk=decision.work_id)
    context = {
        "page_title": _("Corriger la décision"),
        "crumbs": _crumbs(request, decision.work, _("Corriger")),
        "decision": decision,
        "form": form,
    }
    return render(request, "web/outcomes/correction.html", context)


def _corrected(request: Request, decision: Decision, form: CorrectionForm) -> Decision:
    return corrections.correct(
        actor=request.user, decision=decision, rulings=form.rulings(), motive=form.cleaned_data["motive"]
    )


def _crumbs(request: Request, work: Work, here: str) -> list[Crumb]:
    way = way_to(request.user, work.enrolment)
    return [*way, Crumb(short_name(work.assessment), reverse("web:work", args=[work.pk])), Crumb(here)]


urlpatterns = [
    path("travaux/<int:pk>/recommencer/", work_again, name="work_again"),
    path("travaux/<int:pk>/retirer/", work_withdraw, name="work_withdraw"),
    path("passages/<int:pk>/issue/", passage_tell, name="passage_tell"),
    path("decisions/<int:pk>/corriger/", decision_correct, name="decision_correct"),
]
