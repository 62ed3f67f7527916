"""Marks: what a value is known to be beyond its type, followed through arithmetic, columns and calls.

A bound of outliers is a quantile here, a difference of two quantiles there, a comparison somewhere else; a mark
carries that knowledge from one place to the next. Marks are plain words so that facts stay JSON.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping, Sequence

from evaluator.facts.code.values import (
    NO_MARKS,
    Const,
    Group,
    Obj,
    Ref,
    Several,
    Value,
    constants,
    contents,
    options,
    reachable,
)

QUANTILE = "quantile"
EXTREME = "extreme"  # a quantile in the first or the last twentieth
FENCE = "fence"  # made of the distance between two quantiles
SPREAD = "spread"  # a standard deviation, a z-score
DIFFERENCE = "difference"
SQUARE = "square"  # of a difference
ABSOLUTE = "absolute"  # of a difference
SQUARED_ERROR = "squared_error"
CLUSTERS = "clusters"  # labels given by a clustering
ENCODED = "encoded"  # words turned into numbers
REDUCED = "reduced"  # points in fewer dimensions
MASK = "mask"  # the outcome of an order comparison over rows
FIXED = "fixed"  # of a mask: compared with a number
COUNT = "count"  # how many items a container holds
RATIO = "ratio"  # of two values that vary
SELECTION = "selection"  # columns just picked from a frame
GROUPED = "grouped"  # rows put together by a key
GROUPS = "groups"  # the groups themselves, one after the other
TOTAL = "total"  # one number for a whole column: its sum, its variance
DEVIATION = "deviation"  # a standard deviation itself, not what is measured with it
CENTRED = "centred"  # a column less its mean or its minimum
SCALED = "scaled"  # a centred column divided by its spread
RANDOM = "random"  # drawn at random, one number a row

Columns = dict[str, frozenset[str]]

BOUNDS = frozenset({FENCE, EXTREME, SPREAD})
_PASSING = frozenset({SELECTION, SCALED, GROUPS})
_TAIL = 0.05

_CLUSTERER = re.compile(
    r"\w*K(?:Means|Medoids|Modes|Prototypes|Shape)|\w*DBSCAN|\w*Clustering|MeanShift|Birch|OPTICS|AffinityPropagation"
    r"|\w*GaussianMixture"
)
_REDUCER = re.compile(
    r"\w*PCA|\w*TSNE|\w*UMAP|TruncatedSVD|\w*NMF|LatentDirichletAllocation|FactorAnalysis|FastICA|Isomap|MDS"
    r"|LocallyLinearEmbedding|SpectralEmbedding|MCA|FAMD|MFA|PaCMAP|PACMAP|TriMap|TRIMAP|PHATE"
)
_QUANTILES = {"quantile", "percentile", "nanpercentile", "nanquantile", "quantiles", "approxQuantile"}
_SPREADS = {"std", "nanstd", "stdev", "pstdev", "zscore", "median_abs_deviation", "mad"}
_DEVIATIONS = {"std", "nanstd", "stdev", "pstdev"}
_MEANS = {"mean", "average", "nanmean", "fmean"}
_TOTALS = {"mean", "median", "sum", "min", "max", "std", "var", "nunique", "count", "skew", "kurt", "mode"}
_GROUPERS = {"groupby", "groupBy", "group_by", "resample", "rolling", "expanding", "ewm"}
_ABSOLUTES = {"abs", "absolute", "fabs"}
_MODEL_METHODS = {
    "fit_predict", "predict", "fit_transform", "transform", "row_coordinates", "row_principal_coordinates",
}  # fmt: skip
_PERCENT = re.compile(r"\d{1,2}%")
_JOINING = {"append", "join", "merge", "concat", "assign", "insert", "clip", "where", "mask", "between", "DataFrame"}
_VALUES_OF = {"loc", "iloc", "at", "iat", "values", "T", "index", "str", "array", "flat", "real"}
_CARRIERS = ("numpy.", "pandas.", "?.", "builtins.", "scipy.", "math.", "statistics.")


def is_clusterer(name: str) -> bool:
    return _CLUSTERER.fullmatch(_last(name)) is not None


def is_reducer(name: str) -> bool:
    return _REDUCER.fullmatch(_last(name)) is not None


def marks_of(value: Value) -> frozenset[str]:
    """What ``value`` may be; of a container, what its first items may be."""
    match value:
        case Obj(marks=marks):
            return marks
        case Ref(name=name, owner=owner) if owner is not None:
            return _of_attribute(_last(name), owner)
        case Several() | Group():
            return NO_MARKS.union(*(marks_of(item) for item in contents(value)))
    return NO_MARKS


def union(values: Iterable[Value]) -> frozenset[str]:
    return NO_MARKS.union(*(marks_of(value) for value in values))


def _of_attribute(name: str, owner: Value) -> frozenset[str]:
    if name == "labels_":
        return frozenset({CLUSTERS})
    if name == "embedding_":
        return frozenset({REDUCED})
    if name in {"shape", "size"}:
        return frozenset({COUNT})
    if name == "components_" and isinstance(owner, Obj) and _last(owner.type).endswith("PCA"):
        return frozenset({REDUCED})  # the circle of correlations is drawn from them
    if name in _VALUES_OF:
        return marks_of(owner)
    return columns_of(owner).get(name, marks_of(owner))


def columns_of(value: Value) -> Mapping[str, frozenset[str]]:
    """The marks of the columns of a frame."""
    match value:
        case Obj(columns=columns):
            return columns
        case Ref(name=name, owner=owner) if owner is not None and _last(name) in _VALUES_OF:
            return columns_of(owner)
        case Group(keys=dict(keys)):
            marked = ((name, marks_of(item)) for name, item in keys.items() if isinstance(name, str))
            return {name: marks for name, marks in marked if marks}
        case Several() | Group():
            return {name: marks for item in contents(value) for name, marks in columns_of(item).items()}
    return {}


def names_in(index: Value) -> list[str]:
    """The column names that an index holds: one, a list of them, or after the rows in ``loc[rows, columns]``."""
    return [item.value for item in contents(index) if isinstance(item, Const) and isinstance(item.value, str)]


def picked(value: Value, index: Value) -> frozenset[str]:
    """The marks of what ``value[index]`` gives."""
    names, columns, own = names_in(index), columns_of(value), marks_of(value) - _PASSING
    if any(_PERCENT.fullmatch(name) for name in names):
        return own | {QUANTILE}
    if names and isinstance(value, Obj):
        found = NO_MARKS.union(*(columns.get(name, own) for name in names))
        return found | {SELECTION}
    return own | NO_MARKS.union(*(columns.get(name, NO_MARKS) for name in names))


def after_operator(kind: ast.operator, left: Value, right: Value) -> frozenset[str]:
    """The marks of a result of arithmetic."""
    one, other = marks_of(left) - _PASSING, marks_of(right) - _PASSING
    carried = one | other
    if isinstance(kind, ast.BitAnd | ast.BitOr | ast.BitXor):
        return carried
    carried -= {MASK, FIXED, DEVIATION, CENTRED, SCALED} | ({TOTAL} if _varies(left) or _varies(right) else set())
    if isinstance(kind, ast.Sub) and not isinstance(left, Const) and not isinstance(right, Const):
        between = {FENCE} if QUANTILE in one and QUANTILE in other else set()
        centred = {CENTRED} if TOTAL in other and _varies(left) else set()
        return carried | {DIFFERENCE} | between | centred
    if isinstance(kind, ast.Pow) and DIFFERENCE in one and 2 in constants(right):
        return (carried - {DIFFERENCE}) | {SQUARE}
    if isinstance(kind, ast.Div) and not isinstance(right, Const):
        ratio = set() if isinstance(left, Const) else {RATIO}
        scaled = {SCALED} if CENTRED in one and TOTAL in other else set()
        return (carried - {DIFFERENCE}) | ratio | scaled  # a relative difference is another error
    return carried


def _varies(value: Value) -> bool:
    """Whether an operand has many values, as a column has, where a total or a number of rows has one."""
    return not isinstance(value, Const) and not marks_of(value) & {TOTAL, COUNT}


def after_comparison(values: Sequence[Value]) -> frozenset[str]:
    """The marks of the outcome of an order comparison; a deviation beside a number bounds nothing."""
    fixed = any(isinstance(number, int | float) for value in values for number in constants(value))
    bounding = [value for value in values if not fixed or DEVIATION not in marks_of(value)]
    carried = union(values) & {RANDOM}
    if TOTAL in union(values):
        fixed = False  # rows of a summary, not of the data
    return (union(bounding) & BOUNDS) | carried | {MASK} | ({FIXED} if fixed else set())


def after_call(name: str, owner: Value | None, args: Sequence[Value], keywords: Mapping[str, Value]) -> frozenset[str]:
    """The marks of what a call of the library's ``name`` returns."""
    given = union([*args[:4], *keywords.values()])
    own = marks_of(owner) if owner is not None else NO_MARKS
    found = _measured(_last(name), [*args, *keywords.values()], given | own) | _modelled(_last(name), owner)
    if name.startswith("openTSNE.") and _last(name) == "fit":
        found |= {REDUCED}
    if _is_squared_error(_last(name), keywords):
        found |= {SQUARED_ERROR}
    if name.startswith("numpy.random."):
        found |= {RANDOM}
    if name.startswith(("pandas.DataFrame.", "?.")):
        found |= _put_together(_last(name), own, bool(args or keywords))
    groups = {GROUPS} if GROUPED in found else set()
    return ((found | _carried(name, own, given)) - _PASSING) | groups


