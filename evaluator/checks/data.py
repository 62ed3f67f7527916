"""What was done to the data before modelling."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evaluator.checks import _code, _values
from evaluator.checks.base import Check
from evaluator.facts.base import Facts
from evaluator.results import Finding

PROFILES = (
    r"(?:pandas_profiling|ydata_profiling)\.ProfileReport|sweetviz\.(?:analyze|compare\w*)|dataprep\.eda\.create_report"
    r"|skimpy\.skim|summarytools\.dfSummary"
)
_MISSING = "data.missing_values"
_LOOKED_FOR = _code.matches(
    r"(?:pandas\.DataFrame|\?)\.(?:isna|isnull|notna|notnull|isNull|isNotNull|null_count|is_null)"
    r"|pandas\.(?:isna|isnull|notna|notnull)|missingno\.\w+|pyspark\.sql\.functions\.(?:isnull|isnan)"
)
_ASKED_OF_ONE = _code.matches(r"pandas\.(?:isna|isnull|notna|notnull)")
_TREATED = _code.matches(
    r"(?:pandas\.DataFrame|\?)\.(?:dropna|fillna|ffill|bfill|interpolate|fill_null|drop_nulls)"
    r"|pandas\.DataFrame\.na\.(?:drop|fill)"
)
_SUMMARY = _code.matches(r"(?:pandas\.DataFrame|\?)\.info")
_IMPUTERS = _code.matches(
    r"(?:sklearn|feature_engine|fancyimpute|pyspark|missingpy|cuml)\..*Imputer|sklearn\..*KNNImputer"
)
_REPORTS = _code.matches(PROFILES)


def _is_summary(call: _code.Call) -> bool:
    """``df.info()``; a logger's ``info`` is always given a message."""
    return _SUMMARY(call.name) and not call.args


def _asks_of_one(call: _code.Call) -> bool:
    """``pd.isna(value)``: one value guarded, where ``pd.isna(frame)`` looks at the data."""
    return _ASKED_OF_ONE(call.name) and not _values.is_frame(_values.given(call, "obj", 0))


def missing_values(facts: Facts, parameters: Mapping[str, Any]) -> Finding:
    """Met when missing values are looked for, imputed or dropped; looking comes first in the evidence."""
    looked = _code.found(facts, lambda call: _LOOKED_FOR(call.name) and not _asks_of_one(call))
    treated: list[_code.Call | _code.Fit] = [*_code.found(facts, lambda call: _TREATED(call.name))]
    treated += [fit for fit in _code.fits(facts) if _IMPUTERS(fit.name)]
    hits: list[_code.Call | _code.Fit] = [*looked, *treated, *_code.found(facts, _asks_of_one)]
    summaries = _code.found(facts, lambda call: _is_summary(call) or _REPORTS(call.name))
    return _code.decide(_MISSING, facts, hits or summaries)


CHECKS: tuple[Check, ...] = (
    Check(
        code=_MISSING,
        version=2,
        family="data",
        title={"fr": "Valeurs manquantes", "en": "Missing values"},
        facts=_code.FACTS,
        run=missing_values,
    ),
)

MESSAGES: _code.Words = _code.FAULTS | _code.words(
    _MISSING,
    {
        "met": "Les valeurs manquantes sont cherchées ou traitées dans {path} ({count:endroit|endroits} au total).",
        "not_met": "Aucune recherche ni aucun traitement des valeurs manquantes n’a été trouvé dans le code.",
    },
    {
        "met": "Missing values are looked for or treated in {path} ({count:place|places} in all).",
        "not_met": "No search for missing values and no treatment of them was found in the code.",
    },
)
