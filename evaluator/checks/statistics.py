"""Descriptive statistics of one variable, and of one variable by another."""

from __future__ import annotations

import re
from collections.abc import Mapping

from evaluator.checks import _code, _values
from evaluator.checks._static import Hit, Names, check, named
from evaluator.checks.data import PROFILES
from evaluator.facts.base import Facts

_FRAME = r"(?:pandas\.DataFrame|\?)"
_DESCRIBE = _code.matches(rf"{_FRAME}\.describe|pandas\.DataFrame\.summary|scipy\.stats\.describe")
_SUMMARIES_OUT_OF_SIGHT = _code.matches(r"\?\.summary")
_SPARK = _code.matches(r"pyspark\.(?:sql\.)?Spark\w+[\w.]*")
_COUNTS = _code.matches(rf"{_FRAME}\.value_counts|pandas\.value_counts")
_REPORTS = _code.matches(PROFILES)
_MOMENTS = _code.matches(
    r"pandas\.DataFrame\.(?:mean|median|mode|std|var|sem|mad|skew|kurt|kurtosis|quantile|agg|aggregate)"
    r"|scipy\.stats\.(?:skew|kurtosis|normaltest|shapiro|anderson|jarque_bera|kstest|skewtest|kurtosistest|mode|ttest_1samp)"
    r"|numpy\.(?:mean|median|std|var|percentile|quantile|nanmean|nanmedian|nanstd)"
)
_TYPES = re.compile(r"\bdtypes\s*\.\s*value_counts")
_MOMENT_NAMES = {"mean", "median", "std", "var", "skew", "kurt", "kurtosis", "quantile"}
_ASSOCIATION = _code.matches(
    rf"{_FRAME}\.(?:corr|corrwith)|pandas\.crosstab|numpy\.corrcoef|phik\.\w+|{_FRAME}\.phik_matrix|dython\.[\w.]+"
    r"|scipy\.stats\.(?:chi2_contingency|pearsonr|spearmanr|kendalltau|pointbiserialr|f_oneway|ttest_(?!1samp)\w+|mannwhitneyu"
    r"|kruskal|wilcoxon|friedmanchisquare|ks_2samp|fisher_exact|linregress|tukey_hsd|alexandergovern|contingency\.\w+)"
    r"|statsmodels\.[\w.]*(?:anova_lm|pairwise_tukeyhsd|variance_inflation_factor|ols|OLS|mosaic|proportions_ztest|ttest_ind)"
    r"|pingouin\.(?:corr|pairwise_\w+|anova|welch_anova|kruskal|chi2_independence|ttest|mwu|rcorr|partial_corr)"
    r"|sklearn\.feature_selection\.(?:mutual_info_\w+|f_classif|f_regression|chi2|r_regression)|scikit_posthocs\.\w+"
    r"|pyspark\.ml\.stat\.\w+\.(?:corr|test)|seaborn\.clustermap"
)
_BY_NAMES = _code.matches(
    r"seaborn\.(?:scatterplot|regplot|lmplot|jointplot|relplot|boxplot|boxenplot|violinplot|stripplot|swarmplot"
    r"|pointplot|barplot|catplot|kdeplot|histplot|displot|lineplot|factorplot)"
    r"|plotly\.express\.(?:scatter|box|violin|strip|density_heatmap|density_contour|histogram)"
    rf"|{_FRAME}\.plot(?:\.(?:scatter|hexbin))?"
)
_BY_COLUMNS = _code.matches(
    r"(?:matplotlib\.pyplot|matplotlib\.Axes|seaborn)\.(?:scatter|scatterplot|regplot|boxplot|hexbin|hist2d|barplot)"
)
_ALL_PAIRS = _code.matches(
    r"seaborn\.(?:pairplot|PairGrid)|pandas\.plotting\.(?:scatter_matrix|parallel_coordinates)|pandas\.scatter_matrix"
    r"|plotly\.express\.(?:scatter_matrix|parallel_c\w+)|plotly\.figure_factory\.create_scatterplotmatrix"
)
_PIVOTS = _code.matches(r"pandas\.DataFrame\.pivot_table|pandas\.pivot_table")
_GROUPS = _code.matches(rf"{_FRAME}\.group[bB]y")
_GROUP_STATISTIC = _code.matches(rf"{_FRAME}\.(?:mean|median|std|describe|agg|aggregate|quantile|nunique|avg)")
_GROUP_SIZES = _code.matches(rf"{_FRAME}\.(?:size|count)")