def _carried(name: str, own: frozenset[str], given: frozenset[str]) -> frozenset[str]:
    if name.startswith("sklearn.preprocessing.") and _last(name).endswith("transform"):
        return given & {REDUCED}  # scaled points are still those of the projection
    if not name.startswith(_CARRIERS):
        return NO_MARKS
    if name.startswith(("pandas.DataFrame.", "?.")):
        return own | (given if _last(name) in _JOINING else NO_MARKS)
    if _last(name) in {"merge", "concat"}:
        return given & {CLUSTERS, REDUCED}  # the rest tells of columns that are lost among others
    return own | given


def _put_together(tail: str, own: frozenset[str], told: bool) -> frozenset[str]:
    """Rows grouped, or a column made one number; told along which axis, each row has its own."""
    if tail in _GROUPERS:
        return frozenset({GROUPED})
    return frozenset({TOTAL}) if tail in _TOTALS and GROUPED not in own and not told else NO_MARKS


def _measured(tail: str, args: Sequence[Value], inside: frozenset[str]) -> frozenset[str]:
    if tail in _QUANTILES:
        return frozenset({QUANTILE, EXTREME} if _is_extreme(tail, args) else {QUANTILE})
    if tail == "iqr":
        return frozenset({FENCE})
    if tail in _SPREADS:
        return frozenset({SPREAD, DEVIATION} if tail in _DEVIATIONS else {SPREAD})
    if tail == "median" and ABSOLUTE in inside:
        return frozenset({SPREAD})  # the median of the distances to the median
    if tail in _MEANS and SQUARE in inside:
        return frozenset({SQUARED_ERROR})
    if tail in _ABSOLUTES and DIFFERENCE in inside:
        return frozenset({ABSOLUTE})
    return frozenset({SQUARE}) if tail == "square" and DIFFERENCE in inside else NO_MARKS


