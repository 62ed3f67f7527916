"""Charts: drawn by a live call of a drawing library, whichever it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from evaluator.checks import _code, _values
from evaluator.checks.base import Check
from evaluator.facts.base import Facts
from evaluator.results import Finding

_AXES = r"(?:matplotlib\.pyplot|matplotlib\.Axes|matplotlib\.axes\.\w+|matplotlib\.Figure|\?)"
_FRAME = r"(?:pandas\.DataFrame|pandas\.plotting|\?)"
_FRAME_PLOT = r"(?:pandas\.DataFrame|\?)\.plot"
_HVPLOT = r"(?:pandas\.DataFrame|\?)\.(?:hvplot|iplot)"
_EXPRESS = r"plotly\.(?:express|figure_factory)"
_OBJECTS = r"plotly\.graph_objects"
_ADD_TRACE = r"(?:plotly\.graph_objects\.Figure|plotly\.Figure|\?)"
_KIND_FUNCTIONS = _code.matches(
    rf"{_FRAME_PLOT}|seaborn\.(?:catplot|factorplot|relplot|displot|jointplot)|{_FRAME}\.(?:hvplot|iplot)"
)
_MARKS = _code.matches(r"(?:altair\.Chart|\?)\.mark_\w+")


@dataclass(frozen=True, slots=True)
class Chart:
    """``names`` matches qualified calls; ``kinds`` are values of ``kind=`` that draw it; ``default`` draws it bare."""

    names: Callable[[str], bool]
    kinds: frozenset[str]
    marks: frozenset[str] = frozenset()
    default: Callable[[str], bool] = lambda name: False


def _chart(pattern: str, kinds: str, marks: str = "", default: str = "") -> Chart:
    bare = _code.matches(default) if default else (lambda name: False)
    return Chart(_code.matches(pattern), frozenset(kinds.split()), frozenset(marks.split()), bare)


BOXPLOT = _chart(
    rf"{_AXES}\.(?:boxplot|bxp)|seaborn\.(?:boxplot|boxenplot)|{_FRAME}\.boxplot|{_FRAME_PLOT}\.box|{_HVPLOT}\.box"
    rf"|{_EXPRESS}\.box|{_OBJECTS}\.Box|{_ADD_TRACE}\.add_box|pandas\.DataFrame\.plotting\.boxplot|plotnine\.geom_boxplot"
    r"|bokeh\.charts\.BoxPlot|holoviews\.BoxWhisker|pingouin\.plot_paired",
    "box boxen boxplot",
    "mark_boxplot",
)
BARPLOT = _chart(
    rf"{_AXES}\.(?:bar|barh)|seaborn\.(?:barplot|countplot)|{_FRAME_PLOT}\.(?:bar|barh)|{_HVPLOT}\.(?:bar|barh)"
    rf"|{_EXPRESS}\.bar|{_OBJECTS}\.Bar|{_ADD_TRACE}\.add_bar|streamlit\.(?:bar_chart)|plotnine\.geom_(?:bar|col)"
    r"|bokeh\.plotting\.figure\.(?:vbar|hbar)|holoviews\.Bars|gradio\.BarPlot|seaborn\.objects\.Bar",
    "bar barh count",
    "mark_bar",
)
PIE = _chart(
    rf"{_AXES}\.pie|{_FRAME_PLOT}\.pie|{_EXPRESS}\.pie|{_OBJECTS}\.Pie|{_ADD_TRACE}\.add_pie",
    "pie",
    "mark_arc",
)
HISTOGRAM = _chart(
    rf"{_AXES}\.(?:hist|hist2d)|seaborn\.(?:histplot|distplot)|{_FRAME}\.hist|{_FRAME_PLOT}\.hist|{_HVPLOT}\.hist"
    rf"|{_EXPRESS}\.(?:histogram|create_distplot)|{_OBJECTS}\.Histogram|{_ADD_TRACE}\.add_histogram"
    r"|plotnine\.geom_histogram|holoviews\.Histogram|seaborn\.objects\.Hist",
    "hist histogram",
    "",
    r"seaborn\.displot",
)
SCATTER = _chart(
    rf"{_AXES}\.scatter|seaborn\.(?:scatterplot|pairplot|regplot|lmplot|PairGrid)|{_FRAME_PLOT}\.scatter"
    rf"|{_HVPLOT}\.scatter|{_EXPRESS}\.(?:scatter|scatter_3d|scatter_matrix|create_scatterplotmatrix)"
    rf"|{_OBJECTS}\.(?:Scatter3d|Splom)|{_ADD_TRACE}\.add_scatter3d|pandas\.DataFrame\.scatter_matrix"
    r"|pandas\.plotting\.scatter_matrix|plotnine\.geom_point|holoviews\.(?:Scatter|Points)|streamlit\.scatter_chart"
    r"|bokeh\.plotting\.figure\.(?:scatter|circle)|gradio\.ScatterPlot|matplotlib\.Axes\.scatter3D"
    r"|seaborn\.objects\.Dots?",
    "scatter reg",
    "mark_point mark_circle mark_square",
    r"seaborn\.(?:relplot|jointplot)",
)
_CHANNELS = _code.matches(r"altair\.[XY]")
_LINES = _code.matches(r"(?:matplotlib\.pyplot|matplotlib\.Axes)\.plot")
_POINTS = _code.matches(r"[bgrcmykw]?[.,ov^<>1-8spP*hHxXDd+|][bgrcmykw]?")
_NO_LINE = {"", " ", "None", "none"}
_IN_SPACE = {"scatter3D", "scatter_3d", "Scatter3d", "add_scatter3d"}
_NEEDS_DATA = _code.matches(r"\?\.(?:bar|barh|pie|scatter|bxp)")
_MARKER_TRACES = _code.matches(rf"{_OBJECTS}\.(?:Scatter|Scattergl)|{_ADD_TRACE}\.add_(?:scatter|scattergl)")


def _is_bare(call: _code.Call) -> bool:
    """``bar()`` on an object out of sight, given nothing to draw."""
    return _NEEDS_DATA(call.name) and not call.args and not call.keywords


def draws(chart: Chart, call: _code.Call) -> bool:
    """Whether a live call draws this kind of chart."""
    if chart.names(call.name):
        return not _is_bare(call)
    if chart is HISTOGRAM and _CHANNELS(call.name):
        return call.keywords.get("bin") not in {None, False}  # bars over the bins of a variable
    if _MARKS(call.name):
        return call.method in chart.marks
    if _KIND_FUNCTIONS(call.name):
        kinds = call.keyword("kind")
        return bool(kinds & chart.kinds) or (not kinds and chart.default(call.name))
    return chart is SCATTER and (_draws_points(call) or _plots_points(call))


def _draws_points(call: _code.Call) -> bool:
    """A trace of points without the line between them."""
    modes = call.keyword("mode")
    return _MARKER_TRACES(call.name) and any("markers" in mode and "lines" not in mode for mode in modes)


def _plots_points(call: _code.Call) -> bool:
    """Two columns given to ``plot`` with a marker and no line: ``plot(x, y, "o")``, ``linestyle=""``."""
    if not _LINES(call.name) or not all(map(_values.is_frame, call.args[:2])) or len(call.args) < 2:
        return False
    formats = call.keyword("fmt", 2)
    styles = call.keyword("linestyle") | call.keyword("ls")
    return any(map(_POINTS, formats)) or bool(styles & _NO_LINE and call.keyword("marker"))


def _run(code: str, chart: Chart, facts: Facts, parameters: Mapping[str, Any]) -> Finding:
    hits = sorted(_code.found(facts, partial(draws, chart)), key=_is_in_space)
    return _code.decide(code, facts, hits, figures=True)


def _is_in_space(call: _code.Call) -> bool:
    """A cloud in three dimensions, which is read less well than one in a plane."""
    return call.method in _IN_SPACE or (call.name == "matplotlib.Axes.scatter" and len(call.args) > 2)


def _check(code: str, chart: Chart, fr: str, en: str, version: int = 1) -> Check:
    return Check(
        code=code,
        version=version,
        family="charts",
        title={"fr": fr, "en": en},
        facts=_code.FACTS,
        run=partial(_run, code, chart),
    )


CHECKS: tuple[Check, ...] = (
    _check("chart.boxplot", BOXPLOT, "Boîte à moustaches", "Box plot"),
    _check("chart.barplot", BARPLOT, "Diagramme en barres", "Bar chart", version=2),
    _check("chart.pie", PIE, "Diagramme circulaire", "Pie chart"),
    _check("chart.histogram", HISTOGRAM, "Histogramme", "Histogram", version=2),
    _check("chart.scatter", SCATTER, "Nuage de points", "Scatter plot", version=3),
)


def _words(code: str, fr: str, en: str) -> _code.Words:
    return _code.words(
        code,
        {
            "met": f"Le code trace {fr} dans {{path}} ({{count:endroit|endroits}} au total).",
            "not_met": f"Aucun appel qui trace {fr} n’a été trouvé dans le code.",
        },
        {
            "met": f"The code draws {en} in {{path}} ({{count:place|places}} in all).",
            "not_met": f"No call that draws {en} was found in the code.",
        },
    )


MESSAGES: _code.Words = (
    _words("chart.boxplot", "une boîte à moustaches", "a box plot")
    | _words("chart.barplot", "un diagramme en barres", "a bar chart")
    | _words("chart.pie", "un diagramme circulaire", "a pie chart")
    | _words("chart.histogram", "un histogramme", "a histogram")
    | _words("chart.scatter", "un nuage de points", "a scatter plot")
)
