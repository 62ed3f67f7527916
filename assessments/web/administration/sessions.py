"""Sessions: the list, one session with its tabs, opening and changing one."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assessments.models import Role
from assessments.models.works import WORK_STATE_LABELS
from assessments.selectors.administration import session as reads
from assessments.selectors.administration import sessions as lists
from assessments.services import sessions as services
from assessments.web.access import Request, role_required
from assessments.web.administration import marks
from assessments.web.administration.forms import SessionForm, carried_out
from assessments.web.administration.frame import Asked, session_crumbs, session_frame, session_seen
from assessments.web.components import FilterField


@require_safe
@role_required(Role.ADMINISTRATOR)
def admin_sessions(request: Request) -> HttpResponse:
    asked, when = Asked.of(request), request.GET.get("when", "")
    choices = [("", _("Toutes")), ("current", _("En cours")), ("upcoming", _("À venir")), ("past", _("Passées"))]
    context = {
        "page_title": _("Sessions"),
        "page": lists.sessions_page(request.user, query=asked.query, when=when, sort=asked.sort, page=asked.page),
        "filters": [
            FilterField("q", _("Rechercher une session"), value=asked.query),
            FilterField("when", _("Période"), choices, when),
        ],
        "sort": asked.sort,
    }
    return render(request, "web/administration/sessions.html", context)


@require_safe
@role_required(Role.ADMINISTRATOR)
def admin_session(request: Request, pk: int) -> HttpResponse:
    session = session_seen(request, pk)
    asked, mentor = Asked.of(request), request.GET.get("mentor", "")
    page = reads.enrolments_page(
        session, request.user, query=asked.query, mentor=mentor, sort=asked.sort, page=asked.page
    )
    choices = [("", _("Tous")), ("none", _("Sans mentor")), *reads.mentors_of(session)]
    context = {
        **session_frame(request, session, "enrolments"),
        "page": page,
        "rows": [(row, marks.of_blocs(row.blocs)) for row in page],
        "legend": marks.legend(),
        "filters": [
            FilterField("q", _("Rechercher un candidat"), value=asked.query),
            FilterField("mentor", _("Mentor"), choices, mentor),
        ],
        "sort": asked.sort,
    }
    return render(request, "web/administration/session_enrolments.html", context)


@require_safe
@role_required(Role.ADMINISTRATOR)
def admin_session_works(request: Request, pk: int) -> HttpResponse:
    session = session_seen(request, pk)
    asked, state = Asked.of(request), request.GET.get("state", "")
    choices = [("", _("Tous"))] + [(code.value, str(label)) for code, label in WORK_STATE_LABELS.items()]
    context = {
        **session_frame(request, session, "works"),
        "page": reads.works_page(
            session, request.user, query=asked.query, state=state, sort=asked.sort, page=asked.page
        ),
        "filters": [
            FilterField("q", _("Rechercher un candidat"), value=asked.query),
            FilterField("state", _("État"), choices, state),
        ],
        "sort": asked.sort,
    }
    return render(request, "web/administration/session_works.html", context)


@require_safe
@role_required(Role.ADMINISTRATOR)
def admin_session_juries(request: Request, pk: int) -> HttpResponse:
    session = session_seen(request, pk)
    context = {
        **session_frame(request, session, "sittings"),
        "page": reads.sittings_page(session, request.user, page=Asked.of(request).page),
    }
    return render(request, "web/administration/session_juries.html", context)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMINISTRATOR)
def admin_session_new(request: Request) -> HttpResponse:
    form = SessionForm(request.POST or None)
    session = carried_out(form, lambda: services.create(actor=request.user, **form.cleaned_data))
    if session is not None:
        messages.success(request, _("La session est ouverte : inscrivez-y les candidats."))
        return redirect("web:admin_session", session.pk)
    context = {
        "page_title": _("Ouvrir une session"),
        "crumbs": session_crumbs(here=_("Nouvelle")),
        "form": form,
        "unmapped": form.cleaned_data["referential"] if form.has_error(NON_FIELD_ERRORS, "session.unmapped") else None,
    }
    return render(request, "web/administration/session_form.html", context)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMINISTRATOR)
def admin_session_edit(request: Request, pk: int) -> HttpResponse:
    session = session_seen(request, pk)
    form = SessionForm(request.POST or None, session=session)
    edited = carried_out(form, lambda: services.edit(actor=request.user, session=session, **form.cleaned_data))
    if edited is not None:
        messages.success(request, _("La session est modifiée."))
        return redirect("web:admin_session", session.pk)
    context = {
        "page_title": _("Modifier la session"),
        "crumbs": session_crumbs(session, _("Modifier")),
        "form": form,
        "session": session,
    }
    return render(request, "web/administration/session_form.html", context)


urlpatterns = [
    path("administration/sessions/", admin_sessions, name="admin_sessions"),
    path("administration/sessions/nouvelle/", admin_session_new, name="admin_session_new"),
    path("administration/sessions/<int:pk>/", admin_session, name="admin_session"),
    path("administration/sessions/<int:pk>/travaux/", admin_session_works, name="admin_session_works"),
    path("administration/sessions/<int:pk>/jurys/", admin_session_juries, name="admin_session_juries"),
    path("administration/sessions/<int:pk>/modifier/", admin_session_edit, name="admin_session_edit"),
]
