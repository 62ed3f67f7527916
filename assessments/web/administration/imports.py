"""Bringing in a référentiel: the file, what was understood of it, the corrections, then a draft or nothing."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from assessments.models import ReferentialImport, Role
from assessments.models.imports import ImportState
from assessments.selectors.administration.imports import PASTED, import_shown, reading_shown, waiting_imports
from assessments.services import imports as services
from assessments.services.errors import Refused
from assessments.services.imports import Pending
from assessments.web.access import Request, get_visible, role_required
from assessments.web.administration.forms import carried_out
from assessments.web.administration.frame import refreshed
from assessments.web.components import Crumb
from certification.edges import whole_number
from certification.referentials.errors import InvalidTree
from certification.referentials.importers.registry import IMPORTERS
from certification.referentials.importers.tables import template_xlsx

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
IDENTITY = ("code", "edition", "title")


class ImportForm(forms.Form):
    file = forms.FileField(
        required=False,
        label=gettext_lazy("Fichier"),
        help_text=gettext_lazy("Excel, CSV, Word, YAML, JSON, CASE, ou XML de France compétences (même compressé)."),
        widget=forms.FileInput(
            attrs={"accept": ",".join(each for kind in IMPORTERS.values() for each in kind.suffixes)}
        ),
    )
    pasted = forms.CharField(
        required=False,
        label=gettext_lazy("Ou un tableau collé"),
        help_text=gettext_lazy("Copié d’un tableur ou de Word, avec sa ligne d’en-tête."),
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
    )
    fiche = forms.CharField(
        required=False,
        max_length=20,
        label=gettext_lazy("Numéro de la fiche"),
        help_text=gettext_lazy("Pour un fichier de France compétences : RNCP35288, RS5286…"),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if bool(cleaned.get("file")) == bool(cleaned.get("pasted")):
            raise ValidationError(_("Donnez un fichier, ou collez un tableau."))
        return cleaned


class PastedForm(forms.Form):
    """A table that was refused, to correct and give again."""

    pasted = forms.CharField(
        label=gettext_lazy("Le tableau collé"), widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"})
    )


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMINISTRATOR)
def admin_import_new(request: Request) -> HttpResponse:
    form = ImportForm(request.POST or None, request.FILES or None)
    row = carried_out(form, lambda: _received(request, form.cleaned_data))
    if row is not None:
        return redirect("web:admin_import", row.key)
    context = {
        "page_title": _("Importer un référentiel"),
        "crumbs": _crumbs(),
        "form": form,
        "waiting": waiting_imports(request.user),
    }
    return render(request, "web/administration/import_new.html", context)


@require_safe
@role_required(Role.ADMINISTRATOR)
def admin_import_template(request: Request) -> HttpResponse:
    response = HttpResponse(template_xlsx(), content_type=XLSX)
    response["Content-Disposition"] = 'attachment; filename="modele-referentiel.xlsx"'
    return response


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMINISTRATOR)
def admin_import(request: Request, key: uuid.UUID) -> HttpResponse:
    row = get_visible(ReferentialImport.objects.visible_to(request.user), key=key)
    action, _separator, value = request.POST.get("do", "save").partition(" ")
    if request.method == "POST" and action == "discard":
        services.discard(actor=request.user, key=key)
        messages.success(request, _("L’import est jeté ; rien n’a été chargé."))
        return redirect("web:admin_referentials")
    if row.state != ImportState.READY:
        return _reread(request, row) if request.method == "POST" else _reading(request, row)
    if request.method != "POST":
        return refreshed() if request.htmx else _preview(request, services.pending_of(row), request.GET.get("page"))
    pending = _corrected(request, services.pending_of(row), action, value)
    if action == "accept":
        return _accepted(request, pending)
    page = value if action == "page" else request.POST.get("page", "1")
    return redirect(f"{reverse('web:admin_import', args=[key])}?page={page}#{_anchor(action, value)}")


def _received(request: Request, given: dict[str, Any]) -> ReferentialImport:
    file: File[Any] = given["file"] or ContentFile(given["pasted"].encode())
    name = (given["file"].name or "") if given["file"] else PASTED
    return services.receive(actor=request.user, file=file, file_name=name, fiche=given["fiche"])


def _reread(request: Request, row: ReferentialImport) -> HttpResponse:
    services.reread(actor=request.user, key=row.key, fiche=request.POST.get("fiche", row.fiche))
    return redirect("web:admin_import", row.key)


def _reading(request: Request, row: ReferentialImport) -> HttpResponse:
    """The page that watches the reading, asked again every second until it ends."""
    shown = reading_shown(row)
    context = {
        "page_title": _("Lecture du fichier"),
        "crumbs": _crumbs(row.file_name),
        "row": row,
        "shown": shown,
        "again": PastedForm(initial={"pasted": shown.pasted}) if shown.pasted else None,
    }
    return render(request, "web/administration/import_reading.html", context)


def _corrected(request: Request, pending: Pending, action: str, value: str) -> Pending:
    """What the whole form says, whichever of its buttons was pressed: nothing typed is lost."""
    posted = request.POST
    texts = {
        name.removeprefix("text "): (posted.get(f"code {name.removeprefix('text ')}", ""), posted[name])
        for name in posted
        if name.startswith("text ")
    }
    version = posted.get("version", "")
    covers = {
        name.removeprefix("covering "): posted.getlist(f"covers {name.removeprefix('covering ')}")
        for name in posted
        if name.startswith("covering ")
    }
    return services.correct(
        actor=request.user,
        pending=pending,
        version=whole_number(version) or 0,
        identity={name: posted.get(name, "") for name in IDENTITY},
        texts=texts,
        covers=covers,
        action=action,
        path=value,
    )


def _accepted(request: Request, pending: Pending) -> HttpResponse:
    """The new draft, or the preview again with what is in the way."""
    try:
        referential = services.accept(actor=request.user, pending=pending)
    except Refused as refused:
        messages.error(request, str(refused))
    except InvalidTree as invalid:
        count = len(invalid.problems)
        messages.error(request, _("%(count)d points empêchent encore de charger ce référentiel.") % {"count": count})
    else:
        messages.success(request, _("Le référentiel est chargé comme brouillon."))
        return redirect("web:admin_referential", referential.pk)
    return redirect("web:admin_import", pending.row.key)


def _preview(request: Request, pending: Pending, page: str | None) -> HttpResponse:
    context = {
        "page_title": _("Vérifier l’import"),
        "crumbs": _crumbs(pending.row.file_name),
        "pending": pending,
        "shown": import_shown(pending.imported, services.problems(pending), page),
    }
    return render(request, "web/administration/import.html", context)


def _anchor(action: str, path: str) -> str:
    return path if action in ("split", "merge") else ""


def _crumbs(here: str = "") -> list[Crumb]:
    """`here` is a file, or empty on the page that asks for one."""
    start = Crumb(_("Importer"), reverse("web:admin_import_new") if here else "")
    return [Crumb(_("Référentiels"), reverse("web:admin_referentials")), start, *([Crumb(here)] if here else [])]


urlpatterns = [
    path("administration/referentiels/importer/", admin_import_new, name="admin_import_new"),
    path("administration/referentiels/importer/modele.xlsx", admin_import_template, name="admin_import_template"),
    path("administration/referentiels/importer/<uuid:key>/", admin_import, name="admin_import"),
]
