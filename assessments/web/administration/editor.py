"""The editor of a draft: its tree, the form of the part chosen, and one address for each kind of change."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import push_url, trigger_client_event

from assessments.models import Role
from assessments.services import referentials as services
from assessments.services.referentials import Act
from assessments.web.access import Request, role_required
from assessments.web.administration import editor_parameters
from assessments.web.administration.editor_edition_forms import NewEditionForm, PartForm
from assessments.web.administration.editor_forms import OF_THE_EDITION, form_of
from assessments.web.administration.editor_shown import Asked, editor_context, panel_context
from assessments.web.administration.editor_words import KINDS, refusal_sentence
from assessments.web.administration.frame import referential_crumbs
from certification.edges import whole_number
from certification.referentials import editing
from certification.referentials.catalogue import known_checks
from certification.referentials.drafts import Draft, EditionChanged, NothingToUndo
from certification.referentials.editing import Operation, Refusal
from certification.referentials.errors import EditionFrozen, EditionInUse, InvalidTree
from certification.referentials.models import Referential
from certification.referentials.places import ROOT, UnknownPlace
from certification.referentials.tree import edition_tree

_Refused = (Refusal, EditionChanged, EditionFrozen, EditionInUse, NothingToUndo)


@require_safe
@role_required(Role.ADMINISTRATOR)
def admin_editor(request: Request, pk: int) -> HttpResponse:
    referential = get_object_or_404(Referential.objects.with_content(), pk=pk)
    if referential.is_frozen:
        return _frozen(request, referential)
    return _page(request, referential, Asked.of(request.GET))


@require_safe
@role_required(Role.ADMINISTRATOR)
def admin_editor_node(request: Request, pk: int) -> HttpResponse:
    """The form of one part, alone when a script asks for it."""
    referential = get_object_or_404(Referential.objects.with_content(), pk=pk)
    if referential.is_frozen:
        return _frozen(request, referential)
    asked = Asked.of(request.GET)
    if not request.htmx:
        return _page(request, referential, asked)
    context = panel_context(referential, edition_tree(referential), asked)
    response = render(request, "web/administration/_editor_panel.html", context)
    return push_url(response, _address(pk, asked.path, asked.query))


@require_POST
@role_required(Role.ADMINISTRATOR)
def admin_editor_save(request: Request, pk: int) -> HttpResponse:
    referential, asked = get_object_or_404(Referential.objects.with_content(), pk=pk), Asked.of(request.POST)
    if referential.is_frozen:
        return _refused(request, referential, asked, EditionFrozen())
    try:
        form = form_of(edition_tree(referential), asked.path, known_checks(), request.POST)
    except UnknownPlace:
        return _refused(request, referential, asked, Refusal("path"))
    if not form.is_valid():
        return _shown(request, referential, asked, form)
    section = ROOT if asked.path in OF_THE_EDITION else asked.path
    try:
        operation = editing.edit(section, form.values())
        _carry_out(request, referential, asked, operation, "saved")
    except Refusal as refusal:
        form.refuse(refusal)
        return _shown(request, referential, asked, form)
    except EditionChanged as changed:
        form.add_error(None, _sentence(changed))
        return _shown(request, referential, asked, form)
    except _Refused as refused:
        return _refused(request, referential, asked, refused)
    return _done(request, referential, asked, asked.path, _("Enregistré."))


@require_POST
@role_required(Role.ADMINISTRATOR)
def admin_editor_add(request: Request, pk: int) -> HttpResponse:
    asked = Asked.of(request.POST)
    kind, rank, check = (request.POST.get(name, "") for name in ("kind", "rank", "check"))
    values: dict[str, Any] = {}
    if kind == "checks":
        schema = known_checks().get(check, {})
        values = {"code": check, "params": editor_parameters.required_parameters(schema)}
    operation = editing.add(asked.path, kind, values, whole_number(rank, largest=99_999))
    said = _("Ajouté : %(kind)s.") % {"kind": KINDS[kind].label} if kind in KINDS else ""
    return _changed(request, pk, asked, operation, "added", said)


@require_POST
@role_required(Role.ADMINISTRATOR)
def admin_editor_move(request: Request, pk: int) -> HttpResponse:
    asked, other = Asked.of(request.POST), request.POST.get("other", "")
    moves = {
        "up": editing.move_up(asked.path),
        "down": editing.move_down(asked.path),
        "into": editing.move(asked.path, other),
        "before": editing.move_beside(asked.path, other, after=False),
        "after": editing.move_beside(asked.path, other, after=True),
    }
    operation = moves.get(request.POST.get("to", ""))
    if operation is None:
        return _refused(request, get_object_or_404(Referential, pk=pk), asked, Refusal("kind"))
    return _changed(request, pk, asked, operation, "moved", _("Déplacé."))


@require_POST
@role_required(Role.ADMINISTRATOR)
def admin_editor_delete(request: Request, pk: int) -> HttpResponse:
    asked = Asked.of(request.POST)
    said = _("Supprimé. « Annuler » le remet en place.")
    return _changed(request, pk, asked, editing.delete(asked.path), "deleted", said)


@require_POST
@role_required(Role.ADMINISTRATOR)
def admin_editor_undo(request: Request, pk: int) -> HttpResponse:
    referential, asked = get_object_or_404(Referential, pk=pk), Asked.of(request.POST)
    try:
        draft = services.undo(actor=request.user, referential=referential, version=asked.version)
    except _Refused as refused:
        return _refused(request, referential, asked, refused)
    return _done(request, referential, asked, draft.path, _("La dernière modification est annulée."))


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.ADMINISTRATOR)
def admin_editor_new(request: Request) -> HttpResponse:
    form = NewEditionForm(request.POST or None)
    if form.is_valid():
        try:
            referential = services.start_empty(actor=request.user, **form.cleaned_data)
        except InvalidTree as invalid:
            for problem in invalid.problems:
                form.add_error(problem.path if problem.path in form.fields else None, str(problem.message))
        else:
            messages.success(request, _("Le brouillon est prêt : ajoutez-y ses blocs."))
            return redirect("web:admin_editor", referential.pk)
    crumbs = referential_crumbs(_("Nouveau"))
    context = {"page_title": _("Nouveau référentiel vide"), "crumbs": crumbs, "form": form}
    return render(request, "web/administration/editor_new.html", context)


def _changed(request: Request, pk: int, asked: Asked, operation: Operation, act: Act, said: str) -> HttpResponse:
    """Apply an operation and show where it leads."""
    referential = get_object_or_404(Referential, pk=pk)
    try:
        draft = _carry_out(request, referential, asked, operation, act)
    except _Refused as refused:
        return _refused(request, referential, asked, refused)
    return _done(request, referential, asked, draft.path, said)


def _carry_out(request: Request, referential: Referential, asked: Asked, operation: Operation, act: Act) -> Draft:
    return services.change(
        actor=request.user,
        referential=referential,
        version=asked.version,
        operation=operation,
        act=act,
        looked_at=asked.path,
    )


def _done(request: Request, referential: Referential, asked: Asked, at: str, said: str) -> HttpResponse:
    if not request.htmx:
        messages.success(request, said)
        return redirect(_address(referential.pk, at, asked.query))
    response = _shown(request, referential, Asked(at, "", asked.query))
    push_url(response, _address(referential.pk, at, asked.query))
    return trigger_client_event(response, "toast", {"text": said, "tone": "met"})


def _refused(request: Request, referential: Referential, asked: Asked, refused: Exception) -> HttpResponse:
    """Say why nothing has changed, on the editor as it now stands."""
    sentence = _sentence(refused)
    if isinstance(refused, EditionFrozen) or not request.htmx:
        messages.error(request, sentence)
        address = _address(referential.pk, asked.path, asked.query)
        if not request.htmx:
            return redirect(address)
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    response = _shown(request, referential, asked)
    return trigger_client_event(response, "toast", {"text": sentence, "tone": "not-met"})


def _sentence(refused: Exception) -> str:
    if isinstance(refused, Refusal):
        return refusal_sentence(refused)
    sentences: dict[type[Exception], str] = {
        EditionChanged: _("Le brouillon a changé entre-temps. Relisez-le, puis recommencez."),
        EditionFrozen: _("Cette édition est publiée : elle ne change plus."),
        EditionInUse: _("Ce brouillon est déjà utilisé par un travail : donnez une nouvelle édition."),
        NothingToUndo: _("Il n’y a plus rien à annuler."),
    }
    return sentences[type(refused)]


def _shown(request: Request, referential: Referential, asked: Asked, form: PartForm | None = None) -> HttpResponse:
    """The editor as it now stands, whole or as the fragment that a script asked for."""
    fresh = Referential.objects.with_content().get(pk=referential.pk)
    if not request.htmx:
        return _page(request, fresh, asked, form)
    context = editor_context(fresh, edition_tree(fresh), asked, form)
    return render(request, "web/administration/_editor.html", context)


def _page(request: Request, referential: Referential, asked: Asked, form: PartForm | None = None) -> HttpResponse:
    context = {
        "page_title": _("Modifier « %(title)s »") % {"title": referential.title or referential.certification.title},
        "crumbs": referential_crumbs(_("Modifier"), referential),
        **editor_context(referential, edition_tree(referential), asked, form),
    }
    return render(request, "web/administration/editor.html", context)


def _frozen(request: Request, referential: Referential) -> HttpResponse:
    """A published edition: what can be done instead."""
    context = {
        "page_title": _("Cette édition ne change plus"),
        "crumbs": referential_crumbs(_("Modifier"), referential),
        "referential": referential,
        "new_url": reverse("web:admin_edition_new", args=[referential.pk]),
    }
    return render(request, "web/administration/editor_frozen.html", context, status=409)


def _address(pk: int, at: str, query: str) -> str:
    asked = {name: value for name, value in (("element", at), ("q", query)) if value}
    address = reverse("web:admin_editor", args=[pk])
    return f"{address}?{urlencode(asked)}" if asked else address


urlpatterns = [
    path("administration/referentiels/nouveau/", admin_editor_new, name="admin_editor_new"),
    path("administration/referentiels/<int:pk>/editeur/", admin_editor, name="admin_editor"),
    path("administration/referentiels/<int:pk>/editeur/element/", admin_editor_node, name="admin_editor_node"),
    path("administration/referentiels/<int:pk>/editeur/enregistrer/", admin_editor_save, name="admin_editor_save"),
    path("administration/referentiels/<int:pk>/editeur/ajouter/", admin_editor_add, name="admin_editor_add"),
    path("administration/referentiels/<int:pk>/editeur/deplacer/", admin_editor_move, name="admin_editor_move"),
    path("administration/referentiels/<int:pk>/editeur/supprimer/", admin_editor_delete, name="admin_editor_delete"),
    path("administration/referentiels/<int:pk>/editeur/annuler/", admin_editor_undo, name="admin_editor_undo"),
]
