"""People: the list, opening an account, changing one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.models import Role, User
from assessments.selectors.administration import people as reads
from assessments.selectors.factors import has_factor
from assessments.services import people as services
from assessments.web.access import Request, role_required
from assessments.web.administration.forms import PersonEditForm, PersonForm, carried_out
from assessments.web.administration.frame import Asked
from assessments.web.components import Crumb, FilterField


@require_safe
@role_required(Role.ADMINISTRATOR)
def admin_people(request: Request) -> HttpResponse:
    asked = Asked.of(request)
    role, active = request.GET.get("role", ""), request.GET.get("active", "")
    roles = [("", _("Tous")), *((code, str(label).capitalize()) for code, label in Role.choices)]
    accounts = [("", _("Tous")), ("yes", _("Ouverts")), ("no", _("Fermés")), ("awaited", _("Pas encore venus"))]
    context = {
        "page_title": _("Personnes"),
        "page": reads.people_page(query=asked.query, role=role, active=active, sort=asked.sort, page=asked.page),
        "filters": [
            FilterField("q", _("Rechercher un nom ou une adresse"), value=asked.query),
            FilterField("role", _("Rôle"), roles, role),
            FilterField("active", _("Comptes"), accounts, active),
        ],
        "sort": asked.sort,
    }
    return render(request, "web/administration/people.html", context)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMINISTRATOR)
def admin_person_new(request: Request) -> HttpResponse:
    form = PersonForm(request.POST or None)
    person = carried_out(form, lambda: services.invite(actor=request.user, **form.cleaned_data))
    if person is not None:
        messages.success(request, _("Le compte est ouvert ; un message d’accueil part à %s.") % person.email)
        return redirect("web:admin_people")
    context = {"page_title": _("Inviter une personne"), "crumbs": _crumbs(_("Nouvelle")), "form": form}
    return render(request, "web/administration/person_form.html", context)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMINISTRATOR)
def admin_person_edit(request: Request, pk: int) -> HttpResponse:
    person = get_object_or_404(User, pk=pk)
    initial = {
        "full_name": person.full_name,
        "email": person.email,
        "roles": person.roles,
        "active": person.is_active,
    }
    form = PersonEditForm(request.POST or None, initial=initial)
    edited = carried_out(form, lambda: services.edit(actor=request.user, person=person, **form.cleaned_data))
    if edited is not None:
        messages.success(request, _("Le compte de %s est modifié.") % edited.full_name)
        return redirect("web:admin_people")
    context = {
        "page_title": person.full_name,
        "crumbs": _crumbs(person.full_name),
        "form": form,
        "person": person,
        "awaited": reads.awaited(person),
        "factor": person != request.user and has_factor(person),
    }
    return render(request, "web/administration/person_form.html", context)


@require_POST
@role_required(Role.ADMINISTRATOR)
def admin_person_invite(request: Request, pk: int) -> HttpResponse:
    """Send another invitation to who has not come yet."""
    person = get_object_or_404(User, pk=pk)
    services.invite_again(actor=request.user, person=person)
    messages.success(request, _("Une nouvelle invitation part à %s ; l’ancienne ne sert plus.") % person.email)
    return redirect("web:admin_person_edit", person.pk)


def _crumbs(here: str) -> list[Crumb]:
    return [Crumb(_("Personnes"), reverse("web:admin_people")), Crumb(here)]


urlpatterns = [
    path("administration/personnes/", admin_people, name="admin_people"),
    path("administration/personnes/nouvelle/", admin_person_new, name="admin_person_new"),
    path("administration/personnes/<int:pk>/", admin_person_edit, name="admin_person_edit"),
    path("administration/personnes/<int:pk>/inviter/", admin_person_invite, name="admin_person_invite"),
]
