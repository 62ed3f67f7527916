"""Automatic evaluations: the ledger as it moves, one run in detail, running one again."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from assessments.models import EvaluationRun, Role
from assessments.selectors.administration import runs as reads
from assessments.selectors.flags import open_flags
from assessments.services import runs as services
from assessments.web.access import Request, get_visible, role_required
from assessments.web.administration.frame import Asked, language
from assessments.web.administration.incidents import incidents_shown
from assessments.web.components import Crumb, FilterField, StatTile
from assessments.web.looks import RUN_STATES


@require_safe
@role_required(Role.ADMINISTRATOR)
def admin_runs(request: Request) -> HttpResponse:
    asked = Asked.of(request)
    status, session = request.GET.get("status", ""), request.GET.get("session", "")
    statuses = [("", _("Tous")), *((code, str(look.label)) for code, look in RUN_STATES.items())]
    readiness = reads.readiness()
    context = {
        "page_title": _("Évaluations automatiques"),
        "page": reads.runs_page(
            request.user,
            language(),
            query=asked.query,
            status=status,
            session=session,
            sort=asked.sort,
            page=asked.page,
        ),
        "readiness": readiness,
        "tiles": _tiles(readiness),
        "incidents": incidents_shown(request.user),
        "open_flags": open_flags(request.user),
        "refresh_seconds": 3 if readiness.running or readiness.waiting else 15,
        "filters": [
            FilterField("q", _("Rechercher un candidat"), value=asked.query),
            FilterField("status", _("État"), statuses, status),
            FilterField("session", _("Session"), [("", _("Toutes")), *reads.session_choices(request.user)], session),
        ],
        "sort": asked.sort,
    }
    return render(request, "web/administration/runs.html", context)


def _tiles(readiness: reads.Readiness) -> list[StatTile]:
    address = reverse("web:admin_runs")
    return [
        StatTile(_("En cours"), str(readiness.running), "", "run", "accent", f"{address}?status=running"),
        StatTile(_("En attente"), str(readiness.waiting), "", "pending", "neutral", f"{address}?status=queued"),
        StatTile(
            _("Abandonnées de notre fait"),
            str(readiness.dead),
            _("à relancer une fois la cause levée") if readiness.dead else "",
            "platform",
            "platform" if readiness.dead else "neutral",
            f"{address}?status=dead",
        ),
    ]


@require_safe
@role_required(Role.ADMINISTRATOR)
def admin_run(request: Request, pk: int) -> HttpResponse:
    run = get_visible(EvaluationRun.objects.visible_to(request.user), pk=pk)
    detail = reads.run_detail(run, request.user, language())
    context = {
        "page_title": _("Évaluation n° %d") % run.pk,
        "crumbs": [
            Crumb(_("Évaluations automatiques"), reverse("web:admin_runs")),
            Crumb(_("n° %d") % run.pk),
        ],
        "run": detail,
        "row": detail.row,
    }
    return render(request, "web/administration/run.html", context)


@require_POST
@role_required(Role.ADMINISTRATOR)
def admin_run_again(request: Request, pk: int) -> HttpResponse:
    run = get_visible(EvaluationRun.objects.visible_to(request.user).select_related("submission"), pk=pk)
    queued = services.enqueue(submission=run.submission, actor=request.user, reason=request.POST.get("reason", ""))
    messages.success(request, _("L’évaluation est relancée ; les résultats déjà obtenus sont gardés."))
    return redirect("web:admin_run", queued.pk)


urlpatterns = [
    path("administration/evaluations/", admin_runs, name="admin_runs"),
    path("administration/evaluations/<int:pk>/", admin_run, name="admin_run"),
    path("administration/evaluations/<int:pk>/relancer/", admin_run_again, name="admin_run_again"),
]
