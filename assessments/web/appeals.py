"""Appeals: the candidate files, follows and withdraws; an administrator who took no part answers."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import policies
from assessments.domain.appeals import OPEN, AppealEvent
from assessments.models import Appeal, Decision, Role
from assessments.models.appeals import APPEAL_STATE_LABELS
from assessments.selectors import appeals as reads
from assessments.services import appeals
from assessments.services.errors import Denied
from assessments.web.access import Request, get_visible, member, role_required
from assessments.web.administration.forms import carried_out
from assessments.web.administration.frame import Asked
from assessments.web.components import Crumb, FilterField
from assessments.web.outcome_forms import AnswerForm, AppealForm, CorrectionForm, HandlerForm
from assessments.web.ways import way_to
from assessments.web.wording import bloc_name, labelled, line_text, short_name


@require_http_methods(["GET", "POST"])
@role_required(Role.CANDIDATE)
def appeal_new(request: Request, pk: int) -> HttpResponse:
    """Contest the decision on a work of one's own."""
    decision = get_visible(
        reads.decisions_in_sight(request.user).filter(work__enrolment__candidate=request.user), pk=pk
    )
    form = AppealForm(request.POST or None, decision=decision)
    filed = carried_out(form, lambda: appeals.contest(actor=request.user, decision=decision, **form.cleaned_data))
    work = decision.work
    name = short_name(work.assessment)
    way = [*way_to(request.user, work.enrolment), Crumb(name, reverse("web:work", args=[work.pk]))]
    return _filing(request, form, filed, name, way, {"decision": decision})


@require_http_methods(["GET", "POST"])
@role_required(Role.CANDIDATE)
def award_appeal_new(request: Request, pk: int) -> HttpResponse:
    """Contest what a certification jury awarded one."""
    award = get_visible(reads.awards_in_sight(request.user).filter(enrolment__candidate=request.user), pk=pk)
    form = AppealForm(request.POST or None)
    filed = carried_out(form, lambda: appeals.contest_award(actor=request.user, award=award, **form.cleaned_data))
    return _filing(request, form, filed, _award_name(award), way_to(request.user, award.enrolment), {"award": award})


def _filing(
    request: Request, form: AppealForm, filed: Appeal | None, name: str, way: list[Crumb], about: dict[str, Any]
) -> HttpResponse:
    if filed is not None:
        messages.success(request, _("Votre recours est enregistré : suivez-le ici."))
        return redirect("web:appeal", pk=filed.pk)
    context = {
        "page_title": labelled(name, _("former un recours")),
        "crumbs": [*way, Crumb(_("Recours"))],
        "form": form,
        **about,
    }
    return render(request, "web/appeals/new.html", context)


@require_safe
@member
def appeal(request: Request, pk: int) -> HttpResponse:
    found = get_visible(reads.appeals_in_sight(request.user), pk=pk)
    return _shown(request, found)


def _shown(
    request: Request,
    found: Appeal,
    handler_form: HandlerForm | None = None,
    answer_form: AnswerForm | None = None,
) -> HttpResponse:
    own = found.enrolment.candidate_id == request.user.pk
    may_assign = policies.can_administer(request.user) and found.state in OPEN
    may_answer = policies.can_answer(request.user, found)
    about = _contested(found)
    context = {
        "page_title": labelled(_("Recours"), about),
        "crumbs": _crumbs(request, found),
        "appeal": found,
        "about": about,
        "line": line_text(found.line.line) if found.line else "",
        "is_open": found.state in OPEN,
        "own": own,
        "may_withdraw": own and found.state in OPEN,
        "handler_form": handler_form or (HandlerForm(appeal=found) if may_assign else None),
        "answer_form": answer_form or (AnswerForm(appeal=found) if may_answer else None),
        "may_correct": may_answer and found.decision_id is not None,
    }
    return render(request, "web/appeals/appeal.html", context)


def _contested(found: Appeal) -> str:
    return short_name(found.decision.work.assessment) if found.decision else _award_name(found.award)


def _award_name(award: Any) -> str:
    return bloc_name(award.bloc) if award.bloc else str(award.get_scope_display()).capitalize()


def _crumbs(request: Request, found: Appeal) -> list[Crumb]:
    if found.enrolment.candidate_id == request.user.pk:
        return [*way_to(request.user, found.enrolment), Crumb(_("Recours"))]
    return [Crumb(_("Recours"), reverse("web:admin_appeals")), Crumb(str(found.enrolment.candidate))]


