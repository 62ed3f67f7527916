"""Clusterings: how many clusters, of what shape, how stable, kept up to date how."""

from __future__ import annotations

import re
from collections.abc import Callable

from evaluator.checks import _code, _values
from evaluator.checks._sections import named_work
from evaluator.checks._static import Hit, built, check, fitted, named
from evaluator.facts.base import Facts

_CLUSTERER = _code.matches(
    r"(?:[\w.]+\.)?(?:\w*K(?:Means|Medoids|Modes|Prototypes|Shape)|\w*Clustering|Birch|\w*GaussianMixture|Kmeans)"
)
_NUMBER = {"n_clusters", "n_components", "k", "K", "t"}
_SEARCH = _code.matches(r"sklearn\.model_selection\.\w*SearchCV")
_ELBOWS = _code.matches(
    r"yellowbrick\.cluster\.[\w.]*(?:KElbowVisualizer|SilhouetteVisualizer|kelbow_visualizer|KElbow)"
    r"|scikitplot\.cluster\.plot_elbow_curve|(?:[\w.]+\.)?(?:KElbowVisualizer|KneeLocator)|gap_statistic\.OptimalK"
)
_CUTS = _code.matches(r"scipy\.cluster\.hierarchy\.(?:fcluster|cut_tree)|faiss\.Kmeans|scipy\.cluster\.vq\.kmeans2?")
_TRIED = 3  # so many different numbers written one by one are a trial too

_SHAPES = _code.matches(
    r"(?:[\w.]+\.)?(?:silhouette_score|silhouette_samples|davies_bouldin_score|calinski_harabas?z_score|dunn_index"
    r"|ClusteringEvaluator\.evaluate|silhouette_visualizer|plot_silhouette)"
)
_SHAPE_VISUALIZERS = _code.matches(r"(?:[\w.]+\.)?SilhouetteVisualizer")
_ELBOW = _code.matches(r"(?:[\w.]+\.)?(?:KElbowVisualizer|kelbow_visualizer)")
_SHAPE_METRICS = {"silhouette", "calinski_harabasz", "davies_bouldin"}

_AGREEMENT = _code.matches(
    r"(?:[\w.]+\.)?(?:adjusted_rand_score|rand_score|adjusted_mutual_info_score|normalized_mutual_info_score"
    r"|mutual_info_score|fowlkes_mallows_score|v_measure_score|homogeneity_completeness_v_measure|pair_confusion_matrix)"
)
_TIME = _code.matches(
    r"(?:datetime|pandas|dateutil|numpy|calendar|arrow|pendulum)\.(?:[\w.()]+\.)?(?:timedelta|Timedelta|DateOffset|relativedelta"
    r"|date_range|timedelta64|bdate_range|period_range|to_timedelta|MonthEnd|MonthBegin|Week|to_period|Grouper)"
    r"|(?:pandas\.DataFrame|\?)\.(?:to_period|dt\.\w+|between_time|resample)"
)
_SAYS_TIME = re.compile(r"p[ée]riod|\bmois|month|semaine|week|trimestre|quarter|\bjours?\b|\bdays?\b", re.IGNORECASE)
_NEAR = 3  # cells


def _several_numbers(facts: Facts) -> list[Hit]:
    """Numbers of clusters tried in a loop or by a visualizer, else three written one by one in one program."""
    fits = [fit for fit in _code.fits(facts) if _CLUSTERER(fit.name)]
    names = {fit.name for fit in fits}
    in_turn: list[Hit] = [fit for fit in fits if any(_varies(call) for call in built(facts, fit))]
    in_turn += [fit for fit in _code.fits(facts) if _SEARCH(fit.name) and any(map(_CLUSTERER, fit.inner))]
    in_turn += [call for call in _code.calls(facts) if _changes(call, names) and _varies(call)]
    return in_turn or [*fitted(facts, _ELBOWS), *named(facts, _ELBOWS)] or _one_by_one(facts, fits)


def _changes(call: _code.Call, names: set[str]) -> bool:
    """Whether a call cuts a hierarchy, or sets the parameters of one of the estimators ``names``."""
    return _CUTS(call.name) or (call.method == "set_params" and call.owner in names)


def _numbers(call: _code.Call) -> list[object]:
    """What a clustering is told of its number of clusters."""
    told = [value for name, value in call.keywords.items() if name in _NUMBER]
    return told or list(call.args[:2])


def _varies(call: _code.Call) -> bool:
    return any(map(_values.takes_several_values, _numbers(call)))


def _one_by_one(facts: Facts, fits: list[_code.Fit]) -> list[Hit]:
    tried: dict[tuple[str, str], dict[float, Hit]] = {}
    for fit in fits:
        for call in built(facts, fit):
            for value in _numbers(call)[:1]:
                for number in _values.numbers(value):
                    tried.setdefault((fit.name, fit.program), {}).setdefault(number, fit)
    return [fit for numbers in tried.values() if len(numbers) >= _TRIED for fit in numbers.values()]


def _shapes(facts: Facts) -> list[Hit]:
    """Silhouette and its cousins computed, by call or by a visualizer."""
    asked = [call for call in _code.calls(facts) if _ELBOW(call.name) and call.keyword("metric") & _SHAPE_METRICS]
    return [*named(facts, _SHAPES), *fitted(facts, _SHAPE_VISUALIZERS), *asked]