def _is_extreme(tail: str, args: Sequence[Value]) -> bool:
    scale = 100 if "percentile" in tail else 1
    items = [item for arg in args for item in (arg.items if isinstance(arg, Group) else [arg])]
    shares = [number / scale for item in items for number in constants(item) if isinstance(number, int | float)]
    return any(0 < share <= _TAIL or 1 - _TAIL <= share < 1 for share in shares)


def _modelled(tail: str, owner: Value | None) -> frozenset[str]:
    """What a clustering or a reduction gives back."""
    if tail not in _MODEL_METHODS or owner is None:
        return NO_MARKS
    inside = [part.type for part in reachable(owner, 40) if isinstance(part, Obj)]
    if any(kind.endswith(("LabelEncoder", "OrdinalEncoder")) for kind in inside):
        return frozenset({ENCODED})
    if tail.endswith("predict"):
        return frozenset({CLUSTERS}) if any(map(is_clusterer, inside)) else NO_MARKS
    return frozenset({REDUCED}) if any(map(is_reducer, inside)) else NO_MARKS


def _is_squared_error(tail: str, keywords: Mapping[str, Value]) -> bool:
    if tail == "mean_squared_error":
        return False not in _given(keywords, "squared")
    asked = contents(keywords["scoring"]) if "scoring" in keywords else []
    scored = tail in {"cross_val_score", "cross_validate"} or tail.endswith("CV")
    return scored and any(isinstance(item, Const) and item.value == "neg_mean_squared_error" for item in asked)


def _given(keywords: Mapping[str, Value], name: str) -> list[object]:
    value = keywords.get(name)
    return [item.value for item in options(value) if isinstance(item, Const)] if value is not None else []


def after_columns(
    owner: Value | None, args: Sequence[Value], keywords: Mapping[str, Value]
) -> dict[str, frozenset[str]]:
    """The columns of a frame that a call made of ``owner`` and ``args``; keywords may name columns (``assign``)."""
    columns: Columns = dict(columns_of(owner)) if owner is not None else {}
    for value in args[:4]:
        columns.update(columns_of(value))
    for name, value in keywords.items():
        if marks := marks_of(value) & {CLUSTERS, REDUCED}:
            columns[name] = marks
    return columns


def note_columns(owner: Value, index: Value, value: Value) -> None:
    """Remember what the columns of a frame were set to: ``frame["cluster"] = model.labels_``."""
    frame = owner.owner if isinstance(owner, Ref) else owner
    if isinstance(frame, Obj):
        marks = marks_of(value) - _PASSING
        for name in names_in(index):
            if marks or name in frame.columns:
                frame.columns[name] = marks


def settle(value: Value) -> None:
    """Columns given a name are a table of their own, no longer just picked from another."""
    if isinstance(value, Obj) and SELECTION in value.marks:
        value.marks -= _PASSING


def _last(name: str) -> str:
    return name.rpartition(".")[2]
