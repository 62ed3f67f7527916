"""APIs and dashboards: live code that serves a model or draws for a user."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from evaluator.checks import _code
from evaluator.checks.base import Check
from evaluator.facts.base import Facts
from evaluator.identifiers import is_identifier
from evaluator.results import Finding, Message, Outcome

_CHARTS_NEEDED = 2
_PREDICTION = re.compile(r"predi|proba|scor", re.IGNORECASE)
_STREAMLIT_SETTINGS = r"cache|cache_data|cache_resource|experimental_\w+|set_page_config|secrets|session_state[\w.]*"
_DASHBOARD = _code.matches(
    rf"streamlit\.(?!(?:{_STREAMLIT_SETTINGS})$)[\w.]+|(?:dash|jupyter_dash)\.(?:Dash|JupyterDash)"
    r"|gradio\.(?:Interface|Blocks|ChatInterface|TabbedInterface)|bokeh\.(?:io|plotting)\.curdoc|shiny\.(?:App|ui\.\w+)"
    r"|panel\.(?!extension$)[\w.]+|nicegui\.ui\.\w+|taipy\.Gui"
)
_LIBRARY_CHARTS = _code.matches(
    r"streamlit\.(?:plotly_chart|altair_chart|bokeh_chart|vega_lite_chart|line_chart|bar_chart|area_chart|scatter_chart"
    r"|pydeck_chart|map)|streamlit_shap\.st_shap|streamlit_echarts\.\w+|streamlit_folium\.\w+|streamlit_plotly_events\.\w+"
    r"|(?:dash\.dcc|dash_core_components)\.Graph|gradio\.(?:Plot|BarPlot|LinePlot|ScatterPlot)"
    r"|panel\.pane\.(?:Plotly|Vega|Bokeh|HoloViews|ECharts)|nicegui\.ui\.(?:plotly|chart|echart)"
)
_EMBEDDED = _code.matches(r"streamlit\.components\.v1\.html")
_MAKES_HTML = _code.matches(
    r"shap\.getjs|(?:plotly[\w.]*|bokeh[\w.]*|altair[\w.]*|mpld3|\?)\.(?:to_html|file_html|fig_to_html)"
)
_FIGURES = _code.matches(r"plotly\.Figure|plotly\.graph_objects\.Figure|altair\.\w+|bokeh\.plotting\.figure")
_STILL_SHOWN = _code.matches(r"streamlit\.(?:pyplot|image|graphviz_chart)|panel\.pane\.Matplotlib")
_STILL_DRAWN = _code.matches(
    r"seaborn\.\w+plot|(?:matplotlib\.pyplot|matplotlib\.Axes)\.(?:plot|bar|barh|pie|hist|scatter|boxplot|imshow|fill_between)"
    r"|pandas\.DataFrame\.(?:plot|plot\.\w+|hist|boxplot)|shap\.[\w.]*(?:plot|plots\.\w+)"
)


def api_code(facts: Facts, parameters: Mapping[str, Any]) -> Finding:
    """Met when live code declares a route of a web framework."""
    return _routes_decide("api.code", facts, facts["code"]["routes"])


def predicts_by_id(facts: Facts, parameters: Mapping[str, Any]) -> Finding:
    """Met when a route receives an identifier and answers a prediction."""
    routes = [route for route in facts["code"]["routes"] if route["predicts"] and _identifiers(route)]
    return _routes_decide("api.predicts_by_id", facts, routes)


def _routes_decide(code: str, facts: Facts, routes: list[Mapping[str, Any]]) -> Finding:
    if not routes:
        return _code.absent(code, facts)
    ordered = sorted(
        routes, key=lambda route: (not route["predicts"], not _identifiers(route), not _says_prediction(route))
    )
    places = [_code.Place(route["path"], route["cell"], route["line"], route["end_line"]) for route in ordered]
    first = ordered[0]
    params = {
        "count": len(routes),
        "path": first["path"],
        "rule": first["rule"] or first["function"],
        "identifier": next(iter(_identifiers(first)), ""),
    }
    return Finding(Outcome.MET, Message(f"{code}.met", params), _code.evidence(facts, places))


def _says_prediction(route: Mapping[str, Any]) -> bool:
    return _PREDICTION.search(f"{route['rule']} {route['function']}") is not None


def _identifiers(route: Mapping[str, Any]) -> list[str]:
    """Names by which a route receives an identifier: in its path, its query, or the keys that it reads."""
    return [name for name in (*route["parameters"], *route["reads"]) if is_identifier(name)]


def is_dashboard(call: _code.Call) -> bool:
    """Whether a call builds a page of a dashboard."""
    return _DASHBOARD(call.name)


def dashboard_code(facts: Facts, parameters: Mapping[str, Any]) -> Finding:
    """Met when live code builds pages with a dashboard library."""
    pages = _code.found(facts, lambda call: _DASHBOARD(call.name))
    return _code.decide("dashboard.code", facts, _fullest_first(pages))


def _fullest_first(calls: list[_code.Call]) -> list[_code.Call]:
    """The program that builds most comes first: a page written to try the API is not the dashboard to open."""
    sites = Counter(call.program for call in _sites(calls))
    return sorted(calls, key=lambda call: -sites[call.program])


def interactive_charts(facts: Facts, parameters: Mapping[str, Any]) -> Finding:
    """Met with at least two charts of a dashboard that are interactive by their library or follow a user's choice."""
    inside = _inside_dashboards(facts)
    return _at_least_two("dashboard.interactive_charts", facts, [*_library_charts(inside), *_chosen_pictures(inside)])


