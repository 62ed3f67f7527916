"""A result of the engine as a row."""

from __future__ import annotations

from typing import Any

from assessments.models import CheckResult, EvaluationRun
from evaluator.results import Result


def row_of(run: EvaluationRun, result: Result, **known: Any) -> CheckResult:
    """The row, not saved; ``known`` are the fields of which the engine knows nothing."""
    public = result.to_json(summary="")
    return CheckResult(
        submission=run.submission,
        run=run,
        check_code=result.check,
        check_version=result.version,
        params=public["params"],
        outcome=public["outcome"],
        cause=public["cause"] or "",
        message_code=public["message"]["code"],
        message_params=public["message"]["params"],
        evidence=public["evidence"],
        seconds=result.seconds,
        **known,
    )
