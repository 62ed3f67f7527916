"""Every component in every state on one page, for administrators: what it should look like, and what feeds it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from assessments.models import Role
from assessments.web import components as views
from assessments.web.access import Request, role_required
from assessments.web.icons import ICONS
from assessments.web.looks import LEVELS, OUTCOMES, STATES

SOURCE: Final = """\
from sklearn.dummy import DummyClassifier
from sklearn.model_selection import cross_validate

baseline = DummyClassifier(strategy="most_frequent")  # la référence à battre
baseline.fit(X_train, y_train)
scores = cross_validate(baseline, X_train, y_train, cv=5, scoring="roc_auc")
print(f"AUC : {scores['test_score'].mean():.3f}")
"""
WHEN: Final = datetime(2026, 3, 1, 13, 2, tzinfo=UTC)


class ExampleForm(forms.Form):
    name = forms.CharField(label="Titre de la session", help_text="Tel qu’il figurera sur le procès-verbal.")
    email = forms.EmailField(label="Adresse électronique")
    path = forms.ChoiceField(label="Voie d’accès", choices=[("FI", "Formation initiale"), ("VAE", "VAE")])
    comment = forms.CharField(label="Commentaire", widget=forms.Textarea, required=False)
    days = forms.MultipleChoiceField(
        label="Jours", choices=[("1", "Lundi"), ("2", "Mardi")], widget=forms.CheckboxSelectMultiple
    )
    agreed = forms.BooleanField(label="Je certifie que ce travail est le mien")


def _results() -> list[views.CheckResultView]:
    figure = views.EvidenceLink(
        "figure", "exploration.ipynb, cellule 14", "#cell-14", "sns.boxplot(data=df)", static("img/example-figure.svg")
    )
    code = views.EvidenceLink(
        "code", "modelisation.ipynb, cellule 9, ligne 4", "#cell-9", "LogisticRegression().fit(…)"
    )
    page = views.EvidenceLink("page", "note.pdf, page 5", "#page-5")
    exchange = views.EvidenceLink("http", "GET /clients/1042/prediction", "#exchange")
    make = views.CheckResultView
    return [
        make("chart.boxplot", "Boîte à moustaches", "met", "Une boîte à moustaches est tracée.", "", [figure], 0.02),
        make("model.dummy_baseline", "Référence naïve", "not_met",
             "La référence est un modèle linéaire, entraîné sur les données.", "", [code], 0.01),
        make("document.page_limit", "Longueur de la note", "undecided",
             "La note fait 5 pages, annexes comprises ; leur début n’est pas indiqué.", "", [page], 0.3),
        make("model.passport", "Passeport du modèle", "error",
             "Le fichier model.joblib est tronqué : il ne peut pas être lu.", "candidate", [], 0.1),
        make("model.loads", "Chargement du modèle", "error",
             "Nous n’avons pas pu exécuter votre modèle (limite de mémoire de 2 Go atteinte). "
             "Cela ne compte pas comme un échec ; un nouvel essai est prévu.", "platform", [], 61.0),
        make("api.responds", "Réponse de l’API", "met", "L’API répond en 0,2 s.", "", [exchange], 3.2),
        make("dashboard.interactive_charts", "Graphiques interactifs", "pending"),
    ]  # fmt: skip


def _criteria(results: list[views.CheckResultView]) -> list[views.CriterionView]:
    tones: tuple[views.Tone, ...] = ("met", "undecided", "not-met", "neutral")
    scale = [
        views.Level(code, str(look.label), tone)
        for (code, look), tone in zip(LEVELS.items(), tones, strict=True)
    ]  # fmt: skip
    return [
        views.CriterionView(
            "criterion-1", "CE1",
            "Les données sont explorées à l’aide de représentations graphiques adaptées à leur nature.",
            "C5.1 Explorer un jeu de données", results[:1], scale, scale[0], "Très lisible.",
        ),
        views.CriterionView(
            "criterion-2", "CE2", "Un modèle de référence simple est évalué avant tout autre.", "C5.2 Modéliser",
            results[1:2], scale, note=_("Votre niveau diffère du contrôle automatique"),
        ),
        views.CriterionView(
            "criterion-3", "CE3", "Les choix sont expliqués à un public non technique.", "C5.3 Expliquer", (), scale,
        ),
        views.CriterionView(
            "criterion-4", "CE4", "Le modèle est conservé avec ce qu’il faut pour le relire.", "C5.2 Modéliser",
            results[:1], (), scale[2], "À reprendre : les versions ne sont pas indiquées.",
            "Camille, mentor",
        ),
    ]  # fmt: skip


def _evidence() -> dict[str, Any]:
    picture = static("img/example-figure.svg")
    outputs = [
        views.OutputView("text", "AUC : 0.500"),
        views.OutputView("image", "Boîtes à moustaches par classe", picture),
        views.OutputView("table", columns=["classe", "âge", "revenu"], rows=[["0", "41,2", "28 400"]]),
        views.OutputView("error", "ValueError: could not convert string to float: 'n/a'"),
        views.OutputView("note", "Sortie HTML retirée : elle contenait du script."),
    ]
    return {
        "source": SOURCE,
        "cells": [
            views.CellView(13, "markdown", "Référence\n\nUn modèle qui prédit toujours la classe majoritaire."),
            views.CellView(14, "code", SOURCE, "python", 7, outputs, (4, 5), True),
            views.CellView(15, "code", "df.describe()"),
        ],
        "pages": [
            views.PdfPageView("note.pdf", 2, 5, "Méthode\n\nNous avons comparé…", static("img/example-page.svg"), True)
        ],
        "exchanges": [
            views.HttpExchangeView(
                "GET", "/clients/1042/prediction", 200, "", [("content-type", "application/json")],
                '{"client_id": 1042, "score": 0.31}', 0.21),
            views.HttpExchangeView("POST", "/predict", 422, '{"client": 1}', [], '{"detail": "missing id"}', 0.04),
            views.HttpExchangeView("GET", "/", None, error="L’API n’a pas démarré en 30 s (limite du bac à sable)."),
        ],
    }  # fmt: skip


def _lists(request: HttpRequest) -> dict[str, Any]:
    axes = [(0.9, "4 critères sur 4"), (0.5, "2 sur 4"), (0.75, "3 sur 4"), (0.25, "1 sur 4"), (1.0, "2 sur 2")]
    return {
        "tiles": [
            views.StatTile("Travaux à relire", "12", "dont 3 depuis plus de sept jours", "mentor", "undecided", "#"),
            views.StatTile("Soutenances aujourd’hui", "4", "la prochaine à 14:00", "jury"),
            views.StatTile("Blocs acquis", "87 %", "", "met", "met"),
            views.StatTile("Évaluations à reprendre", "1", "incident de notre côté", "platform", "platform"),
        ],
        "page": Paginator(range(1, 400), 20).get_page(request.GET.get("page", 5)),
        "filter_fields": [
            views.FilterField("q", "Rechercher une personne"),
            views.FilterField("state", "État", [("", "Tous"), ("in_review", "En relecture")], "in_review"),
        ],
        "tabs": [
            views.TabItem("Critères", "#", True, 24),
            views.TabItem("Fichiers", "#", False, 61),
            views.TabItem("Historique", "#"),
        ],
        "timeline": [
            views.TimelineEntry(WHEN, "Admis à soutenir", "Camille, mentor", "Bon travail.", "met", "met"),
            views.TimelineEntry(WHEN, "Évaluation automatique terminée", "", "14 contrôles", "run", "accent"),
            views.TimelineEntry(WHEN, "Version 2 déposée", "Dominique, candidate", "", "upload"),
        ],
        "people": [
            views.PersonView("Dominique", "candidate", "candidat@demo.jalon.test"),
            views.PersonView("Camille", "mentor", icon="mentor"),
            views.PersonView("Claude", "présidente du jury", icon="jury"),
        ],
        "axes": [views.RadarAxis(f"C5.{n} Compétence", *axis) for n, axis in enumerate(axes, start=1)],
        "progresses": [views.BlocProgress(14, 2, 3, 1, 4), views.BlocProgress(waiting=24), views.BlocProgress(met=24)],
        "when": WHEN,
        "durations": [0.04, 12, 200, 7500, 90000],
    }


def render_styleguide(request: HttpRequest) -> HttpResponse:
    results = _results()
    invalid = ExampleForm({"email": "dominique"}, auto_id="invalid_%s")
    context = {
        "page_title": _("Les composants de Jalon"),
        "crumbs": [views.Crumb("Administration", "#"), views.Crumb("Composants")],
        "icons": sorted(ICONS),
        "states": [(kind, list(table)) for kind, table in STATES.items()],
        "outcomes": [code for code in OUTCOMES if code != "platform"],
        "levels": list(LEVELS),
        "tones": ["neutral", "accent", "met", "not-met", "undecided", "platform"],
        "form": ExampleForm(),
        "invalid": invalid,
        "results": results,
        "criteria": _criteria(results),
        **_evidence(),
        **_lists(request),
    }
    return render(request, "web/styleguide.html", context)


@require_safe
@role_required(Role.ADMINISTRATOR)
def styleguide(request: Request) -> HttpResponse:
    return render_styleguide(request)


urlpatterns = [path("styleguide/", styleguide, name="styleguide")]
