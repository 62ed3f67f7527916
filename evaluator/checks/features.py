"""Variables made ready for a model: encoded, scaled, transformed."""

from __future__ import annotations

import re

from evaluator.checks import _code, _values
from evaluator.checks._static import Hit, check, fitted, named
from evaluator.checks.models import modelling_first
from evaluator.facts.base import Facts

_ENCODERS = _code.matches(
    r"(?:[\w.]+\.)?(?:OneHotEncoder\w*|OrdinalEncoder|LabelEncoder|LabelBinarizer|MultiLabelBinarizer|FeatureHasher"
    r"|DictVectorizer|OneHotCategoricalEncoder|RareLabelEncoder|StringIndexer|CountFrequencyEncoder)"
    r"|skrub\.\w+(?:Vectorizer|Encoder)|category_encoders\.[\w.]+|feature_engine\.encoding\.\w+|(?:[\w.]+\.)?(?:Target|MeanTarget|LeaveOneOut|CatBoost|"
    r"James?Stein|WOE|Binary|BaseN|Hashing|Helmert|Sum|Polynomial|Count|Mean|Frequency|GLMM|MEstimate)Encoder"
)
_ENCODES = _code.matches(
    r"pandas\.(?:get_dummies|factorize)|(?:pandas\.DataFrame|\?)\.(?:get_dummies|factorize|to_dummies)"
    r"|(?:tensorflow\.)?keras\.[\w.]*(?:to_categorical|(?:StringLookup|CategoryEncoding)\.(?:adapt|__call__))|pyspark\.ml\.feature\.(?:StringIndexer|OneHotEncoder\w*)\.fit"
    r"|sklearn\.preprocessing\.label_binarize|fastai\.[\w.]*Categorify"
)
_CODES = _code.matches(r"(?:pandas\.DataFrame|\?|pandas\.Categorical)\.codes")
_MAPS = _code.matches(r"(?:pandas\.DataFrame|\?)\.(?:map|replace)")

_SCALERS = _code.matches(
    r"(?:sklearn|cuml|dask_ml|pyspark|feature_engine)\.[\w.]*(?:Scaler|Normalizer|SklearnTransformerWrapper)"
    r"|(?:[\w.]+\.)?\w*(?:Standard|MinMax|Robust|MaxAbs)Scaler|tslearn\.preprocessing\.\w*Scaler\w*"
)
_SCALES = _code.matches(
    r"sklearn\.preprocessing\.(?:scale|minmax_scale|robust_scale|maxabs_scale|normalize)"
    r"|(?:tensorflow\.)?keras\.[\w.]*Normalization\.adapt|operator\.scale"
)

_POWERS = _code.matches(
    r"sklearn\.preprocessing\.(?:PowerTransformer|QuantileTransformer)"
    r"|feature_engine\.transformation\.(?:Log\w*|BoxCoxTransformer|YeoJohnsonTransformer|PowerTransformer)"
)
_TRANSFORMS = _code.matches(
    r"scipy\.stats\.(?:boxcox|yeojohnson)|scipy\.special\.(?:boxcox|boxcox1p|log1p)"
    r"|sklearn\.preprocessing\.(?:power_transform|quantile_transform)|pyspark\.sql\.functions\.(?:log|log1p|log10|log2|sqrt)"
)
_LOGARITHMS = _code.matches(r"(?:numpy|math|cupy)\.(?:log|log1p|log2|log10)")
_ROOTS = _code.matches(r"(?:numpy|math)\.(?:sqrt|cbrt)|pandas\.DataFrame\.pow|operator\.pow|numpy\.power")
_DIVISOR = re.compile(r"/\s*\(?\s*(?:np|numpy|math)\.sqrt\(")
_TRANSFORMERS = _code.matches(
    r"sklearn\.preprocessing\.FunctionTransformer|sklearn\.compose\.TransformedTargetRegressor"
)
_OF_ERRORS = frozenset({"difference", "absolute", "square", "squared_error", "spread"})
_OF_ALL_ROWS = frozenset({"total", "count"})  # one number, not a variable
_APPLIES = _code.matches(r"(?:pandas\.DataFrame|\?)\.(?:apply|transform|pipe|map|applymap)")
_NAMED_FUNCTIONS = {"log", "log1p", "log2", "log10", "sqrt", "cbrt"}


def _encoded(facts: Facts) -> list[Hit]:
    """Encoders applied, else the codes of a categorical column, else values replaced by numbers one by one."""
    encoded = modelling_first(facts, [*fitted(facts, _ENCODERS), *named(facts, _ENCODES)])
    codes = [read for read in _code.reads(facts) if _CODES(read.name)]
    return encoded or [*codes] or [call for call in _code.calls(facts) if _maps_to_numbers(call)]


