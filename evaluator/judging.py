"""One check over facts: a result, whatever becomes of the check."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from evaluator.checks import REGISTRY, Check
from evaluator.errors import EngineFault, EvaluatorError, Unread
from evaluator.parameters import complete_params
from evaluator.references import PARAMETER
from evaluator.results import Cause, Finding, Message, Outcome, Result

_logger = logging.getLogger(__name__)

FactOf = Callable[[str, Mapping[str, Any]], Any]  # a fact by its name, under the parameters of a check


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """A check to run, with the parameters that differ from its defaults."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


def judge(request: CheckRequest, facts: Mapping[str, Any]) -> Result:
    """One check over facts that are all known already; its result as ``evaluate`` would give it."""
    return result_of(request, lambda name, params: facts[name])


def result_of(request: CheckRequest, fact: FactOf, interrupts: tuple[type[Exception], ...] = ()) -> Result:
    """The result of a check, its facts asked of ``fact``; a fault of any of them is an error, with its cause.

    A check whose facts there was no time to read is undecided. ``interrupts`` are no defects of a check: they pass.
    """
    started = time.monotonic()
    check = REGISTRY.get(request.code)
    params: Mapping[str, Any] = request.params
    version = 0
    try:
        if check is None:
            raise EngineFault("engine.check_unknown", check=request.code)
        version = check.version
        params = complete_params(check, request.params)
        finding = _find(fact, check, params, interrupts)
    except Unread as unread:
        finding = Finding(Outcome.UNDECIDED, unread.message)
    except EvaluatorError as fault:
        finding = Finding(Outcome.ERROR, fault.message, cause=fault.cause)
    return Result(request.code, version, params, finding, _seconds(started, params))


def _seconds(started: float, params: Mapping[str, Any]) -> float:
    """Wall time; in whole seconds where a model saw a reference data set, which could spell its rows in time."""
    seconds = time.monotonic() - started
    return float(math.ceil(seconds)) if params.get(PARAMETER) else seconds


def _find(fact: FactOf, check: Check, params: Mapping[str, Any], interrupts: tuple[type[Exception], ...]) -> Finding:
    passing: tuple[type[Exception], ...] = (EvaluatorError, *interrupts)
    try:
        return check.run({name: fact(name, params) for name in check.facts}, params)
    except passing:
        raise
    except Exception as error:  # a defect in one check must not cost the candidate the others
        _logger.exception("check %s crashed", check.code)
        message = Message("engine.check_crashed", {"check": check.code, "type": type(error).__name__})
        return Finding(Outcome.ERROR, message, cause=Cause.PLATFORM)
