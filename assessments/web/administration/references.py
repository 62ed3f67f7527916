"""Reference data sets of a session: the list, a file given, looked at and put in force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from assessments.models import ReferenceVersion, Role, Session
from assessments.models.references import ReadingState
from assessments.selectors.administration import references as reads
from assessments.services import references as services
from assessments.services.rerunning import Counted
from assessments.web.access import Request, role_required
from assessments.web.administration.forms import carried_out
from assessments.web.administration.frame import refreshed, session_crumbs, session_frame, session_seen
from assessments.web.components import Crumb
from assessments.web.wording import sentence

SHOWN_COLUMNS = 200
KINDS: Mapping[str, Any] = {
    "number": gettext_lazy("nombre"),
    "boolean": gettext_lazy("vrai ou faux"),
    "text": gettext_lazy("texte"),
}


class ReferenceForm(forms.Form):
    name = forms.CharField(
        max_length=60,
        label=gettext_lazy("Nom"),
        help_text=gettext_lazy("Celui que les critères emploient dans leur paramètre « Jeu de données de référence »."),
    )
    title = forms.CharField(
        max_length=120,
        required=False,
        label=gettext_lazy("Titre"),
        help_text=gettext_lazy("Ce que les résultats en disent aux candidats et aux jurés. Vide : le nom."),
    )
    file = forms.FileField(
        label=gettext_lazy("Fichier"),
        help_text=gettext_lazy("CSV ou parquet, 50 Mo et 200 000 lignes au plus, cible comprise."),
        widget=forms.FileInput(attrs={"accept": ",".join(services.FORMS)}),
    )


class ServingForm(forms.Form):
    target = forms.ChoiceField(
        label=gettext_lazy("Colonne cible"), help_text=gettext_lazy("Ce qui est à prédire. Aucun candidat ne la voit.")
    )
    identifier = forms.ChoiceField(
        required=False,
        label=gettext_lazy("Colonne d’identifiant"),
        help_text=gettext_lazy("Pour rapprocher les prédictions livrées, quel que soit leur ordre."),
    )
    features = forms.MultipleChoiceField(
        required=False,
        label=gettext_lazy("Colonnes qu’un modèle reçoit"),
        help_text=gettext_lazy("Aucune cochée : toutes, sauf la cible et l’identifiant."),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, columns: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(name, name) for name in columns]
        for field, choices in (
            ("target", [("", _("à choisir")), *named]),
            ("identifier", [("", _("aucune : par l’ordre des lignes")), *named]),
            ("features", named),
        ):
            self.fields[field].choices = choices  # type: ignore[attr-defined]  # a ChoiceField


@dataclass(frozen=True, slots=True)
class ColumnView:
    """One column of the preview; ``values`` are its most frequent ones with their share, or its range."""

    name: str
    kind: str
    empty: int
    distinct: int
    values: str
    part: str


@require_safe
@role_required(Role.ADMINISTRATOR)
def admin_references(request: Request, pk: int) -> HttpResponse:
    session = session_seen(request, pk)
    context = {**session_frame(request, session, "references"), "page": reads.references_page(session, request.user)}
    return render(request, "web/administration/session_references.html", context)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMINISTRATOR)
def admin_reference_new(request: Request, pk: int) -> HttpResponse:
    session = session_seen(request, pk)
    initial = {"name": request.GET.get("name", "")[:60]}
    form = ReferenceForm(request.POST or None, request.FILES or None, initial=initial)
    version = carried_out(form, lambda: _received(request, session, form.cleaned_data))
    if version is not None:
        return redirect("web:admin_reference", version.pk)
    context = {
        "page_title": _("Fournir un jeu de données de référence"),
        "crumbs": session_crumbs(session, _("Jeu de données de référence")),
        "session": session,
        "asked": list(reads.asked_names(session)),
        "form": form,
    }
    return render(request, "web/administration/reference_new.html", context)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMINISTRATOR)
def admin_reference(request: Request, pk: int) -> HttpResponse:
    version = _version(request, pk)
    if request.method == "POST" and request.POST.get("do") == "discard":
        session = version.dataset.session_id
        services.discard(actor=request.user, version=version)
        messages.success(request, _("La version est supprimée, et son fichier avec elle."))
        return redirect("web:admin_references", session)
    if request.method == "POST" and request.POST.get("do") == "measure":
        _say_queued(request, services.measure_again(actor=request.user, version=version))
        return redirect("web:admin_reference", version.pk)
    if version.state != ReadingState.READY:
        return _shown(request, version, None)
    if request.method != "POST" and request.htmx:
        return refreshed()
    form = ServingForm(request.POST or None, columns=[column["name"] for column in version.profile["columns"]])
    served = carried_out(form, lambda: services.put_in_force(actor=request.user, version=version, **form.cleaned_data))
    if served is not None:
        messages.success(request, _("Le jeu de données est en service : les prochaines évaluations l’emploient."))
        return redirect("web:admin_reference", version.pk)
    return _shown(request, version, form)


@require_safe
@role_required(Role.ADMINISTRATOR)
def admin_reference_file(request: Request, pk: int) -> HttpResponseBase:
    """The file as it was received, for administrators alone."""
    version = _version(request, pk)
    response = FileResponse(
        default_storage.open(version.storage_key, "rb"),
        as_attachment=True,
        filename=version.file_name,
        content_type="application/octet-stream",
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _shown(request: Request, version: ReferenceVersion, form: ServingForm | None) -> HttpResponse:
    session = version.dataset.session
    columns = version.profile.get("columns", [])
    in_force = version.state == ReadingState.IN_FORCE
    current = reads.replaced_by(version) if in_force else None
    context = {
        "page_title": version.dataset.title,
        "crumbs": [
            *session_crumbs(session, _("Données de référence"))[:-1],
            Crumb(_("Données de référence"), reverse("web:admin_references", args=[session.pk])),
            Crumb(_("Version %(number)d") % {"number": version.number}),
        ],
        "version": version,
        "form": form,
        "columns": [_column(column, version) for column in columns[:SHOWN_COLUMNS]],
        "hidden_columns": max(len(columns) - SHOWN_COLUMNS, 0),
        "fault": sentence(version.fault_code, version.fault_params),
        "replaced": reads.replaced_by(version) if form is not None else None,
        "current": current,
        "waiting": services.waiting(version).count() if in_force and current is None else 0,
    }
    return render(request, "web/administration/reference.html", context)


def _say_queued(request: Request, counted: Counted) -> None:
    """How many were queued, and how many were left alone and why."""
    said = ngettext("%(count)d dépôt est réévalué.", "%(count)d dépôts sont réévalués.", counted.queued)
    messages.success(request, said % {"count": counted.queued})
    if counted.stands:
        left = ngettext(
            "%(count)d dépôt est laissé tel quel : une personne a déjà décidé.",
            "%(count)d dépôts sont laissés tels quels : une personne a déjà décidé.",
            counted.stands,
        )
        messages.info(request, left % {"count": counted.stands})


def _column(column: Mapping[str, Any], version: ReferenceVersion) -> ColumnView:
    return ColumnView(
        name=column["name"],
        kind=str(KINDS[column["kind"]]),
        empty=column["empty"],
        distinct=column["distinct"],
        values=_values(column, version.profile["rows"]),
        part=_part(column["name"], version),
    )


def _values(column: Mapping[str, Any], rows: int) -> str:
    if column["common"] and column["distinct"] < rows:
        named = [f"{value} ({number_format(100 * count / rows, 1)} %)" for value, count in column["common"]]
        return ", ".join(named) + (" …" if column["distinct"] > len(named) else "")
    if column["range"]:
        least, most = (number_format(int(end) if end.is_integer() else f"{end:.6g}") for end in column["range"])
        return _("de %(least)s à %(most)s") % {"least": least, "most": most}
    return ""


def _part(name: str, version: ReferenceVersion) -> str:
    """What the column is in a version that is in force."""
    if version.state != ReadingState.IN_FORCE:
        return ""
    if name == version.target:
        return _("cible")
    if name in version.features or (not version.features and name != version.identifier):
        return _("vue par le modèle")
    return _("identifiant") if name == version.identifier else _("gardée")


def _received(request: Request, session: Session, given: dict[str, Any]) -> ReferenceVersion:
    return services.receive(
        actor=request.user,
        session=session,
        name=given["name"],
        title=given["title"],
        file=given["file"],
        file_name=given["file"].name or "",
    )


def _version(request: Request, pk: int) -> Any:
    version = reads.version_in_sight(request.user, pk)
    if version is None:
        raise Http404
    return version


urlpatterns = [
    path("administration/sessions/<int:pk>/donnees/", admin_references, name="admin_references"),
    path("administration/sessions/<int:pk>/donnees/nouvelles/", admin_reference_new, name="admin_reference_new"),
    path("administration/donnees/<int:pk>/", admin_reference, name="admin_reference"),
    path("administration/donnees/<int:pk>/fichier/", admin_reference_file, name="admin_reference_file"),
]