def _maps_to_numbers(call: _code.Call) -> bool:
    """``column.map({"low": 0, "high": 1})``."""
    mapping = call.args[0] if call.args else None
    return _MAPS(call.name) and isinstance(mapping, dict) and mapping.get("encodes") is True


def _scaled(facts: Facts) -> list[Hit]:
    return modelling_first(facts, [*fitted(facts, _SCALERS), *named(facts, _SCALES)])


def _transformed(facts: Facts) -> list[Hit]:
    """Power transformers fitted, logarithms and roots taken of a variable."""
    taken = [call for call in _code.calls(facts) if _TRANSFORMS(call.name) or _takes_function(call)]
    taken = [call for call in taken if not (_ROOTS(call.name) and _divides(facts, call))]
    return [*taken, *fitted(facts, _POWERS)]


def _takes_function(call: _code.Call) -> bool:
    if _TRANSFORMERS(call.name):
        return any(_LOGARITHMS(_values.kind(value)) for value in _values.every(call))
    value = call.args[0] if call.args else None
    if _APPLIES(call.name):
        return bool(call.keyword("func", 0) & _NAMED_FUNCTIONS)
    if _values.marks(value) & _OF_ALL_ROWS:
        return False
    if _LOGARITHMS(call.name):
        return _values.is_frame(value) or _is_out_of_sight(value)
    of_errors = _values.marks(value) & _OF_ERRORS
    return _ROOTS(call.name) and _values.is_frame(value) and not of_errors and _is_root(call)


def _divides(facts: Facts, call: _code.Call) -> bool:
    """``p * (1 - p) / np.sqrt(n)``: the root of a size, in a standard error."""
    return any(_DIVISOR.search(line) for line in _code.lines_at(facts, call.at))


def _is_out_of_sight(value: object) -> bool:
    """A value of unknown origin: the parameter of a function applied to a column, an array."""
    if _values.marks(value) & (_OF_ERRORS | {"ratio"}):
        return False  # a frequency, a likelihood
    return value is None or (isinstance(value, dict) and value.get("type", "?") == "?" and "any" not in value)


def _is_root(call: _code.Call) -> bool:
    if call.method not in {"pow", "power"}:
        return True
    return any(0 < number < 1 for number in _values.numbers(call.args[-1]))


CHECKS = (
    check(
        "features.categorical_encoding",
        "features",
        _encoded,
        {"fr": "Encodage des variables catégorielles", "en": "Encoding of categorical variables"},
        handed=_ENCODERS,
        version=2,
    ),
    check(
        "features.scaling",
        "features",
        _scaled,
        {"fr": "Mise à l’échelle", "en": "Scaling"},
        handed=_SCALERS,
        version=2,
    ),
    check(
        "features.math_transform",
        "features",
        _transformed,
        {"fr": "Transformation mathématique d’une variable", "en": "Mathematical transform of a variable"},
        handed=_POWERS,
        version=2,
    ),
)

MESSAGES: _code.Words = (
    _code.words(
        "features.categorical_encoding",
        {
            "met": "Des variables catégorielles sont encodées dans {path} ({count:endroit|endroits} au total).",
            "not_met": "Aucun encodage de variables catégorielles n’a été trouvé dans le code.",
        },
        {
            "met": "Categorical variables are encoded in {path} ({count:place|places} in all).",
            "not_met": "No encoding of categorical variables was found in the code.",
        },
    )
    | _code.words(
        "features.scaling",
        {
            "met": "Des variables sont mises à l’échelle dans {path} ({count:endroit|endroits} au total).",
            "not_met": "Aucune mise à l’échelle réellement appliquée n’a été trouvée dans le code.",
        },
        {
            "met": "Variables are scaled in {path} ({count:place|places} in all).",
            "not_met": "No scaling really applied was found in the code.",
        },
    )
    | _code.words(
        "features.math_transform",
        {
            "met": "Une variable est transformée (logarithme, racine, Box-Cox…) dans {path} "
            "({count:endroit|endroits} au total).",
            "not_met": "Aucune transformation mathématique d’une variable n’a été trouvée dans le code.",
        },
        {
            "met": "A variable is transformed (logarithm, root, Box-Cox…) in {path} ({count:place|places} in all).",
            "not_met": "No mathematical transform of a variable was found in the code.",
        },
    )
)
