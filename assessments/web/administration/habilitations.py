"""Habilitations of jurors, employers, and the rules of composition of a session."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assessments.models import Habilitation, JuryProfile, Role, User
from assessments.selectors.administration import juries as reads
from assessments.services import composition, habilitations
from assessments.web.access import Request, role_required
from assessments.web.administration.forms import carried_out
from assessments.web.administration.frame import Asked, session_crumbs, session_seen
from assessments.web.administration.jury_forms import HabilitationEndForm, HabilitationForm, ProfileForm, RuleForm
from assessments.web.components import Crumb, FilterField


def _crumbs(here: str) -> list[Crumb]:
    return [Crumb(_("Habilitations"), reverse("web:admin_habilitations")), Crumb(here)]


@require_safe
@role_required(Role.ADMINISTRATOR)
def admin_habilitations(request: Request) -> HttpResponse:
    asked, holds = Asked.of(request), request.GET.get("holds", "")
    states = [("", _("Toutes")), ("now", _("Valables aujourd’hui")), ("ended", _("Échues"))]
    context = {
        "page_title": _("Habilitations"),
        "crumbs": [Crumb(_("Personnes"), reverse("web:admin_people")), Crumb(_("Habilitations"))],
        "page": reads.habilitations_page(query=asked.query, holds=holds, sort=asked.sort, page=asked.page),
        "filters": [
            FilterField("q", _("Rechercher une personne ou une certification"), value=asked.query),
            FilterField("holds", _("Validité"), states, holds),
        ],
        "sort": asked.sort,
    }
    return render(request, "web/administration/habilitations.html", context)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMINISTRATOR)
def admin_habilitation_new(request: Request) -> HttpResponse:
    form = HabilitationForm(request.POST or None, initial={"user": request.GET.get("user")})
    if carried_out(form, lambda: habilitations.grant(actor=request.user, **form.cleaned_data)) is not None:
        messages.success(request, _("L’habilitation est enregistrée."))
        return redirect("web:admin_habilitations")
    context = {"page_title": _("Habiliter un juré"), "crumbs": _crumbs(_("Nouvelle")), "form": form}
    return render(request, "web/administration/simple_form.html", context)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMINISTRATOR)
def admin_habilitation_end(request: Request, pk: int) -> HttpResponse:
    found = get_object_or_404(Habilitation.objects.select_related("user", "certification"), pk=pk)
    form = HabilitationEndForm(request.POST or None)
    ended = carried_out(form, lambda: habilitations.end(actor=request.user, habilitation=found, **form.cleaned_data))
    if ended is not None:
        messages.success(request, _("L’habilitation a un dernier jour."))
        return redirect("web:admin_habilitations")
    context = {
        "page_title": _("Mettre fin à une habilitation"),
        "lead": str(found),
        "crumbs": _crumbs(_("Fin")),
        "form": form,
    }
    return render(request, "web/administration/simple_form.html", context)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMINISTRATOR)
def admin_person_profile(request: Request, pk: int) -> HttpResponse:
    person = get_object_or_404(User, pk=pk)
    known = JuryProfile.objects.filter(user=person).select_related("employer").first()
    initial = {"employer": str(known.employer or ""), "sex": known.sex} if known else {}
    form = ProfileForm(request.POST or None, initial=initial)
    if carried_out(form, lambda: habilitations.describe(actor=request.user, person=person, **form.cleaned_data)):
        messages.success(request, _("La situation de %s est enregistrée.") % person.full_name)
        return redirect("web:admin_person_edit", pk)
    crumbs = [
        Crumb(_("Personnes"), reverse("web:admin_people")),
        Crumb(person.full_name, reverse("web:admin_person_edit", args=[pk])),
        Crumb(_("Situation")),
    ]
    context = {"page_title": _("Situation pour les jurys"), "lead": person.full_name, "crumbs": crumbs, "form": form}
    return render(request, "web/administration/simple_form.html", context)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMINISTRATOR)
def admin_rules(request: Request, pk: int) -> HttpResponse:
    session = session_seen(request, pk)
    form = RuleForm(request.POST or None)
    if carried_out(form, lambda: composition.rule(actor=request.user, session=session, **form.cleaned_data)):
        messages.success(request, _("La règle est enregistrée ; les jurys déjà composés gardent leurs membres."))
        return redirect("web:admin_rules", pk)
    context = {
        "page_title": _("Règles de composition des jurys"),
        "crumbs": session_crumbs(session, _("Règles des jurys")),
        "session": session,
        "page": reads.rules_page(session),
        "form": form,
    }
    return render(request, "web/administration/rules.html", context)


urlpatterns = [
    path("administration/habilitations/", admin_habilitations, name="admin_habilitations"),
    path("administration/habilitations/nouvelle/", admin_habilitation_new, name="admin_habilitation_new"),
    path("administration/habilitations/<int:pk>/fin/", admin_habilitation_end, name="admin_habilitation_end"),
    path("administration/personnes/<int:pk>/situation/", admin_person_profile, name="admin_person_profile"),
    path("administration/sessions/<int:pk>/regles-des-jurys/", admin_rules, name="admin_rules"),
]
