"""Rows that should not be there: repeated ones, and those too far from the others."""

from __future__ import annotations

import re
from itertools import islice

from evaluator.checks import _code, _values
from evaluator.checks._sections import named_work
from evaluator.checks._static import Hit, check, fitted, named
from evaluator.facts.base import Facts

_LOOKED_FOR = _code.matches(r"(?:pandas\.DataFrame|\?)\.duplicated|(?:pandas\.DataFrame|\?)\.is_duplicated")
_DROPPED = _code.matches(
    r"(?:pandas\.DataFrame|\?)\.(?:drop_duplicates|dropDuplicates)|cleanlab\.[\w.]*duplicate\w*|dedupe\.[\w.]+"
)

_DETECTORS = _code.matches(
    r"sklearn\.(?:ensemble\.IsolationForest|neighbors\.LocalOutlierFactor|covariance\.EllipticEnvelope|svm\.OneClassSVM)"
    r"|pyod\.[\w.]+|feature_engine\.outliers\.\w+|datasist\.structdata\.detect_outliers"
)
_SEARCHES = _code.matches(
    r"scipy\.stats\.(?:zscore|iqr|median_abs_deviation)|scipy\.stats\.mstats\.winsorize|(?:[\w.]+\.)?winsorize"
)
_COMPARES = _code.matches(
    r"operator\.(?:lt|le|gt|ge)|(?:pandas\.DataFrame|\?)\.(?:lt|le|gt|ge|between|clip|query)|numpy\.clip"
)
_BOUNDS = frozenset({"fence", "extreme", "spread"})
_MOST_CUTS = 400  # each is looked at with the texts above it
_ORDER = re.compile(r"[<>]")
_SAYS_OUTLIERS = re.compile(
    r"outlier|ab[eé]r+ant|atypique|extr[eê]me|anormal|anomal|incoh[ée]ren|hors[ _-]norme|erron[ée]", re.IGNORECASE
)


def _duplicates(facts: Facts) -> list[Hit]:
    """Repeated rows looked for, then those dropped; values merely listed once do not count."""
    return [*named(facts, _LOOKED_FOR), *_code.found(facts, _drops)]


def _drops(call: _code.Call) -> bool:
    return _DROPPED(call.name) and "selection" not in call.on


def _outliers(facts: Facts) -> list[Hit]:
    """Bounds computed and compared with, detectors fitted; else rows cut by fixed bounds in work named so."""
    bounded = [call for call in _code.calls(facts) if _compares_with_bounds(call)]
    strong = [*bounded, *fitted(facts, _DETECTORS), *named(facts, _SEARCHES)]
    cuts = islice(filter(_cuts_rows, _code.calls(facts)), _MOST_CUTS)
    fixed = [call for call in cuts if named_work(facts, call, _SAYS_OUTLIERS)]
    return [*sorted(strong, key=_is_in_script), *fixed]


def _is_in_script(hit: Hit) -> bool:
    return hit.shown_at.cell is None


def _compares_with_bounds(call: _code.Call) -> bool:
    if not _COMPARES(call.name):
        return False
    return any(_values.marks(value) & _BOUNDS for value in _values.every(call))


def _cuts_rows(call: _code.Call) -> bool:
    """Rows picked or set by an order comparison with a number."""
    if call.method == "query":
        return any(_ORDER.search(text) for text in call.keyword("expr", 0))
    if call.name.startswith("operator."):
        return call.method in {"getitem", "setitem"} and "fixed" in _values.marks(call.args[1])
    if call.method in {"between", "clip"}:
        return any(_values.numbers(value) for value in _values.every(call))
    return False


CHECKS = (
    check("data.duplicates", "data", _duplicates, {"fr": "Doublons", "en": "Duplicates"}, version=2),
    check(
        "data.outliers",
        "data",
        _outliers,
        {"fr": "Valeurs aberrantes", "en": "Outliers"},
        handed=_DETECTORS,
        version=2,
    ),
)

MESSAGES: _code.Words = _code.words(
    "data.duplicates",
    {
        "met": "Les doublons sont cherchés ou retirés dans {path} ({count:endroit|endroits} au total).",
        "not_met": "Aucune recherche de doublons n’a été trouvée dans le code.",
    },
    {
        "met": "Duplicates are looked for or removed in {path} ({count:place|places} in all).",
        "not_met": "No search for duplicates was found in the code.",
    },
) | _code.words(
    "data.outliers",
    {
        "met": "Les valeurs aberrantes sont cherchées ou retirées dans {path} ({count:endroit|endroits} au total).",
        "not_met": "Aucune recherche explicite de valeurs aberrantes n’a été trouvée dans le code.",
    },
    {
        "met": "Outliers are looked for or removed in {path} ({count:place|places} in all).",
        "not_met": "No explicit search for outliers was found in the code.",
    },
)