@require_POST
@role_required(Role.CANDIDATE)
def appeal_withdraw(request: Request, pk: int) -> HttpResponse:
    mine = Appeal.objects.visible_to(request.user).filter(enrolment__candidate=request.user)
    appeals.withdraw(actor=request.user, appeal=get_visible(mine, pk=pk))
    messages.success(request, _("Votre recours est retiré : la décision reste ce qu’elle était."))
    return redirect("web:appeal", pk=pk)


@require_POST
@role_required(Role.ADMINISTRATOR)
def appeal_assign(request: Request, pk: int) -> HttpResponse:
    found = get_visible(reads.appeals_in_sight(request.user), pk=pk)
    form = HandlerForm(request.POST, appeal=found)
    if carried_out(form, lambda: appeals.assign(actor=request.user, appeal=found, handler=form.chosen())) is None:
        return _shown(request, found, handler_form=form)
    messages.success(request, _("Le recours est confié."))
    return redirect("web:appeal", pk=pk)


@require_POST
@role_required(Role.ADMINISTRATOR)
def appeal_answer(request: Request, pk: int) -> HttpResponse:
    found = get_visible(reads.appeals_in_sight(request.user), pk=pk)
    if not policies.can_answer(request.user, found):
        raise Denied
    form = AnswerForm(request.POST, appeal=found)
    answered = carried_out(
        form,
        lambda: appeals.answer(
            actor=request.user,
            appeal=found,
            event=AppealEvent(form.cleaned_data["event"]),
            answer=form.cleaned_data["answer"],
        ),
    )
    if answered is None:
        return _shown(request, found, answer_form=form)
    messages.success(request, _("La réponse est enregistrée et envoyée au candidat."))
    return redirect("web:appeal", pk=pk)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMINISTRATOR)
def appeal_correct(request: Request, pk: int) -> HttpResponse:
    """Answer an appeal by a decision that replaces the one contested."""
    found = get_visible(reads.appeals_in_sight(request.user), pk=pk)
    if found.decision is None or not policies.can_answer(request.user, found):
        raise Denied
    decision = get_visible(reads.decisions_in_sight(request.user), pk=found.decision_id)
    form = CorrectionForm(request.POST or None, decision=decision, lines=list(reads.decided_lines(decision)))
    corrected: Decision | None = carried_out(
        form,
        lambda: appeals.correct(
            actor=request.user, appeal=found, rulings=form.rulings(), answer=form.cleaned_data["motive"]
        ),
    )
    if corrected is not None:
        messages.success(request, _("La décision est corrigée, et la réponse envoyée au candidat."))
        return redirect("web:appeal", pk=pk)
    context = {
        "page_title": _("Corriger la décision"),
        "crumbs": [*_crumbs(request, found)[:-1], Crumb(_contested(found), reverse("web:appeal", args=[pk]))],
        "decision": decision,
        "appeal": found,
        "form": form,
    }
    return render(request, "web/outcomes/correction.html", context)


@require_safe
@role_required(Role.ADMINISTRATOR)
def admin_appeals(request: Request) -> HttpResponse:
    asked, state = Asked.of(request), request.GET.get("state", "open")
    states = [(code.value, str(label)) for code, label in APPEAL_STATE_LABELS.items()]
    choices = [("open", _("En attente de réponse")), ("", _("Tous")), *states]
    page = reads.appeals_page(request.user, query=asked.query, state=state, sort=asked.sort, page=asked.page)
    context = {
        "page_title": _("Recours"),
        "page": page,
        "rows": [(row, _contested(row)) for row in page],
        "filters": [
            FilterField("q", _("Rechercher un candidat"), value=asked.query),
            FilterField("state", _("État"), choices, state),
        ],
        "sort": asked.sort,
    }
    return render(request, "web/administration/appeals.html", context)


urlpatterns = [
    path("decisions/<int:pk>/recours/", appeal_new, name="appeal_new"),
    path("attributions/<int:pk>/recours/", award_appeal_new, name="award_appeal_new"),
    path("recours/<int:pk>/", appeal, name="appeal"),
    path("recours/<int:pk>/retirer/", appeal_withdraw, name="appeal_withdraw"),
    path("recours/<int:pk>/confier/", appeal_assign, name="appeal_assign"),
    path("recours/<int:pk>/repondre/", appeal_answer, name="appeal_answer"),
    path("recours/<int:pk>/corriger/", appeal_correct, name="appeal_correct"),
    path("administration/recours/", admin_appeals, name="admin_appeals"),
]