def interactive_library_charts(facts: Facts, parameters: Mapping[str, Any]) -> Finding:
    """The strict reading: at least two charts of a library that draws interactive charts by itself."""
    charts = _library_charts(_inside_dashboards(facts))
    return _at_least_two("dashboard.interactive_library_charts", facts, charts)


def _inside_dashboards(facts: Facts) -> list[_code.Call]:
    """Every call of the programs that build a dashboard."""
    dashboards = {call.program for call in _code.calls(facts) if _DASHBOARD(call.name)}
    return [call for call in _code.calls(facts) if call.program in dashboards]


def _library_charts(inside: list[_code.Call]) -> list[_code.Call]:
    embeds = {call.program for call in inside if _MAKES_HTML(call.name)}
    return _sites(call for call in inside if _LIBRARY_CHARTS(call.name) or _embeds_a_chart(call, embeds))


def _at_least_two(code: str, facts: Facts, charts: list[_code.Call]) -> Finding:
    if len(charts) >= _CHARTS_NEEDED:
        return _code.decide(code, facts, _fullest_first(charts))
    if not charts:
        return _code.absent(code, facts)
    return Finding(Outcome.NOT_MET, Message(f"{code}.too_few"), _code.evidence_of(facts, charts[0]))


def _embeds_a_chart(call: _code.Call, programs: set[str]) -> bool:
    """HTML put in the page by a program that makes charts as HTML, or a figure given to ``st.write``."""
    if call.name == "streamlit.write":
        return any(isinstance(arg, Mapping) and _FIGURES(arg.get("type") or "") for arg in call.args)
    return _EMBEDDED(call.name) and call.program in programs


def _chosen_pictures(inside: list[_code.Call]) -> list[_code.Call]:
    """Pictures of a still library shown by the dashboard and drawn from what a user chose."""
    drawn = _sites(call for call in inside if call.choice and _STILL_DRAWN(call.name))
    shown = _sites(call for call in inside if _STILL_SHOWN(call.name))
    return drawn[: len(shown)]


def _sites(calls: Iterable[_code.Call]) -> list[_code.Call]:
    """One call for each chart: a helper called twice draws twice, as do two calls on a line."""
    return list({(call.at, call.via, str(call.args), str(call.keywords)): call for call in calls}.values())


def _check(code: str, run: Any, fr: str, en: str, version: int = 1) -> Check:
    title = {"fr": fr, "en": en}
    return Check(code=code, version=version, family="services", title=title, facts=_code.FACTS, run=run)


CHECKS: tuple[Check, ...] = (
    _check("api.code", api_code, "Code d’une API", "API code", version=3),
    _check("api.predicts_by_id", predicts_by_id, "Prédiction par identifiant", "Prediction by identifier", version=3),
    _check("dashboard.code", dashboard_code, "Code d’un tableau de bord", "Dashboard code", version=2),
    _check(
        "dashboard.interactive_charts", interactive_charts, "Graphiques interactifs", "Interactive charts", version=2
    ),
    _check(
        "dashboard.interactive_library_charts",
        interactive_library_charts,
        "Graphiques d’une bibliothèque interactive",
        "Charts of an interactive library",
    ),
)

MESSAGES: _code.Words = (
    _code.words(
        "api.code",
        {
            "met": "Une API est programmée dans {path}, avec la route {rule} ({count:route|routes} au total).",
            "not_met": "Aucune route d’API n’a été trouvée dans le code.",
        },
        {
            "met": "An API is programmed in {path}, with the route {rule} ({count:route|routes} in all).",
            "not_met": "No route of an API was found in the code.",
        },
    )
    | _code.words(
        "api.predicts_by_id",
        {
            "met": "La route {rule} ({path}) reçoit un identifiant ({identifier}) et répond une prédiction.",
            "not_met": "Aucune route qui reçoit un identifiant et répond une prédiction n’a été trouvée.",
        },
        {
            "met": "The route {rule} ({path}) receives an identifier ({identifier}) and answers a prediction.",
            "not_met": "No route that receives an identifier and answers a prediction was found.",
        },
    )
    | _code.words(
        "dashboard.code",
        {
            "met": "Un tableau de bord est programmé, dans {path}.",
            "not_met": "Aucun code de tableau de bord n’a été trouvé.",
        },
        {"met": "A dashboard is programmed, in {path}.", "not_met": "No dashboard code was found."},
    )
    | _code.words(
        "dashboard.interactive_charts",
        {
            "met": "Le tableau de bord montre {count} graphiques interactifs, d’abord dans {path}.",
            "not_met": "Aucun graphique interactif n’a été trouvé dans un tableau de bord.",
        },
        {
            "met": "The dashboard shows {count} interactive charts, first in {path}.",
            "not_met": "No interactive chart was found in a dashboard.",
        },
    )
    | {
        "dashboard.interactive_charts.too_few": {
            "fr": "Un seul graphique interactif a été trouvé dans le tableau de bord ; il en faut au moins deux.",
            "en": "Only one interactive chart was found in the dashboard; at least two are needed.",
        }
    }
    | _code.words(
        "dashboard.interactive_library_charts",
        {
            "met": "Le tableau de bord montre {count} graphiques d’une bibliothèque interactive, d’abord dans {path}.",
            "not_met": "Aucun graphique d’une bibliothèque interactive n’a été trouvé dans un tableau de bord.",
        },
        {
            "met": "The dashboard shows {count} charts of an interactive library, first in {path}.",
            "not_met": "No chart of an interactive library was found in a dashboard.",
        },
    )
    | {
        "dashboard.interactive_library_charts.too_few": {
            "fr": "Un seul graphique d’une bibliothèque interactive a été trouvé dans le tableau de bord ; "
            "il en faut au moins deux.",
            "en": "Only one chart of an interactive library was found in the dashboard; at least two are needed.",
        }
    }
)