def _univariate(facts: Facts) -> list[Hit]:
    """Summaries first, then counts, then single moments when nothing else is there."""
    counts = [call for call in _code.calls(facts) if _COUNTS(call.name) and not _counts_types(facts, call)]
    counts = sorted([*counts, *_of_groups(facts, _GROUP_SIZES)], key=lambda hit: bool(hit.via))
    summaries = [*named(facts, _DESCRIBE), *_of_spark(facts), *named(facts, _REPORTS), *counts]
    return summaries or [call for call in _code.calls(facts) if _MOMENTS(call.name) and _is_of_a_variable(call)]


def _counts_types(facts: Facts, call: _code.Call) -> bool:
    """``frame.dtypes.value_counts()``: how many columns of each type, which describes no variable."""
    return any(_TYPES.search(line) for line in _code.lines_at(facts, call.at))


def _of_spark(facts: Facts) -> list[Hit]:
    """``frame.summary()`` of Spark; a network or a regression has a summary too."""
    programs = {call.program for call in _code.calls(facts) if _SPARK(call.name)}
    return [call for call in named(facts, _SUMMARIES_OUT_OF_SIGHT) if call.program in programs]


def _is_of_a_variable(call: _code.Call) -> bool:
    """A moment of a column, not of errors or scores; several asked together, not by group."""
    if call.method in {"agg", "aggregate"} and ("grouped" in call.on or not _asks_moments(call)):
        return False
    if call.name.startswith("numpy."):
        return bool(call.args) and _values.is_frame(call.args[0])
    return not call.on & {"difference", "absolute", "square"}


def _asks_moments(call: _code.Call) -> bool:
    asked = _values.given(call, "func", 0)
    held = asked.get("holds", []) if isinstance(asked, Mapping) else []
    return bool(_MOMENT_NAMES.intersection(item for item in held if isinstance(item, str)))


def _multivariate(facts: Facts) -> list[Hit]:
    """Measures and tests of association, else charts of one variable by another, else statistics by group."""
    charts = _code.found(facts, _crosses_variables)
    return named(facts, _ASSOCIATION) or [*charts] or [*named(facts, _PIVOTS), *_of_groups(facts, _GROUP_STATISTIC)]


def _crosses_variables(call: _code.Call) -> bool:
    if _values.shows_projection(call):
        return False  # the axes of a projection are no variables
    if _ALL_PAIRS(call.name):
        return True
    if _BY_NAMES(call.name) and (_names_both(call, "y") or _names_both(call, "hue") or _names_both(call, "color")):
        return True
    both = [_values.given(call, "x", 0), _values.given(call, "y", 1)]
    return _BY_COLUMNS(call.name) and all(map(_values.is_frame, both))


def _names_both(call: _code.Call, other: str) -> bool:
    """Whether a chart shows ``x`` and another variable; a colour that repeats ``x`` adds none."""
    named, others = call.keyword("x"), call.keyword(other)
    return bool(named and others) and (other == "y" or named != others)


def _of_groups(facts: Facts, statistic: Names) -> list[_code.Call]:
    """Calls of ``statistic`` where a frame is grouped."""
    grouped = {_line(call) for call in _code.calls(facts) if _GROUPS(call.name)}
    return [call for call in _code.calls(facts) if statistic(call.name) and _line(call) in grouped]


def _line(call: _code.Call) -> tuple[str, int | None, int]:
    return call.at.path, call.at.cell, call.at.line


CHECKS = (
    check(
        "stats.univariate",
        "statistics",
        _univariate,
        {"fr": "Statistiques d’une variable", "en": "Statistics of one variable"},
        version=3,
    ),
    check(
        "stats.multivariate",
        "statistics",
        _multivariate,
        {"fr": "Statistiques de plusieurs variables", "en": "Statistics of several variables"},
        version=2,
    ),
)

MESSAGES: _code.Words = _code.words(
    "stats.univariate",
    {
        "met": "Des variables sont décrites une par une dans {path} ({count:endroit|endroits} au total).",
        "not_met": "Aucune statistique d’une variable (résumé, effectifs, quantiles) n’a été trouvée dans le code.",
    },
    {
        "met": "Variables are described one by one in {path} ({count:place|places} in all).",
        "not_met": "No statistic of one variable (summary, counts, quantiles) was found in the code.",
    },
) | _code.words(
    "stats.multivariate",
    {
        "met": "Des variables sont mises en relation dans {path} ({count:endroit|endroits} au total).",
        "not_met": "Aucune corrélation, aucun test ni croisement de variables n’a été trouvé dans le code.",
    },
    {
        "met": "Variables are related to one another in {path} ({count:place|places} in all).",
        "not_met": "No correlation, test or crossing of variables was found in the code.",
    },
)
