"""The shape that most static checks share: hits in the code decide, the first is opened first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from evaluator.checks import _code
from evaluator.checks.base import Check
from evaluator.facts.base import Facts
from evaluator.results import Finding

Hit = _code.Call | _code.Fit
Hits = Callable[[Facts], Sequence[Hit]]
Names = Callable[[str], bool]


def check(
    code: str,
    family: str,
    hits: Hits,
    title: Mapping[str, str],
    *,
    handed: Names | None = None,
    figures: bool = False,
    version: int = 1,
) -> Check:
    """A check without parameters decided by ``hits``, best first.

    Without a hit it is undecided when an object whose class ``handed`` accepts went to a function out of sight.
    """

    def run(facts: Facts, parameters: Mapping[str, Any]) -> Finding:
        return _code.decide(code, facts, hits(facts), figures=figures, handed=handed)

    run.__doc__ = hits.__doc__  # shown by ``python -m evaluator explain``
    return Check(code=code, version=version, family=family, title=title, facts=_code.FACTS, run=run)


def sentences(code: str, fr: str, none_fr: str, en: str, none_en: str) -> _code.Words:
    """``… in {path}`` when it is met, ``none … found`` when it is not."""
    return _code.words(
        code,
        {
            "met": f"{fr} dans {{path}} ({{count:endroit|endroits}} au total).",
            "not_met": f"{none_fr} n’a été trouvé dans le code.",
        },
        {
            "met": f"{en} in {{path}} ({{count:place|places}} in all).",
            "not_met": f"{none_en} was found in the code.",
        },
    )


def named(facts: Facts, names: Names) -> list[Hit]:
    """The live calls of those names."""
    return [call for call in _code.calls(facts) if names(call.name)]


def fitted(facts: Facts, names: Names) -> list[Hit]:
    """The estimators of those classes that are really fitted."""
    return [fit for fit in _code.fits(facts) if names(fit.name)]


def built(facts: Facts, fit: _code.Fit) -> list[_code.Call]:
    """The calls that built an estimator: several when they were made through different helpers."""
    return [call for call in _code.calls(facts) if call.name == fit.name and call.at == fit.built]