def _agreements(facts: Facts) -> list[_code.Call]:
    """Agreements of two clusterings; those followed over time first, then those in other loops."""
    measured = [call for call in _code.calls(facts) if _AGREEMENT(call.name)]
    over_time = _over_time(facts, measured)
    kept = [call for call in measured if _compares_clusterings(call, call in over_time)]
    return sorted(kept, key=lambda call: (call not in over_time, call.loops == 0))


def _over_time(facts: Facts, measured: list[_code.Call]) -> list[_code.Call]:
    """Those of ``measured`` in a loop where dates are computed, the rows of a period picked, or time is named."""
    dated = [call for call in _code.calls(facts) if _TIME(call.name)]
    picked = [call for call in _code.calls(facts) if call.loops and call.name == "operator.getitem"]
    looped = [call for call in measured if call.loops]
    return [
        call
        for call in looped
        if _any(_near, call, dated) or _any(_beside, call, picked) or named_work(facts, call, _SAYS_TIME)
    ]


def _any(close: Callable[[_code.Call, _code.Call], bool], call: _code.Call, others: list[_code.Call]) -> bool:
    return any(close(call, other) for other in others)


def _compares_clusterings(call: _code.Call, over_time: bool) -> bool:
    """Whether both sides are labels of clusters, or one in a loop while the other is no list of true categories.

    Over time, sides that are both out of sight are taken for labels.
    """
    sides = [*call.args[:2], *(call.keywords[name] for name in ("labels_true", "labels_pred") if name in call.keywords)]
    others = [side for side in sides if "clusters" not in _values.marks(side)]
    if len(sides) < 2 or not others:
        return len(sides) >= 2
    return call.loops > 0 and not any(map(_is_truth, others)) and (len(others) == 1 or over_time)


def _is_truth(value: object) -> bool:
    """A column, a list or encoded words, where labels of clusters would be known."""
    return _values.is_frame(value) or _values.kind(value) == "list" or "encoded" in _values.marks(value)


def _stable(facts: Facts) -> list[Hit]:
    return [*_agreements(facts)]


def _maintained(facts: Facts) -> list[Hit]:
    return [*_over_time(facts, _agreements(facts))]


def _near(one: _code.Call, other: _code.Call, cells: int = _NEAR) -> bool:
    return any(_close(a, b, cells) for a in (one.at, *one.via) for b in (other.at, *other.via))


def _beside(one: _code.Call, other: _code.Call) -> bool:
    return _near(one, other, cells=0)


def _close(one: _code.Place, other: _code.Place, cells: int) -> bool:
    if one.path != other.path or one.cell is None or other.cell is None:
        return one.path == other.path
    return abs(one.cell - other.cell) <= cells


CHECKS = (
    check(
        "cluster.several_k",
        "clusters",
        _several_numbers,
        {"fr": "Plusieurs nombres de groupes essayés", "en": "Several numbers of clusters tried"},
        handed=_CLUSTERER,
        version=2,
    ),
    check("cluster.shape", "clusters", _shapes, {"fr": "Forme des groupes", "en": "Shape of the clusters"}),
    check("cluster.stability", "clusters", _stable, {"fr": "Stabilité des groupes", "en": "Stability of the clusters"}),
    check(
        "cluster.maintenance",
        "clusters",
        _maintained,
        {"fr": "Maintenance du regroupement dans le temps", "en": "Maintenance of the clustering over time"},
    ),
)


def _words(code: str, fr: tuple[str, str], en: tuple[str, str]) -> _code.Words:
    return _code.words(
        code,
        {"met": f"{fr[0]} dans {{path}} ({{count:endroit|endroits}} au total).", "not_met": fr[1]},
        {"met": f"{en[0]} in {{path}} ({{count:place|places}} in all).", "not_met": en[1]},
    )


MESSAGES: _code.Words = (
    _words(
        "cluster.several_k",
        (
            "Plusieurs nombres de groupes sont essayés",
            "Aucun essai de plusieurs nombres de groupes n’a été trouvé dans le code.",
        ),
        ("Several numbers of clusters are tried", "No trial of several numbers of clusters was found in the code."),
    )
    | _words(
        "cluster.shape",
        (
            "La forme des groupes est mesurée",
            "Aucune mesure de la forme des groupes (silhouette, Davies-Bouldin…) n’a été trouvée dans le code.",
        ),
        (
            "The shape of the clusters is measured",
            "No measure of the shape of the clusters (silhouette, Davies-Bouldin…) was found in the code.",
        ),
    )
    | _words(
        "cluster.stability",
        (
            "La stabilité des groupes est mesurée",
            "Aucune comparaison de regroupements (indice de Rand ajusté ou équivalent) n’a été trouvée dans le code.",
        ),
        (
            "The stability of the clusters is measured",
            "No comparison of clusterings (adjusted Rand index or equivalent) was found in the code.",
        ),
    )
    | _words(
        "cluster.maintenance",
        (
            "La tenue des groupes dans le temps est simulée",
            "Aucune simulation dans le temps qui dise quand refaire les groupes n’a été trouvée dans le code.",
        ),
        (
            "How the clusters hold over time is simulated",
            "No simulation over time telling when to make the clusters again was found in the code.",
        ),
    )
)
