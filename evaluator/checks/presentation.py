"""How results are shown: charts that say what they show, models from the simplest to the most complex."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from evaluator.checks import _code, charts, models
from evaluator.checks.base import Check
from evaluator.facts.base import Facts
from evaluator.results import Finding, Message, Outcome

_LABELLED = "chart.labelled"
_ORDER = "model.simple_to_complex"
_LINES = _code.matches(
    r"(?:matplotlib\.pyplot|matplotlib\.Axes)\.(?:plot|fill_between|step|errorbar|violinplot)|pandas\.DataFrame\.plot(?:\.\w+)?"
    r"|seaborn\.(?:\w+plot|heatmap)|plotly\.express\.\w+"
)
_TITLES = _code.matches(
    r"[\w.?]+\.(?:title|set_title|suptitle|set_titles|update_title)|[\w.?]+\.(?:set|update_layout|properties|figure|labs)"
)
_BOTH = {"xlabel", "set_xlabel", "set_axis_labels", "update_xaxes"}
_OTHER = {"ylabel", "set_ylabel", "set_axis_labels", "update_yaxes"}
_NAMED_BY_DATA = _code.matches(
    r"(?:seaborn|plotly\.express|altair|plotnine|holoviews)\.\w+|pandas\.DataFrame\.plot\.(?:scatter|hexbin)"
)
_WITHOUT_AXES = {"pie", "heatmap", "imshow", "pairplot", "clustermap", "treemap", "sunburst", "scatter_matrix"}
_KINDS = (charts.BOXPLOT, charts.BARPLOT, charts.PIE, charts.HISTOGRAM, charts.SCATTER)


def _draws(call: _code.Call) -> bool:
    return any(charts.draws(kind, call) for kind in _KINDS) or _LINES(call.name)


def _figures(facts: Facts) -> dict[tuple[Any, ...], list[_code.Call]]:
    """Calls gathered by figure as far as code tells: those of a cell, or of one run of a function of the project."""
    gathered: dict[tuple[Any, ...], list[_code.Call]] = {}
    for call in _code.calls(facts):
        place = call.via[0] if call.via else call.at
        lines = (place.line, place.end_line) if call.via else ()
        gathered.setdefault((place.path, place.cell, lines), []).append(call)
    return gathered


def _has_title(call: _code.Call) -> bool:
    return (_TITLES(call.name) and ("title" in call.method or "title" in call.keywords)) or "title" in call.keywords


def _names_axes(calls: list[_code.Call], drawing: _code.Call) -> bool:
    if drawing.method in _WITHOUT_AXES or "pie" in drawing.keyword("kind") or _NAMED_BY_DATA(drawing.name):
        return True
    keywords = {name for call in calls for name in call.keywords}
    methods = {call.method for call in calls}
    one = bool(methods & _BOTH) or bool(keywords & {"xlabel", "labels", "xaxis_title", "x_label"})
    other = bool(methods & _OTHER) or bool(keywords & {"ylabel", "labels", "yaxis_title", "y_label"})
    return one and other


def labelled(facts: Facts, params: Mapping[str, Any]) -> Finding:
    """The share of charts with a title and named axes: met from ``enough``, not met below ``too_few``."""
    good, bare = list[_code.Call](), list[_code.Call]()
    for calls in _figures(facts).values():
        drawing = next((call for call in calls if _draws(call)), None)
        if drawing is not None:
            said = any(_has_title(call) for call in calls) and _names_axes(calls, drawing)
            (good if said else bare).append(drawing)
    if not good and not bare:
        return _code.absent(_LABELLED, facts)
    share = len(good) / (len(good) + len(bare))
    told = {"count": len(good), "total": len(good) + len(bare), "share": round(100 * share)}
    if share >= params["enough"]:
        return Finding(Outcome.MET, Message(f"{_LABELLED}.met_share", told), _shown(facts, good))
    if share < params["too_few"]:
        return Finding(Outcome.NOT_MET, Message(f"{_LABELLED}.not_met_share", told), _shown(facts, bare))
    return Finding(Outcome.UNDECIDED, Message(f"{_LABELLED}.between", told), _shown(facts, bare))


def _shown(facts: Facts, calls: list[_code.Call]) -> Any:
    return _code.evidence(facts, [call.shown_at for call in calls], figures=True)


def simple_to_complex(facts: Facts, params: Mapping[str, Any]) -> Finding:
    """Met when, in the program that fits most models, the simplest kind comes first: constant, linear, the others."""
    ladder = [_first_of(facts, kind) for kind in ("model.dummy_baseline", "model.linear", "model.nonlinear")]
    programs = [set(steps) for steps in ladder]
    shared = [path for path in programs[2] if path in programs[0] | programs[1]]
    if not shared and _code.unread(facts):
        return Finding(Outcome.UNDECIDED, Message(f"{_ORDER}.undecided", {"path": _code.unread(facts)[0]}))
    if not shared:
        return Finding(Outcome.NOT_MET, Message(f"{_ORDER}.not_met_one"))
    fitted = Counter(fit.program for fit in _code.fits(facts))
    path = max(sorted(shared), key=lambda program: fitted[program])
    steps = [steps[path] for steps in ladder if path in steps]
    evidence = _code.evidence(facts, [step for step, _ in steps])
    ranks = [rank for _, rank in steps]
    told = {"path": path, "count": len(steps)}
    if ranks == sorted(ranks):
        return Finding(Outcome.MET, Message(f"{_ORDER}.met", told), evidence)
    return Finding(Outcome.NOT_MET, Message(f"{_ORDER}.not_met", told), evidence)


def _first_of(facts: Facts, code: str) -> dict[str, tuple[_code.Place, tuple[int, int]]]:
    """For each program, the first place where this kind of model is fitted, with its rank in the reading."""
    found: dict[str, tuple[_code.Place, tuple[int, int]]] = {}
    for hit in models.HITS[code](facts):
        place = hit.shown_at
        rank = (place.cell if place.cell is not None else -1, place.line)
        if hit.program not in found or rank < found[hit.program][1]:
            found[hit.program] = (place, rank)
    return found


_SHARES = {
    "type": "object",
    "properties": {
        "enough": {"type": "number", "minimum": 0, "maximum": 1, "default": 0.6},
        "too_few": {"type": "number", "minimum": 0, "maximum": 1, "default": 0.4},
    },
    "additionalProperties": False,
}

CHECKS: tuple[Check, ...] = (
    Check(
        _LABELLED,
        1,
        "charts",
        {"fr": "Graphiques titrés et légendés", "en": "Charts with title and axes"},
        _code.FACTS,
        labelled,
        _SHARES,
    ),
    Check(
        _ORDER,
        1,
        "models",
        {"fr": "Modèles du plus simple au plus complexe", "en": "Models from simple to complex"},
        _code.FACTS,
        simple_to_complex,
    ),
)

MESSAGES: _code.Words = _code.words(
    _LABELLED,
    {"met": "Les graphiques ont un titre et des axes nommés.", "not_met": "Aucun graphique n’a été trouvé."},
    {"met": "Charts have a title and named axes.", "not_met": "No chart was found."},
) | {
    f"{_LABELLED}.met_share": {
        "fr": "{count} des {total} graphiques ont un titre et des axes nommés ({share} %).",
        "en": "{count} of the {total} charts have a title and named axes ({share}%).",
    },
    f"{_LABELLED}.not_met_share": {
        "fr": "{count:graphique a|graphiques ont} un titre et des axes nommés, sur {total} ({share} %).",
        "en": "{count:chart has|charts have} a title and named axes, out of {total} ({share}%).",
    },
    f"{_LABELLED}.between": {
        "fr": "{count} des {total} graphiques ont un titre et des axes nommés ({share} %) : "
        "c’est à la limite, à une personne d’en juger.",
        "en": "{count} of the {total} charts have a title and named axes ({share}%): "
        "a borderline case, for a person to judge.",
    },
    f"{_ORDER}.met": {
        "fr": "Dans {path}, les modèles vont du plus simple au plus complexe ({count:sorte|sortes}).",
        "en": "In {path}, models go from the simplest to the most complex ({count:kind|kinds}).",
    },
    f"{_ORDER}.not_met": {
        "fr": "Dans {path}, un modèle complexe est entraîné avant un plus simple.",
        "en": "In {path}, a complex model is fitted before a simpler one.",
    },
    f"{_ORDER}.undecided": {
        "fr": "Le fichier {path} n’a pas pu être lu : l’ordre des modèles est à vérifier par une personne.",
        "en": "The file {path} could not be read: a person should look at the order of the models.",
    },
    f"{_ORDER}.not_met_one": {
        "fr": "Aucun notebook ni script n’entraîne un modèle simple puis un plus complexe.",
        "en": "No notebook and no script fits a simple model and a more complex one.",
    },
}
