"""Plans that are proposed: asked for, read on a board, adjusted by hand, repaired, accepted, dropped."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.domain.planning import Fault, Plan
from assessments.models import PlanDraft, Role, Room, User
from assessments.models.planning import PlanState
from assessments.selectors import planning as reads
from assessments.services.planning import drafts
from assessments.web.access import Request, get_visible, role_required
from assessments.web.administration.forms import carried_out
from assessments.web.administration.frame import refreshed, session_crumbs, session_seen
from assessments.web.administration.planning_forms import PlanForm, PlanMoveForm, ReseatForm
from assessments.web.plan_words import FAULTS


def _draft(request: Request, pk: int) -> PlanDraft:
    return get_visible(PlanDraft.objects.visible_to(request.user).select_related("session"), pk=pk)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMINISTRATOR)
def admin_plan_new(request: Request, pk: int) -> HttpResponse:
    session = session_seen(request, pk)
    form = PlanForm(request.POST or None, session=session)
    draft = carried_out(form, lambda: drafts.ask(actor=request.user, session=session, **form.asked()))
    if draft is not None:
        return redirect("web:admin_plan", draft.pk)
    context = {
        "page_title": _("Proposer un plan"),
        "crumbs": session_crumbs(session, _("Nouveau plan")),
        "session": session,
        "to_plan": reads.works_to_plan(session).count(),
        "form": form,
    }
    return render(request, "web/administration/plan_new.html", context)


@require_safe
@role_required(Role.ADMINISTRATOR)
def admin_plan(request: Request, pk: int) -> HttpResponse:
    draft = _draft(request, pk)
    working = draft.state in (PlanState.ASKED, PlanState.ACCEPTED)
    if request.htmx and not working:
        return refreshed()
    plan = Plan.from_json(draft.result)
    found = drafts.faults(draft) if draft.state == PlanState.READY else []
    titles = reads.titles_of(plan.unplaced)
    context = {
        **_frame(draft, _("Plan proposé")),
        "plan": plan,
        "days": reads.plan_board(plan, _in_words(found)),
        "faults": len(found),
        "passages": sum(len(panel.heard) for panel in plan.panels),
        "unplaced": [(key, *titles.get(key, ("", ""))) for key in plan.unplaced],
        "working": working,
    }
    return render(request, "web/administration/plan.html", context)


def _frame(draft: PlanDraft, title: str) -> dict[str, Any]:
    return {
        "page_title": title,
        "crumbs": session_crumbs(draft.session, title),
        "session": draft.session,
        "draft": draft,
    }


def _in_words(found: Iterable[Fault]) -> Mapping[tuple[int, int], Sequence[str]]:
    """By panel and work, what is wrong there, with the names of who is concerned."""
    found = list(found)
    keys = {fault.about["person"] for fault in found if "person" in fault.about}
    names = dict(User.objects.filter(pk__in=keys).values_list("pk", "full_name"))
    said: dict[tuple[int, int], list[str]] = defaultdict(list)
    for fault in found:
        words = str(FAULTS[fault.code]) % {"person": names.get(fault.about.get("person", 0), "")}
        said[fault.about.get("panel", 0), fault.about.get("work", 0)].append(words)
    return said


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMINISTRATOR)
def admin_plan_move(request: Request, pk: int, work: int) -> HttpResponse:
    draft = _draft(request, pk)
    plan = Plan.from_json(draft.result)
    rooms = dict(Room.objects.visible_to(request.user).values_list("pk", "name"))
    here = next(
        (
            {"panel": number, "starts": reads.clock(each.starts)}
            for number, panel in enumerate(plan.panels)
            for each in panel.heard
            if each.work == work
        ),
        {},
    )
    form = PlanMoveForm(request.POST or None, plan=plan, rooms=rooms, initial=here)

    def move() -> PlanDraft:
        panel = form.cleaned_data["panel"]
        return drafts.move(actor=request.user, draft=draft, work=work, panel=panel, starts=form.minutes())

    if carried_out(form, move) is not None:
        return redirect("web:admin_plan", draft.pk)
    name, title = reads.titles_of([work]).get(work, ("", ""))
    context = {**_frame(draft, _("Déplacer %(name)s") % {"name": name}), "form": form, "lead": title}
    return render(request, "web/administration/plan_adjust.html", context)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMINISTRATOR)
def admin_plan_reseat(request: Request, pk: int, panel: int) -> HttpResponse:
    draft = _draft(request, pk)
    panels = Plan.from_json(draft.result).panels
    jurors = list(panels[panel].jurors) if panel < len(panels) else []
    form = ReseatForm(request.POST or None, initial={"jurors": jurors})

    def reseat() -> PlanDraft:
        return drafts.reseat(actor=request.user, draft=draft, panel=panel, jurors=list(form.cleaned_data["jurors"]))

    if carried_out(form, reseat) is not None:
        return redirect("web:admin_plan", draft.pk)
    context = {**_frame(draft, _("Changer les jurés")), "form": form, "lead": ""}
    return render(request, "web/administration/plan_adjust.html", context)


@require_POST
@role_required(Role.ADMINISTRATOR)
def admin_plan_accept(request: Request, pk: int) -> HttpResponse:
    draft = drafts.accept(actor=request.user, draft=_draft(request, pk))
    return redirect("web:admin_plan", draft.pk)


@require_POST
@role_required(Role.ADMINISTRATOR)
def admin_plan_repair(request: Request, pk: int) -> HttpResponse:
    draft = drafts.repair(actor=request.user, draft=_draft(request, pk))
    messages.success(request, _("Un plan qui change le moins possible est en préparation."))
    return redirect("web:admin_plan", draft.pk)


@require_POST
@role_required(Role.ADMINISTRATOR)
def admin_plan_drop(request: Request, pk: int) -> HttpResponse:
    draft = _draft(request, pk)
    drafts.drop(actor=request.user, draft=draft)
    messages.success(request, _("Le plan est abandonné : rien n’avait été publié."))
    return redirect("web:admin_planning", draft.session_id)


urlpatterns = [
    path("administration/sessions/<int:pk>/plans/nouveau/", admin_plan_new, name="admin_plan_new"),
    path("administration/plans/<int:pk>/", admin_plan, name="admin_plan"),
    path("administration/plans/<int:pk>/travaux/<int:work>/", admin_plan_move, name="admin_plan_move"),
    path("administration/plans/<int:pk>/jurys/<int:panel>/", admin_plan_reseat, name="admin_plan_reseat"),
    path("administration/plans/<int:pk>/publier/", admin_plan_accept, name="admin_plan_accept"),
    path("administration/plans/<int:pk>/reparer/", admin_plan_repair, name="admin_plan_repair"),
    path("administration/plans/<int:pk>/abandonner/", admin_plan_drop, name="admin_plan_drop"),
]
