"""The life of an edition: started from another, compared, carried over to, published, archived; what machines cover."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from assessments.models import Role
from assessments.selectors.administration import coverage as coverages
from assessments.selectors.administration import editions as reads
from assessments.services import referentials as services
from assessments.web.access import Request, role_required
from assessments.web.administration import carry_over, differences
from assessments.web.administration.frame import referential_crumbs
from assessments.web.components import FilterField
from certification.referentials.errors import InvalidTree, ReferentialError
from certification.referentials.models import Referential


class EditionForm(forms.Form):
    """The label of an edition."""

    edition = forms.CharField(
        max_length=60,
        label=gettext_lazy("Nom de la nouvelle édition"),
        help_text=gettext_lazy("Court, et propre à cette édition : une année, un numéro."),
    )


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMINISTRATOR)
def admin_edition_new(request: Request, pk: int) -> HttpResponse:
    origin = _edition(pk)
    form = EditionForm(request.POST or None)
    if form.is_valid():
        try:
            draft = services.new_edition(
                actor=request.user, from_referential=origin, edition=form.cleaned_data["edition"]
            )
        except ReferentialError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Le brouillon est prêt : il dit tout ce que disait l’édition de départ."))
            return redirect("web:admin_referential", draft.pk)
    context = {**_frame(origin, _("Nouvelle édition")), "form": form, "origin": origin}
    return render(request, "web/administration/edition_new.html", context)


@require_safe
@role_required(Role.ADMINISTRATOR)
def admin_difference(request: Request, pk: int) -> HttpResponse:
    new = _edition(pk)
    siblings = reads.siblings_of(new)
    old = next((each for each in siblings if str(each.pk) == request.GET.get("depuis")), None)
    old = old or reads.predecessor_of(new, siblings) or next(iter(siblings), None)
    outcome, kind = _one_of(request, "changement", reads.OUTCOMES), _one_of(request, "genre", differences.KINDS)
    context = {**_frame(new, _("Différences")), "new": new, "old": old}
    if old is not None:
        compared = reads.compared(old, new, outcome=outcome, kind=kind)
        outcomes = [(code, str(look.label)) for code, look in differences.OUTCOME_LOOKS.items()]
        older = [(str(each.pk), f"{_('édition')} {each.edition}") for each in siblings]
        kinds = [(code, str(label)) for code, label in differences.KINDS.items()]
        context |= {
            "counts": differences.counts_shown(compared.counts),
            "edition_fields": differences.fields_shown(compared.edition),
            "blocs": differences.blocs_shown(compared.blocs),
            "filters": [
                FilterField("depuis", _("Comparer à"), older, str(old.pk)),
                FilterField("changement", _("Changement"), [("", _("Tous")), *outcomes], outcome),
                FilterField("genre", _("Élément"), [("", _("Tous")), *kinds], kind),
            ],
        }
    return render(request, "web/administration/difference.html", context)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMINISTRATOR)
def admin_carry_over(request: Request, pk: int) -> HttpResponse:
    edition = _edition(pk)
    predecessor = reads.predecessor_of(edition, reads.siblings_of(edition))
    context = {**_frame(edition, _("Report des acquis")), "edition": edition, "predecessor": predecessor}
    if predecessor is not None:
        reported = reads.reported(edition, predecessor)
        typed = request.POST if request.method == "POST" else None
        table = carry_over.table_typed(reported, typed) if typed is not None else None
        if table is not None and _carried(request, edition, predecessor, table):
            return redirect("web:admin_carry_over", edition.pk)
        tables = carry_over.tables_shown(reported, typed)
        context |= {
            "tables": tables,
            "is_decided": reported.is_decided,
            "verdicts": [(code, look.label) for code, look in carry_over.VERDICT_LOOKS.items()],
            "errors": [row for table in tables for row in table.rows if row.error],
        }
    return render(request, "web/administration/carry_over.html", context)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMINISTRATOR)
def admin_publish(request: Request, pk: int) -> HttpResponse:
    edition = _edition(pk)
    problems: list[Any] = []
    if request.method == "POST":
        try:
            services.publish(actor=request.user, referential=edition)
        except InvalidTree as error:
            problems = reads.blocking(reads.tree_of(edition), error.problems)
        except ReferentialError as error:
            messages.error(request, str(error))
            return redirect("web:admin_referential", edition.pk)
        else:
            messages.success(request, _("L’édition est publiée : elle ne changera plus."))
            return redirect("web:admin_referential", edition.pk)
    elif not edition.is_frozen:
        problems = reads.blocking(reads.tree_of(edition))
    context = {**_frame(edition, _("Publier")), "edition": edition, "problems": problems}
    return render(request, "web/administration/edition_publish.html", context)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMINISTRATOR)
def admin_archive(request: Request, pk: int) -> HttpResponse:
    edition = _edition(pk)
    if request.method == "POST":
        try:
            services.archive(actor=request.user, referential=edition)
        except ReferentialError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("L’édition est archivée : aucune session ne peut plus être ouverte avec elle."))
        return redirect("web:admin_referential", edition.pk)
    context = {**_frame(edition, _("Archiver")), "edition": edition}
    return render(request, "web/administration/edition_archive.html", context)


@require_safe
@role_required(Role.ADMINISTRATOR)
def admin_coverage(request: Request) -> HttpResponse:
    edition = request.GET.get("edition", "")
    answered_by = _one_of(request, "reponse", coverages.ANSWERED_BY)
    labels = (_("Décidés par l’automate"), _("Éclairés par l’automate"), _("Laissés aux personnes"))
    answers = list(zip(coverages.ANSWERED_BY, labels, strict=True))
    context = {
        "page_title": _("Part de l’automate"),
        "crumbs": referential_crumbs(_("Part de l’automate")),
        "editions": coverages.coverage(edition=edition, answered_by=answered_by),
        "filters": [
            FilterField("edition", _("Référentiel"), [("", _("Tous")), *coverages.edition_choices()], edition),
            FilterField("reponse", _("Critères"), [("", _("Tous")), *answers], answered_by),
        ],
        "open": bool(edition or answered_by),
    }
    return render(request, "web/administration/coverage.html", context)


def _edition(pk: int) -> Referential:
    found: Referential = get_object_or_404(Referential.objects.select_related("certification"), pk=pk)
    return found


def _frame(edition: Referential, here: str) -> dict[str, Any]:
    return {"page_title": here, "crumbs": referential_crumbs(here, edition)}


def _one_of(request: Request, name: str, known: Any) -> str:
    asked = request.GET.get(name, "")
    return asked if asked in known else ""


def _carried(request: Request, edition: Referential, predecessor: Referential, table: Any) -> bool:
    try:
        services.decide_carry_over(actor=request.user, referential=edition, predecessor=predecessor, table=table)
    except ReferentialError as error:
        messages.error(request, str(error))
        return False
    messages.success(request, _("La table de report est enregistrée."))
    return True


_AT = "administration/referentiels/<int:pk>/"
urlpatterns = [
    path("administration/referentiels/couverture/", admin_coverage, name="admin_coverage"),
    path(f"{_AT}nouvelle-edition/", admin_edition_new, name="admin_edition_new"),
    path(f"{_AT}differences/", admin_difference, name="admin_difference"),
    path(f"{_AT}report/", admin_carry_over, name="admin_carry_over"),
    path(f"{_AT}publier/", admin_publish, name="admin_publish"),
    path(f"{_AT}archiver/", admin_archive, name="admin_archive"),
]
